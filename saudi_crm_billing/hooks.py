"""The table of contents: which event or clock calls which slice, in which order."""

app_name = "saudi_crm_billing"
app_title = "Saudi CRM Billing"
app_publisher = "Saudi CRM Billing contributors"
app_description = (
	"Deals become ZATCA e-invoices; instalments stay true to the ledger; overdue alerts go out once"
)
app_email = "maintainers@saudi-crm-billing.example"
app_license = "gpl-3.0"
required_apps = ["frappe/erpnext"]
export_python_type_annotations = True
require_type_annotated_api_methods = True

# Life cycle
after_install = "saudi_crm_billing.setup.install.after_install"
after_migrate = "saudi_crm_billing.setup.install.after_migrate"
before_uninstall = "saudi_crm_billing.setup.uninstall.before_uninstall"

# Events: one table for all slices, in the order of the data's way (customer_tax, instalments, e_invoicing, crm_billing)
doc_events = {
	"Quotation": {
		"before_insert": ["saudi_crm_billing.crm_billing.events.quotation_before_insert"],
		"before_validate": [
			"saudi_crm_billing.customer_tax.events.before_validate",
			"saudi_crm_billing.crm_billing.events.quotation_before_validate",
		],
		"validate": ["saudi_crm_billing.customer_tax.events.validate"],
		"before_submit": ["saudi_crm_billing.customer_tax.events.before_submit"],
	},
	"Opportunity": {
		"before_insert": ["saudi_crm_billing.crm_billing.events.opportunity_before_insert"],
		"before_validate": ["saudi_crm_billing.crm_billing.events.opportunity_before_validate"],
	},
	"Sales Order": {
		"on_submit": ["saudi_crm_billing.crm_billing.events.sales_order_on_submit"],
		"before_validate": ["saudi_crm_billing.customer_tax.events.before_validate"],
		"validate": ["saudi_crm_billing.customer_tax.events.validate"],
		"before_submit": ["saudi_crm_billing.customer_tax.events.before_submit"],
	},
	"Delivery Note": {
		"on_submit": ["saudi_crm_billing.crm_billing.events.delivery_note_on_submit"],
	},
	"Sales Invoice": {
		"after_mapping": ["saudi_crm_billing.crm_billing.events.sales_invoice_after_mapping"],
		"before_submit": [
			"saudi_crm_billing.customer_tax.events.before_submit",
			"saudi_crm_billing.crm_billing.events.sales_invoice_before_submit",
		],
		"before_validate": ["saudi_crm_billing.customer_tax.events.before_validate"],
		"validate": ["saudi_crm_billing.customer_tax.events.validate"],
	},
	"Item Tax Template": {
		"before_validate": ["saudi_crm_billing.customer_tax.events.before_validate_item_tax_template"],
	},
}

# Clocks: one table for all slices
scheduler_events = {
	"cron": {
		"*/5 * * * *": ["saudi_crm_billing.crm_billing.tasks.sweep"],
	},
}

# Desk: one table for all slices
doctype_js = {
	"Quotation": ["public/js/customer_tax.js", "public/js/crm_billing_quotation.js"],
	"Opportunity": ["public/js/crm_billing_opportunity.js"],
	"Sales Invoice": ["public/js/customer_tax.js", "public/js/crm_billing_sales_invoice.js"],
	"Sales Order": ["public/js/customer_tax.js"],
	"Customer": ["public/js/customer_tax_customer.js"],
	"Item Tax Template": ["public/js/customer_tax_item_tax_template.js"],
}
doctype_list_js = {
	"Quotation": ["public/js/crm_billing_lists.js"],
	"Opportunity": ["public/js/crm_billing_lists.js"],
}
override_doctype_dashboards = {
	"Quotation": ["saudi_crm_billing.crm_billing.dashboards.quotation"],
	"Opportunity": ["saudi_crm_billing.crm_billing.dashboards.opportunity"],
	"Sales Order": ["saudi_crm_billing.crm_billing.dashboards.sales_order"],
	"Sales Invoice": ["saudi_crm_billing.crm_billing.dashboards.sales_invoice"],
}

# A billing run is a log: it never stands in the way of deleting what it names
ignore_links_on_delete = ["SCB Billing Run"]
