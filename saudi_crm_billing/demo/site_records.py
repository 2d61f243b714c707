"""The masters of the demo site: company, people, classes, unit, rules, policy. Only for a site made for the demo.

Everything is written as the administrator would enter it, with the documents' own validation.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model.document import Document

from saudi_crm_billing.common.dates import Calendar, Shift
from saudi_crm_billing.customer_tax import propose
from saudi_crm_billing.customer_tax.engine.tax_class import TaxClass
from saudi_crm_billing.demo.company import COMPANY
from saudi_crm_billing.demo.story import Buyer, Deal, Place, Story
from saudi_crm_billing.e_invoicing.devices import onboarding

OTP = "123345"
SALES_USER = "noura@demo.example"
ACCOUNTS_USER = "fahd@demo.example"
PASSWORD = "Riyadh#2026"
UNIT = "Riyadh Branch"
SHIFTS = {
	Shift.NONE: "Keep the date",
	Shift.PREVIOUS: "Previous workday",
	Shift.NEXT: "Next workday",
	Shift.NEAREST: "Nearest workday",
}
REGISTRATION = {"national_id": "NAT", "other_id": "OTH"}


def insert(doctype: str, **values: Any) -> Document:
	return frappe.get_doc({"doctype": doctype, **values}).insert()


def company(story: Story) -> None:
	"""VAT number, registration and national address of the seller, and its tax setup."""
	arabic = story.seller.name.split(" | ")[0]
	document = frappe.get_doc("Company", COMPANY)
	document.update({"tax_id": story.seller.vat_number, "scb_name_ar": arabic, "scb_id_scheme": "CRN"})
	document.scb_cr_number = story.seller.cr_number
	document.save()
	address(COMPANY, "Company", story.seller.address, is_your_company_address=1)
	found = propose.propose(COMPANY)
	insert(
		"Customer Tax Setup",
		company=COMPANY,
		enabled=1,
		vat_account=found["vat_account"],
		default_class=found["default_class"],
	)
	frappe.db.set_single_value("Selling Settings", "so_required", "No")
	defaults = frappe.get_doc("Global Defaults")
	defaults.disable_rounded_total = 1
	defaults.save()
	frappe.db.set_single_value("System Settings", "enable_onboarding", 0)


def people() -> None:
	"""A sales user who may not read invoices, and an accountant."""
	roles = {
		SALES_USER: ("Sales User", "Sales Manager"),
		ACCOUNTS_USER: ("Accounts User", "Accounts Manager"),
	}
	for email, names in roles.items():
		user = insert(
			"User",
			email=email,
			first_name=email.split("@")[0].title(),
			send_welcome_email=0,
			new_password=PASSWORD,
			language="ar" if email == SALES_USER else "en",
		)
		user.add_roles(*names)


def unit(base_url: str, story: Story) -> None:
	"""The e-invoicing unit, onboarded with the gateway at `base_url`."""
	document = insert(
		"ZATCA Unit",
		title=UNIT,
		company=COMPANY,
		environment="Sandbox",
		base_url=base_url,
		organisation=COMPANY,
		vat_number=story.seller.vat_number,
		organisation_unit=UNIT,
		industry="Furniture",
		short_address="RRRD2929",
		invoice_types="1100",
	)
	frappe.db.commit()  # nosemgrep: the onboarding commits each of its steps
	onboarding.onboard(document.name, OTP)


def billing() -> None:
	"""A won deal becomes order and invoice by itself; an invoice needs its source."""
	insert("SCB Billing Settings", company=COMPANY, require_source=1, same_customer=1, on_difference="Warn")
	for trigger in ("Quotation accepted", "Opportunity won"):
		insert(
			"SCB Billing Rule",
			title=f"{trigger}: order and invoice",
			company=COMPANY,
			enabled=1,
			trigger=trigger,
			make="Sales Order and Sales Invoice",
			submit_documents=1,
			run_as="Administrator",
		)


def reminders(smtp_port: int) -> None:
	"""An outgoing account at the local mail server and a policy that starts today."""
	account = insert(
		"Email Account",
		email_account_name="Collection",
		email_id="collection@riyadh-trading.example",
		enable_outgoing=1,
		default_outgoing=1,
		smtp_server="127.0.0.1",
		smtp_port=str(smtp_port),
		use_tls=0,
		no_smtp_authentication=1,
	)
	insert(
		"Instalment Reminder Policy",
		company=COMPANY,
		enabled=1,
		email_account=account.name,
		digest_enabled=1,
		digest_fallback_user=SALES_USER,
	)


def tax_class(name: str, wanted: TaxClass, title_ar: str) -> str:
	"""The site's class for a class of the story: a seeded one where it fits, else a new one."""
	filters = {"category": wanted.category.value, "rate": wanted.rate, "enabled": 1}
	if wanted.vatex_code:
		filters["vatex_code"] = wanted.vatex_code
	if wanted.valid_to is None and (found := frappe.db.get_value("Customer Tax Class", filters)):
		return str(found)
	return insert(
		"Customer Tax Class",
		title=wanted.reason_en or name,
		title_ar=title_ar,
		enabled=1,
		category=wanted.category.value,
		rate=float(wanted.rate),
		vatex_code=wanted.vatex_code or None,
		valid_from=wanted.valid_from,
		valid_to=wanted.valid_to,
	).name


def plan_template(deal: Deal) -> str:
	wish = deal.plan
	return insert(
		"Instalment Plan Template",
		template_name=f"{deal.title.ar} | {deal.title.en}",
		enabled=1,
		calendar="Hijri" if wish.calendar is Calendar.HIJRI else "Gregorian",
		instalment_count=wish.count,
		first_due_after_months=wish.first_due_after_months,
		due_day=wish.day or 0,
		shift=SHIFTS[wish.shift],
	).name


def item(name: str) -> str:
	code = name.split(" | ")[-1][:60]
	if not frappe.db.exists("Item", code):
		insert(
			"Item",
			item_code=code,
			item_name=code,
			description=name,
			item_group="All Item Groups",
			stock_uom="Nos",
			is_stock_item=0,
		)
	return code


def tell_customer(customer: Document, buyer: Buyer, tax_class_name: str) -> None:
	"""What billing needs of a customer that a lead does not carry."""
	scheme = next((REGISTRATION[key] for key in REGISTRATION if getattr(buyer, key)), "")
	customer.update(
		{
			"customer_type": "Company" if buyer.is_business else "Individual",
			"tax_id": buyer.vat_number,
			"scb_name_ar": buyer.name.split(" | ")[0],
			"scb_tax_class": tax_class_name,
			"scb_buyer_id_scheme": scheme,
			"scb_buyer_id": buyer.national_id or buyer.other_id,
			"account_manager": SALES_USER,
			"language": "ar" if " | " in buyer.name else "en",
		}
	)


def address(owner: str, owner_type: str, place: Place, **values: Any) -> str:
	country = frappe.db.get_value("Country", {"code": place.country_code.lower()})
	return insert(
		"Address",
		address_title=owner,
		address_type="Billing",
		address_line1=place.street,
		scb_building_number=place.building_number,
		scb_district=place.district,
		city=place.city,
		pincode=place.postal_code,
		country=country,
		is_primary_address=1,
		links=[{"link_doctype": owner_type, "link_name": owner}],
		**values,
	).name
