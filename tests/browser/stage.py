"""What the browser finds on its site; runs inside the bench, called by the fixture `desk`."""

from __future__ import annotations

import frappe
from frappe.utils import add_days, add_to_date, now_datetime, nowdate

from saudi_crm_billing.demo import site_records as records
from saudi_crm_billing.demo.company import COMPANY
from saudi_crm_billing.demo.story import load
from saudi_crm_billing.e_invoicing.devices import onboarding, units
from saudi_crm_billing.e_invoicing.sending import outbox

ENGLISH_SALES_USER = "lina@demo.example"
ENGLISH_ACCOUNTANT = "huda@demo.example"
TEMPLATE = "6 months on the 27th"
SECOND_COMPANY = "Jeddah Services Co"
SECOND_VAT = "310987654300003"


def prepare(base_url: str) -> str:
	"""Company, unit, billing rule, users, a plan template, two customers."""
	story = load()
	records.company(story)
	records.unit(base_url, story)
	records.billing()
	records.people()
	frappe.db.set_value("User", records.ACCOUNTS_USER, "language", "ar")
	an_english_user(ENGLISH_SALES_USER, "Lina", "Sales User")
	an_english_user(ENGLISH_ACCOUNTANT, "Huda", "Accounts User", "Accounts Manager")
	records.insert(
		"Instalment Plan Template",
		template_name=TEMPLATE,
		enabled=1,
		calendar="Gregorian",
		instalment_count=6,
		first_due_after_months=1,
		due_day=27,
		shift="Previous workday",
	)
	for deal in story.deals[:2]:
		customer = frappe.get_doc({"doctype": "Customer", "customer_name": deal.buyer.name.split(" | ")[-1]})
		customer.update({"customer_group": "Commercial", "territory": "All Territories"})
		records.tell_customer(customer, deal.buyer, "Taxable 15%")
		customer.insert()
		if deal.buyer.address:
			records.address(customer.name, "Customer", deal.buyer.address)
	return "ready"


def an_english_user(email: str, first_name: str, *roles: str) -> None:
	user = records.insert(
		"User",
		email=email,
		first_name=first_name,
		language="en",
		send_welcome_email=0,
		new_password=records.PASSWORD,
	)
	user.add_roles(*roles)


def second_company() -> str:
	"""A company that has set nothing up: no registration number, an address without its building number."""
	if not frappe.db.exists("Company", SECOND_COMPANY):
		records.insert(
			"Company",
			company_name=SECOND_COMPANY,
			abbr="JSC",
			country="Saudi Arabia",
			default_currency="SAR",
			tax_id=SECOND_VAT,
			scb_name_ar="شركة جدة للخدمات",
		)
		records.insert(
			"Address",
			address_title=SECOND_COMPANY,
			address_type="Office",
			address_line1="Palestine Street",
			scb_district="Al Hamra",
			city="Jeddah",
			pincode="23323",
			country="Saudi Arabia",
			links=[{"link_doctype": "Company", "link_name": SECOND_COMPANY}],
		)
	return SECOND_COMPANY


def mend_second_company(cr_number: str = "4030012345") -> str:
	frappe.db.set_value("Company", SECOND_COMPANY, "scb_cr_number", cr_number)
	address = frappe.db.get_value("Address", {"address_title": SECOND_COMPANY})
	frappe.db.set_value("Address", address, "scb_building_number", "3145")
	for doctype, name in (("Company", SECOND_COMPANY), ("Address", address)):
		frappe.clear_document_cache(doctype, name)
	return "mended"


def draft_unit(title: str) -> str:
	second_company()
	return str(
		records.insert(
			"ZATCA Unit",
			title=title,
			company=SECOND_COMPANY,
			environment="Sandbox",
			organisation_unit=title,
		).name
	)


def a_unit_for_a_branch(branch: str) -> str:
	if not frappe.db.exists("Branch", branch):
		records.insert("Branch", branch=branch)
	values = {"environment": "Sandbox", "base_url": gateway_address(), "organisation_unit": branch}
	return str(records.insert("ZATCA Unit", title=branch, company=COMPANY, branch=branch, **values).name)


