"""What the browser finds on its site; runs inside the bench, called by the fixture `desk`."""

from __future__ import annotations

import frappe
from frappe.utils import add_days, nowdate

from saudi_crm_billing.demo import site_records as records
from saudi_crm_billing.demo.company import COMPANY
from saudi_crm_billing.demo.story import load

ENGLISH_SALES_USER = "lina@demo.example"
TEMPLATE = "6 months on the 27th"


def prepare(base_url: str) -> str:
	"""Company, unit, billing rule, users, a plan template, two customers."""
	story = load()
	records.company(story)
	records.unit(base_url, story)
	records.billing()
	records.people()
	frappe.db.set_value("User", records.ACCOUNTS_USER, "language", "ar")
	user = records.insert(
		"User",
		email=ENGLISH_SALES_USER,
		first_name="Lina",
		language="en",
		send_welcome_email=0,
		new_password=records.PASSWORD,
	)
	user.add_roles("Sales User")
	records.insert(
		"Instalment Plan Template",
		template_name=TEMPLATE,
		enabled=1,
		calendar="Gregorian",
		instalment_count=6,
		interval_months=1,
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
