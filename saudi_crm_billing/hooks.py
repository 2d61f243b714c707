"""The table of contents: which event or clock calls which slice, in which order."""

app_name = "saudi_crm_billing"
app_title = "Saudi CRM Billing"
app_publisher = "Saudi CRM Billing contributors"
app_description = "Deals become ZATCA e-invoices; instalments stay true to the ledger; overdue alerts go out once"
app_email = "maintainers@saudi-crm-billing.example"
app_license = "gpl-3.0"
required_apps = ["frappe/erpnext"]
export_python_type_annotations = True
require_type_annotated_api_methods = True

# Life cycle
after_install = "saudi_crm_billing.setup.install.after_install"
after_migrate = "saudi_crm_billing.setup.install.after_migrate"
before_uninstall = "saudi_crm_billing.setup.uninstall.before_uninstall"
