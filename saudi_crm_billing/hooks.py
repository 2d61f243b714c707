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
			"saudi_crm_billing.instalments.events.before_validate",
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
			"saudi_crm_billing.crm_billing.events.quotation_before_validate",
		],
		"validate": [
			"saudi_crm_billing.customer_tax.events.validate",
			"saudi_crm_billing.instalments.events.validate",
		],
		"before_submit": ["saudi_crm_billing.customer_tax.events.before_submit"],
		"on_update": ["saudi_crm_billing.instalments.events.on_update"],
		"on_submit": ["saudi_crm_billing.instalments.events.on_submit"],
		"before_cancel": [
			"saudi_crm_billing.instalments.events.before_cancel",
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
		],
		"before_update_after_submit": ["saudi_crm_billing.e_invoicing.events.keep_system_fields"],
		"on_cancel": ["saudi_crm_billing.instalments.events.on_cancel"],
		"on_trash": ["saudi_crm_billing.instalments.events.on_trash"],
	},
	"Opportunity": {
		"before_insert": ["saudi_crm_billing.crm_billing.events.opportunity_before_insert"],
		"before_validate": ["saudi_crm_billing.crm_billing.events.opportunity_before_validate"],
	},
	"Sales Order": {
		"on_submit": [
			"saudi_crm_billing.instalments.events.on_submit",
			"saudi_crm_billing.crm_billing.events.sales_order_on_submit",
		],
		"before_validate": [
			"saudi_crm_billing.customer_tax.events.before_validate",
			"saudi_crm_billing.instalments.events.before_validate",
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
		],
		"validate": [
			"saudi_crm_billing.customer_tax.events.validate",
			"saudi_crm_billing.instalments.events.validate",
		],
		"before_submit": ["saudi_crm_billing.customer_tax.events.before_submit"],
		"on_update": ["saudi_crm_billing.instalments.events.on_update"],
		"before_cancel": [
			"saudi_crm_billing.instalments.events.before_cancel",
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
		],
		"on_cancel": ["saudi_crm_billing.instalments.events.on_cancel"],
		"on_trash": ["saudi_crm_billing.instalments.events.on_trash"],
		"before_update_after_submit": [
			"saudi_crm_billing.instalments.events.before_update_after_submit",
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
		],
		"on_update_after_submit": ["saudi_crm_billing.instalments.events.on_update_after_submit"],
		"after_mapping": ["saudi_crm_billing.instalments.events.after_mapping"],
	},
	"Delivery Note": {
		"on_submit": ["saudi_crm_billing.crm_billing.events.delivery_note_on_submit"],
	},
	"Sales Invoice": {
		"onload": ["saudi_crm_billing.e_invoicing.events.onload_source"],
		"after_mapping": [
			"saudi_crm_billing.instalments.events.after_mapping",
			"saudi_crm_billing.e_invoicing.advances.events.after_mapping_invoice",
			"saudi_crm_billing.crm_billing.events.sales_invoice_after_mapping",
		],
		"before_submit": [
			"saudi_crm_billing.customer_tax.events.before_submit",
			"saudi_crm_billing.instalments.events.before_ledger",
			"saudi_crm_billing.e_invoicing.advances.events.before_submit_invoice",
			"saudi_crm_billing.e_invoicing.events.before_submit_invoice",
			"saudi_crm_billing.crm_billing.events.sales_invoice_before_submit",
		],
		"before_validate": [
			"saudi_crm_billing.customer_tax.events.before_validate",
			"saudi_crm_billing.instalments.events.before_validate",
			"saudi_crm_billing.instalments.importing.events.keep_fields",
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
			"saudi_crm_billing.crm_billing.events.keep_sent",
		],
		"before_update_after_submit": [
			"saudi_crm_billing.instalments.importing.events.keep_fields",
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
			"saudi_crm_billing.crm_billing.events.keep_sent",
		],
		"validate": [
			"saudi_crm_billing.customer_tax.events.validate",
			"saudi_crm_billing.instalments.events.validate",
			"saudi_crm_billing.e_invoicing.advances.events.validate_invoice",
			"saudi_crm_billing.e_invoicing.events.validate_invoice",
		],
		"on_update": ["saudi_crm_billing.instalments.events.on_update"],
		"on_submit": [
			"saudi_crm_billing.instalments.events.on_submit",
			"saudi_crm_billing.e_invoicing.advances.events.on_submit_invoice",
			"saudi_crm_billing.e_invoicing.events.on_submit_invoice",
		],
		"on_cancel": [
			"saudi_crm_billing.instalments.events.on_cancel",
			"saudi_crm_billing.instalments.rescheduling.events.on_cancel_invoice",
			"saudi_crm_billing.instalments.importing.events.on_cancel",
			"saudi_crm_billing.instalments.settling.events.on_cancel_invoice",
			"saudi_crm_billing.e_invoicing.events.on_cancel_invoice",
			"saudi_crm_billing.e_invoicing.advances.events.on_cancel_invoice",
		],
		"on_trash": [
			"saudi_crm_billing.instalments.events.on_trash",
			"saudi_crm_billing.e_invoicing.events.on_trash_invoice",
		],
		"before_cancel": [
			"saudi_crm_billing.instalments.events.before_cancel",
			"saudi_crm_billing.instalments.settling.events.before_cancel_invoice",
			"saudi_crm_billing.instalments.events.before_ledger",
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
			"saudi_crm_billing.e_invoicing.events.before_cancel_invoice",
			"saudi_crm_billing.crm_billing.events.keep_sent",
		],
	},
	"POS Invoice": {
		"onload": ["saudi_crm_billing.e_invoicing.events.onload_source"],
		"before_validate": [
			"saudi_crm_billing.customer_tax.events.before_validate",
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
			"saudi_crm_billing.crm_billing.events.keep_sent",
		],
		"before_update_after_submit": [
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
			"saudi_crm_billing.crm_billing.events.keep_sent",
		],
		"validate": [
			"saudi_crm_billing.customer_tax.events.validate",
			"saudi_crm_billing.e_invoicing.events.validate_invoice",
		],
		"before_submit": [
			"saudi_crm_billing.customer_tax.events.before_submit",
			"saudi_crm_billing.e_invoicing.events.before_submit_invoice",
		],
		"on_submit": ["saudi_crm_billing.e_invoicing.events.on_submit_invoice"],
		"before_cancel": [
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
			"saudi_crm_billing.e_invoicing.events.before_cancel_invoice",
			"saudi_crm_billing.crm_billing.events.keep_sent",
		],
		"on_cancel": ["saudi_crm_billing.e_invoicing.events.on_cancel_invoice"],
		"on_trash": ["saudi_crm_billing.e_invoicing.events.on_trash_invoice"],
	},
	"Item Tax Template": {
		"before_validate": ["saudi_crm_billing.customer_tax.events.before_validate_item_tax_template"],
	},
	"Payment Ledger Entry": {
		"before_insert": ["saudi_crm_billing.instalments.events.before_ledger"],
		"on_submit": [
			"saudi_crm_billing.instalments.events.on_ledger",
			"saudi_crm_billing.e_invoicing.events.on_ledger_entry",
			"saudi_crm_billing.e_invoicing.advances.events.on_ledger_entry",
		],
	},
	"Payment Entry": {
		"onload": ["saudi_crm_billing.e_invoicing.events.onload_source"],
		"before_validate": [
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
			"saudi_crm_billing.crm_billing.events.keep_sent",
		],
		"before_update_after_submit": [
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
			"saudi_crm_billing.crm_billing.events.keep_sent",
		],
		"validate": ["saudi_crm_billing.e_invoicing.advances.events.validate_payment"],
		"before_submit": [
			"saudi_crm_billing.instalments.events.before_ledger",
			"saudi_crm_billing.e_invoicing.advances.events.before_submit_payment",
		],
		"on_submit": [
			"saudi_crm_billing.instalments.requests.events.on_submit_payment",
			"saudi_crm_billing.e_invoicing.advances.events.on_submit_payment",
		],
		"before_cancel": [
			"saudi_crm_billing.instalments.events.before_ledger",
			"saudi_crm_billing.e_invoicing.events.keep_system_fields",
			"saudi_crm_billing.e_invoicing.advances.events.before_cancel_payment",
			"saudi_crm_billing.crm_billing.events.keep_sent",
		],
		"on_cancel": [
			"saudi_crm_billing.instalments.events.on_ledger",
			"saudi_crm_billing.instalments.settling.events.on_cancel_payment",
			"saudi_crm_billing.e_invoicing.advances.events.on_cancel_payment",
		],
		"on_trash": ["saudi_crm_billing.e_invoicing.advances.events.on_trash_payment"],
	},
	"Payment Request": {
		"before_validate": ["saudi_crm_billing.instalments.requests.events.keep_fields"],
		"validate": ["saudi_crm_billing.instalments.requests.events.validate"],
	},
	"ZATCA Advance Credit Note": {
		"onload": ["saudi_crm_billing.e_invoicing.events.onload_source"],
		"before_validate": ["saudi_crm_billing.crm_billing.events.keep_sent"],
		"before_update_after_submit": ["saudi_crm_billing.crm_billing.events.keep_sent"],
		"before_cancel": ["saudi_crm_billing.crm_billing.events.keep_sent"],
	},
	"Company": {
		"validate": ["saudi_crm_billing.e_invoicing.advances.events.validate_company"],
	},
	"Journal Entry": {
		"before_submit": ["saudi_crm_billing.instalments.events.before_ledger"],
		"before_cancel": ["saudi_crm_billing.instalments.events.before_ledger"],
		"on_cancel": ["saudi_crm_billing.instalments.events.on_ledger"],
	},
	"Email Queue": {
		"before_insert": ["saudi_crm_billing.crm_billing.events.email_queue_before_insert"],
		"after_insert": ["saudi_crm_billing.crm_billing.events.email_queue_after_insert"],
	},
	"Communication": {
		"on_change": ["saudi_crm_billing.crm_billing.events.communication_on_change"],
	},
	"Unreconcile Payment": {
		"before_submit": ["saudi_crm_billing.instalments.events.before_ledger"],
		"on_submit": [
			"saudi_crm_billing.instalments.events.on_ledger",
			"saudi_crm_billing.e_invoicing.advances.events.on_unreconcile",
		],
	},
}

