"""What the browser's tests of findings find on their site: drafts with faults in masters and rows; runs in the bench."""

from __future__ import annotations

import frappe
import stage

from saudi_crm_billing.demo import site_records as records
from saudi_crm_billing.demo.company import COMPANY


def faulty_draft(customer: str, tax_id: str) -> str:
	"""A draft whose buyer has this VAT number and a postal code of four digits, and whose only item is called 12345."""
	if not frappe.db.exists("Customer", customer):
		made = frappe.get_doc({"doctype": "Customer", "customer_name": customer, "customer_type": "Company"})
		made.update(
			{"customer_group": "Commercial", "territory": "All Territories", "scb_name_ar": "مصنع الخليج"}
		)
		made.update({"scb_tax_class": "Taxable 15%"})
		made.insert()
		records.insert(
			"Address",
			address_title=customer,
			address_type="Billing",
			address_line1="طريق الملك فهد",
			scb_building_number="1111",
			scb_district="العليا",
			city="الرياض",
			pincode="1234",
			country="Saudi Arabia",
			links=[{"link_doctype": "Customer", "link_name": customer}],
		)
	frappe.db.set_value("Customer", customer, "tax_id", tax_id)
	frappe.db.set_value("Address", f"{customer}-Billing", "pincode", "1234")
	frappe.clear_document_cache("Customer", customer)
	frappe.clear_document_cache("Address", f"{customer}-Billing")
	draft = frappe.get_doc("Sales Invoice", stage.draft_invoice(customer))
	draft.items[0].item_name = "12345"
	return str(draft.save().name)


def warnings_are(policy: str) -> str:
	frappe.db.set_value("Company", COMPANY, "scb_e_invoice_warnings", policy)
	frappe.clear_document_cache("Company", COMPANY)
	frappe.cache.delete_key("bootinfo")
	return policy


def accepted_by(invoice: str) -> str:
	return str(frappe.db.get_value("Sales Invoice", invoice, "scb_zatca_accepted_by") or "")


def item_name_of(invoice: str) -> str:
	return str(frappe.db.get_value("Sales Invoice Item", {"parent": invoice}, "item_name"))