def an_ending_unit_for_a_branch(branch: str) -> str:
	"""Onboarded, and its certificate ends in 20 days."""
	name = a_unit_for_a_branch(branch)
	onboarding.onboard(name, "123345")
	units.write(name, certificate_expiry=add_to_date(now_datetime(), days=20, hours=1))
	return name


def gateway_address() -> str:
	return str(frappe.db.get_value("ZATCA Unit", records.UNIT, "base_url"))


def tax_setup(company: str) -> str:
	"""What is saved for `company`: enabled, account, class."""
	fields = ("enabled", "vat_account", "default_class")
	return "|".join(str(value) for value in frappe.db.get_value("Customer Tax Setup", company, fields))


def draft_invoice(customer: str) -> str:
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": customer,
			"company": COMPANY,
			"set_posting_time": 1,
			# Two digits of hours: the form writes others anew, and counts the draft as changed.
			"posting_date": add_days(nowdate(), -1),
			"posting_time": "12:00:00",
			"items": [{"item_code": desk_item(), "qty": 1, "rate": 1000}],
		}
	)
	settings = frappe.get_doc("SCB Billing Settings", COMPANY)
	settings.require_source = 0
	settings.save()
	return str(invoice.insert().name)


def send(invoice: str) -> str:
	"""As the sweep does once its time has come; the state afterwards."""
	document = frappe.db.get_value("Sales Invoice", invoice, "scb_zatca_document")
	outbox.send(document, at_once=True)
	return str(frappe.db.get_value("ZATCA Document", document, "state"))


def draft_quotation(customer: str, owner: str) -> str:
	"""A draft of that user, without a plan; its name."""
	frappe.set_user(owner)
	quotation = frappe.get_doc(
		{
			"doctype": "Quotation",
			"quotation_to": "Customer",
			"party_name": customer,
			"company": COMPANY,
			"transaction_date": nowdate(),
			"valid_till": add_days(nowdate(), 30),
			"currency": "SAR",
			"selling_price_list": "Standard Selling",
			"items": [{"item_code": desk_item(), "qty": 4, "rate": 2500}],
		}
	)
	return str(quotation.insert().name)


def desk_item() -> str:
	user = frappe.session.user
	frappe.set_user("Administrator")
	name = records.item("مكتب تنفيذي | Executive desk")
	frappe.set_user(user)
	return name


def acceptance_address(quotation: str) -> str:
	from saudi_crm_billing.crm_billing.links import acceptance_link

	return acceptance_link(frappe.get_doc("Quotation", quotation))[0]


def submitted_quotation(customer: str, owner: str) -> str:
	name = draft_quotation(customer, owner)
	frappe.set_user("Administrator")
	quotation = frappe.get_doc("Quotation", name)
	quotation.scb_plan_template = TEMPLATE
	quotation.save()
	quotation.submit()
	return name


def invoice_of(quotation: str) -> str:
	"""The invoice made of it, by its billing run."""
	return str(frappe.db.get_value("SCB Billing Run", {"source_name": quotation}, "sales_invoice") or "")


def outgoing_account(port: str) -> str:
	return str(
		records.insert(
			"Email Account",
			email_account_name="Billing",
			email_id="billing@riyadh-trading.example",
			enable_outgoing=1,
			default_outgoing=1,
			smtp_server="127.0.0.1",
			smtp_port=port,
			use_tls=0,
			no_smtp_authentication=1,
		).name
	)


def cleared_invoice(customer: str, email: str) -> str:
	"""A submitted invoice that the gateway has cleared, to a customer with this e-mail address; its name."""
	frappe.db.set_value("Customer", customer, "email_id", email)
	invoice = frappe.get_doc("Sales Invoice", draft_invoice(customer))
	invoice.submit()
	frappe.db.commit()
	outbox.send(invoice.reload().scb_zatca_document)
	return str(invoice.name)