# Clocks: one table for all slices
scheduler_events = {
	"daily": [
		"saudi_crm_billing.e_invoicing.tasks.watch_units",
		"saudi_crm_billing.instalments.settling.tasks.expire_settlement_quotes",
	],
	"cron": {
		"*/5 * * * *": [
			"saudi_crm_billing.instalments.importing.tasks.resume_opening_imports",
			"saudi_crm_billing.crm_billing.tasks.sweep_billing_runs",
			"saudi_crm_billing.crm_billing.tasks.send_accepted_invoices",
			"saudi_crm_billing.e_invoicing.tasks.sweep_e_invoices",
			"saudi_crm_billing.e_invoicing.tasks.watch_e_invoices",
			"saudi_crm_billing.e_invoicing.tasks.make_e_invoice_files",
		],
	},
	"daily_long": ["saudi_crm_billing.instalments.tasks.check_instalment_drift"],
	"hourly_long": ["saudi_crm_billing.collection.tasks.remind_hourly"],
}

# Desk: one table for all slices
app_include_css = [
	"/assets/saudi_crm_billing/css/desk.css",
	"/assets/saudi_crm_billing/css/instalments.css",
]
app_include_js = [
	"/assets/saudi_crm_billing/js/desk.js",
	"/assets/saudi_crm_billing/js/pdf.js",
	"/assets/saudi_crm_billing/js/reports.js",
	"/assets/saudi_crm_billing/js/instalments_standing.js",
	"/assets/saudi_crm_billing/js/instalments_panel.js",
]
extend_bootinfo = ["saudi_crm_billing.e_invoicing.boot.extend"]
doctype_js = {
	"Instalment Opening Import": ["public/js/watch.js"],
	"Instalment Plan": ["public/js/instalments_changes.js"],
	"Quotation": [
		"public/js/watch.js",
		"public/js/customer_tax.js",
		"public/js/crm_billing_quotation.js",
		"public/js/crm_billing_status.js",
		"public/js/instalments.js",
		"public/js/instalments_compare.js",
		"public/js/e_invoicing_mirror.js",
	],
	"Opportunity": [
		"public/js/watch.js",
		"public/js/crm_billing_opportunity.js",
		"public/js/crm_billing_status.js",
	],
	"Sales Invoice": [
		"public/js/watch.js",
		"public/js/customer_tax.js",
		"public/js/crm_billing_sales_invoice.js",
		"public/js/crm_billing_sending.js",
		"public/js/instalments.js",
		"public/js/instalment_direction.js",
		"public/js/instalments_changes.js",
		"public/js/instalments_requests.js",
		"public/js/instalments_compare.js",
		"public/js/instalments_notes.js",
		"public/js/e_invoicing.js",
		"public/js/e_invoicing_pdf.js",
		"public/js/e_invoicing_findings.js",
		"public/js/e_invoicing_references.js",
		"public/js/e_invoicing_buyer_kind.js",
	],
	"POS Invoice": [
		"public/js/watch.js",
		"public/js/crm_billing_sending.js",
		"public/js/customer_tax.js",
		"public/js/e_invoicing.js",
		"public/js/e_invoicing_pdf.js",
		"public/js/e_invoicing_findings.js",
		"public/js/e_invoicing_buyer_kind.js",
	],
	"Payment Entry": [
		"public/js/watch.js",
		"public/js/crm_billing_sending.js",
		"public/js/e_invoicing.js",
		"public/js/e_invoicing_pdf.js",
		"public/js/e_invoicing_findings.js",
		"public/js/e_invoicing_buyer_kind.js",
		"public/js/e_invoicing_payment_entry.js",
		"public/js/instalment_direction.js",
	],
	"Journal Entry": ["public/js/instalment_direction.js"],
	"ZATCA Advance Credit Note": [
		"public/js/watch.js",
		"public/js/crm_billing_sending.js",
		"public/js/e_invoicing.js",
		"public/js/e_invoicing_pdf.js",
		"public/js/e_invoicing_findings.js",
	],
	"Payment Request": ["public/js/instalments_requests.js"],
	"Company": ["public/js/e_invoicing_company.js"],
	"Sales Order": [
		"public/js/watch.js",
		"public/js/crm_billing_status.js",
		"public/js/customer_tax.js",
		"public/js/instalments.js",
		"public/js/instalments_compare.js",
		"public/js/e_invoicing_mirror.js",
	],
	"Customer": ["public/js/customer_tax_customer.js", "public/js/instalments_customer.js"],
	"Item Tax Template": ["public/js/customer_tax_item_tax_template.js"],
}
doctype_list_js = {
	"Quotation": ["public/js/crm_billing_lists.js"],
	"Opportunity": ["public/js/crm_billing_lists.js"],
	"Sales Invoice": [
		"public/js/e_invoicing_list.js",
		"public/js/crm_billing_sending_list.js",
		"public/js/instalments_list.js",
	],
	"POS Invoice": ["public/js/e_invoicing_list.js"],
	"Payment Entry": ["public/js/e_invoicing_list.js"],
	"ZATCA Advance Credit Note": ["public/js/e_invoicing_list.js"],
}
override_doctype_dashboards = {
	"Quotation": ["saudi_crm_billing.crm_billing.dashboards.quotation"],
	"Opportunity": ["saudi_crm_billing.crm_billing.dashboards.opportunity"],
	"Sales Order": ["saudi_crm_billing.crm_billing.dashboards.sales_order"],
	"Sales Invoice": ["saudi_crm_billing.crm_billing.dashboards.sales_invoice"],
}

# A plan's dates changed after its invoice was submitted: each is called with a rescheduling.change.PlanChange
scb_plan_rescheduled = [
	"saudi_crm_billing.instalments.settling.events.on_rescheduled",
	"saudi_crm_billing.instalments.requests.events.plan_rescheduled",
	"saudi_crm_billing.instalments.notes.events.plan_rescheduled",
	"saudi_crm_billing.collection.moved_dates.drop_reminders_of",
]

# A promissory note carries national IDs
has_permission = {"Promissory Note": "saudi_crm_billing.instalments.notes.events.has_permission"}

# History of an invoice: it stays as it is when the invoice is cancelled
auto_cancel_exempted_doctypes = ["Instalment Reschedule", "Settlement Quote"]

# Logs: they never stand in the way of deleting what they name
ignore_links_on_delete = [
	"SCB Billing Run",
	"Instalment Reminder",
	"Instalment Digest",
	"Instalment Balance Event",
	"Instalment Direction",
]

# Deleting a company's transactions leaves its settings, and what the law keeps six years: e-invoices and their log
company_data_to_be_ignored = [
	"Customer Tax Setup",
	"Instalment Settings",
	"Instalment Reminder Policy",
	"SCB Billing Rule",
	"SCB Billing Settings",
	"ZATCA Document",
	"ZATCA Attempt",
	"ZATCA Alert",
	"ZATCA Expiry Notice",
	"ZATCA Unit",
	"ZATCA Unit Counter",
	"ZATCA Advance Use",
	"ZATCA Advance Credit Note",
]

# Print formats
jinja = {
	"methods": [
		"saudi_crm_billing.e_invoicing.prints.printing.scb_tax_invoice",
		"saudi_crm_billing.e_invoicing.prints.printing.scb_qr_image",
		"saudi_crm_billing.e_invoicing.prints.printing.scb_one_line",
		"saudi_crm_billing.instalments.prints.schedule.scb_plan_schedule",
		"saudi_crm_billing.instalments.prints.receipts.scb_receipt_voucher",
		"saudi_crm_billing.instalments.prints.statement.scb_instalment_statement",
		"saudi_crm_billing.instalments.prints.clearance.scb_clearance_letter",
		"saudi_crm_billing.instalments.prints.addendum.scb_reschedule_addendum",
		"saudi_crm_billing.instalments.prints.settlement.scb_settlement_letter",
		"saudi_crm_billing.instalments.notes.prints.scb_promissory_note",
		"saudi_crm_billing.instalments.notes.prints.scb_note_return",
	],
}

# Instalments ask who a customer is before a plan is offered: functions of (customer, company, date) that return
# `tax_class` or `score`
scb_plan_eligibility_facts = ["saudi_crm_billing.customer_tax.customer_facts.tax_class_fact"]

# Instalments put lines for a credit margin on a document: told to whoever decides what its lines bear
scb_lines_changed = ["saudi_crm_billing.customer_tax.events.before_validate"]
# A settlement's rebate is to be a credit note: each completes the draft
scb_rebate_noted = ["saudi_crm_billing.e_invoicing.events.rebate_noted"]
# A plan was recomputed: each is called with its header (instalments/plan_events.py), while it is locked
scb_plan_recomputed = [
	"saudi_crm_billing.instalments.settling.events.plan_recomputed",
	"saudi_crm_billing.instalments.requests.events.plan_recomputed",
	"saudi_crm_billing.instalments.notes.events.plan_recomputed",
]

# E-invoicing mirrors an invoice onto its quotation: fields of Sales Invoice that name one (crm_billing)
scb_source_quotation_fields = ["scb_quotation"]
