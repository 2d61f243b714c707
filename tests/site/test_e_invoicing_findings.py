"""On the draft: findings with the record that mends them, checked without saving, and what a company does with warnings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import advance_helpers as adv
import customer_tax_helpers as tax
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.desk.form.load import getdoc
from frappe.model.document import Document
from frappe.permissions import reset_perms, setup_custom_perms
from frappe.utils import get_datetime

from saudi_crm_billing.e_invoicing.checks import draft_api, stored_findings
from saudi_crm_billing.e_invoicing.documents import sources
from saudi_crm_billing.e_invoicing.engine.rules.mending import BY_RULE, PLACES, Record

__all__ = ["gateway", "sandbox", "unit"]

ITEM_OF = {
	Record.COMPANY: "Company",
	Record.SELLER_ADDRESS: "Address",
	Record.CUSTOMER: "Customer",
	Record.BUYER_ADDRESS: "Address",
	Record.ROW: "Sales Invoice Item",
	Record.SOURCE: "Sales Invoice",
}


@contextmanager
def signed_in(user: str) -> Iterator[None]:
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user("Administrator")


def a_user(*roles: str, name: str = "clerk@example.com") -> str:
	user = make.insert("User", email=name, first_name="Clerk", send_welcome_email=0)
	user.add_roles(*roles)
	return user.name


def company_says(**values: Any) -> None:
	frappe.db.set_value("Company", make.COMPANY, values)
	frappe.clear_document_cache("Company", make.COMPANY)


def address_of(owner: str) -> str:
	return frappe.db.get_value("Dynamic Link", {"link_name": owner, "parenttype": "Address"}, "parent")


def a_draft_with_a_warning() -> Document:
	"""The buyer's postal code has four digits: BR-KSA-67, a warning."""
	buyer = zatca.a_business()
	frappe.db.set_value("Address", address_of(buyer), "pincode", "1234")
	frappe.clear_document_cache("Address", address_of(buyer))
	return zatca.an_invoice(buyer)


def checked(doc: Document) -> dict[str, Any]:
	return draft_api.check_draft(frappe.as_json(doc.as_dict(no_nulls=True)))


def told(doc: Document) -> dict[str, dict[str, Any]]:
	return {row["id"]: row for row in checked(doc)["findings"]}


def loaded(doc: Document) -> list[dict[str, Any]]:
	"""What the form gets when the draft is opened."""
	frappe.response.docs = []
	getdoc(doc.doctype, doc.name)
	return (frappe.response.docs[0].get("__onload") or {}).get("scb_e_invoice", {}).get("findings", [])


@pytest.fixture
def orders_hidden(site: Any) -> Iterator[None]:
	"""From Accounts Users, to whom ERPNext shows them."""
	setup_custom_perms("Sales Order")
	frappe.db.delete("Custom DocPerm", {"parent": "Sales Order", "role": "Accounts User"})
	frappe.clear_cache(doctype="Sales Order")
	yield
	reset_perms("Sales Order")
	frappe.clear_cache(doctype="Sales Order")


def test_every_field_that_mends_exists(site: Any) -> None:
	for target in (*PLACES.values(), *BY_RULE.values()):
		if target.record is not Record.APP and target.field:
			assert frappe.get_meta(ITEM_OF[target.record]).has_field(target.field), target


def test_a_check_saves_nothing_and_says_what_submit_will_say(unit: Document) -> None:
	draft = zatca.an_invoice(zatca.a_business(tax_id="31111111110003"))
	before = frappe.db.count("Sales Invoice")
	found = told(draft)
	assert "SCB-VAT-NUMBER" in found, found
	assert found["SCB-VAT-NUMBER"]["severity"] == "error"
	assert found["SCB-VAT-NUMBER"]["place"] == {
		"doctype": "Customer",
		"name": draft.customer,
		"field": "tax_id",
		"label": "Tax ID",
		"shown_at": "customer",
		"row": 0,
	}
	assert frappe.db.count("Sales Invoice") == before
	with pytest.raises(frappe.ValidationError, match="SCB-VAT-NUMBER"):
		draft.insert().submit()


def test_the_check_of_the_form_is_the_check_of_the_save(unit: Document) -> None:
	draft = a_draft_with_a_warning().insert()
	of_form = [{k: v for k, v in row.items() if k != "place"} for row in checked(draft)["findings"]]
	assert of_form == json.loads(draft.scb_zatca_findings) != []


def test_what_is_not_saved_yet_is_checked(unit: Document) -> None:
	draft = zatca.an_invoice(zatca.a_business()).insert()
	assert told(draft) == {}
	draft.items[0].item_name = "12345"
	finding = told(draft)["BR-KSA-F-C-01"]
	assert (finding["place"]["row"], finding["place"]["shown_at"]) == (1, "items")
	assert (finding["place"]["doctype"], finding["place"]["name"]) == ("Item", draft.items[0].item_code)
	assert frappe.db.get_value("Sales Invoice Item", draft.items[0].name, "item_name") != "12345"


def test_each_master_is_the_one_of_this_invoice(unit: Document) -> None:
	draft = a_draft_with_a_warning().insert()
	place = told(draft)["BR-KSA-67"]["place"]
	assert (place["doctype"], place["name"], place["field"]) == (
		"Address",
		address_of(draft.customer),
		"pincode",
	)
	company_says(tax_id="3999")
	place = told(draft)["SCB-VAT-NUMBER"]["place"]
	assert (place["doctype"], place["name"], place["field"]) == ("Company", make.COMPANY, "tax_id")


def test_the_sellers_number_must_be_the_certificates(unit: Document) -> None:
	company_says(tax_id="399999999800003")
	draft = zatca.an_invoice(zatca.a_business()).insert()
	finding = told(draft)["SCB-CERTIFICATE"]
	assert (
		"399999999800003 is not the one" in finding["message_en"]
		and zatca.SELLER_VAT in finding["message_ar"]
	)
	assert (finding["place"]["doctype"], finding["place"]["field"]) == ("Company", "tax_id")
	with pytest.raises(frappe.ValidationError, match="SCB-CERTIFICATE"):
		draft.submit()


def test_a_missing_address_leads_to_its_owner(unit: Document) -> None:
	draft = zatca.an_invoice(make.a_customer("Homeless Trading", tax_id=zatca.BUYER_VAT)).insert()
	place = told(draft)["SCB-BUYER"]["place"]
	assert (place["doctype"], place["name"], place["field"]) == ("Customer", draft.customer, "")
	assert place["shown_at"] == "customer_address"


def test_a_discount_row_does_not_shift_the_rows(unit: Document) -> None:
	items = [make.line(rate=1000), make.line(rate=-100), make.line(rate=500)]
	draft = zatca.an_invoice(zatca.a_business(), items).insert()
	draft.items[2].item_name = "777"
	assert told(draft)["BR-KSA-F-C-01"]["place"]["row"] == 3


def test_an_opened_draft_brings_its_findings(unit: Document) -> None:
	draft = a_draft_with_a_warning().insert()
	assert [row["id"] for row in loaded(draft)] == ["BR-KSA-67"]
	draft.submit()
	assert loaded(draft) == []


def test_links_only_to_what_the_user_may_read(unit: Document) -> None:
	draft = a_draft_with_a_warning().insert()
	clerk = a_user("Accounts User")
	with signed_in(clerk):
		assert loaded(draft)[0]["place"]["name"] == address_of(draft.customer)
	hidden = zatca.a_national_address(make.a_customer("Elsewhere"))
	make.insert(
		"User Permission",
		user=clerk,
		allow="Address",
		for_value=hidden,
		apply_to_all_doctypes=0,
		applicable_for="Address",
	)
	with signed_in(clerk):
		place = loaded(draft)[0]["place"]
		assert (place["doctype"], place["name"], place["field"], place["shown_at"]) == (
			"",
			"",
			"",
			"customer_address",
		)


def test_nobody_is_told_of_an_order_that_he_may_not_read(unit: Document, orders_hidden: None) -> None:
	"""Its contract and whether it is of government would be guessed from what is found."""
	order = make.a_sales_order(zatca.a_business(), scb_government="Yes").insert()
	order.submit()
	draft = zatca.an_invoice(order.customer)
	clerk = a_user("Accounts User")
	with signed_in(clerk):
		assert "BR-KSA-92" not in told(draft)
	draft.items[0].sales_order = order.name
	with signed_in(clerk), pytest.raises(frappe.PermissionError):
		checked(draft)
	assert "BR-KSA-92" in told(draft)


def test_nobody_is_told_of_masters_that_are_hidden_from_him(unit: Document) -> None:
	draft = a_draft_with_a_warning()
	other = zatca.a_business("Another Factory")
	clerk = a_user("Accounts User")
	make.insert("User Permission", user=clerk, allow="Customer", for_value=other)
	with signed_in(clerk), pytest.raises(frappe.PermissionError):
		checked(draft)


@pytest.mark.parametrize("role", ["Sales User", "Stock User"])
def test_who_may_not_write_invoices_may_not_check_them(unit: Document, role: str) -> None:
	draft = a_draft_with_a_warning()
	with signed_in(a_user(role)), pytest.raises(frappe.PermissionError):
		checked(draft)


def test_a_company_without_a_unit_is_told_so(site: Any) -> None:
	zatca.a_saudi_company()
	told_now = checked(zatca.an_invoice(zatca.a_business()))
	assert (told_now["issues"], told_now["findings"]) == (False, [])


def test_an_empty_form_is_told_what_it_lacks(unit: Document) -> None:
	with pytest.raises(frappe.ValidationError, match="Choose the customer and at least one item"):
		draft_api.check_draft({"doctype": "Sales Invoice", "company": make.COMPANY})


def test_other_documents_are_not_checked(unit: Document) -> None:
	with pytest.raises(frappe.PermissionError):
		draft_api.check_draft({"doctype": "Quotation", "company": make.COMPANY})


def test_warnings_are_allowed_by_default(unit: Document) -> None:
	draft = zatca.submitted(a_draft_with_a_warning())
	assert draft.scb_zatca_document and not draft.scb_zatca_accepted_by
	assert [row["id"] for row in json.loads(draft.scb_zatca_findings)] == ["BR-KSA-67"]


def test_warnings_are_refused_where_the_company_says_so(unit: Document) -> None:
	company_says(scb_e_invoice_warnings="Refuse")
	draft = a_draft_with_a_warning().insert()
	with pytest.raises(frappe.ValidationError, match=r"no e-invoice with warnings.*BR-KSA-67"):
		draft.submit()


def test_warnings_wait_for_a_person_where_the_company_asks(unit: Document) -> None:
	company_says(scb_e_invoice_warnings="Ask")
	draft = a_draft_with_a_warning().insert()
	asked = checked(draft)
	assert (asked["policy"], asked["accepts"]) == ("Ask", "BR-KSA-67")
	with pytest.raises(frappe.ValidationError, match=r"A person must accept.*BR-KSA-67"):
		draft.submit()
	draft.reload()
	with signed_in(a_user("Accounts User")):
		draft.scb_zatca_accepted_warnings = asked["accepts"]
		draft.submit()
	stored = frappe.db.get_value(
		"Sales Invoice", draft.name, (sources.ACCEPTED, sources.ACCEPTED_BY, sources.ACCEPTED_ON)
	)
	assert stored[:2] == ("BR-KSA-67", "clerk@example.com") and stored[2]


def test_other_warnings_than_those_accepted_are_asked_for_again(unit: Document) -> None:
	company_says(scb_e_invoice_warnings="Ask")
	draft = a_draft_with_a_warning().insert()
	draft.scb_zatca_accepted_warnings = "BR-KSA-67"
	draft.items[0].item_name = "12345"
	with pytest.raises(frappe.ValidationError, match=r"A person must accept.*BR-KSA-67, BR-KSA-F-C-01"):
		draft.submit()


def test_nobody_signs_for_another(unit: Document) -> None:
	company_says(scb_e_invoice_warnings="Ask")
	draft = a_draft_with_a_warning()
	draft.update(
		{sources.ACCEPTED: "BR-KSA-67", sources.ACCEPTED_BY: "Guest", sources.ACCEPTED_ON: "2020-01-01"}
	)
	draft.insert()
	assert (draft.scb_zatca_accepted_by, draft.scb_zatca_accepted_on) == (None, None)
	draft.submit()
	assert draft.scb_zatca_accepted_by == "Administrator"


def test_an_invoice_without_warnings_asks_for_nothing(unit: Document) -> None:
	company_says(scb_e_invoice_warnings="Ask")
	draft = zatca.an_invoice(zatca.a_business(), scb_zatca_accepted_warnings="BR-KSA-67")
	assert zatca.submitted(draft).scb_zatca_accepted_warnings is None


@pytest.mark.parametrize("method", ["Banker's Rounding", "Commercial Rounding"])
@pytest.mark.parametrize("rate", [0.5, 33.3, 99.99, 1234.5])
def test_both_ways_of_rounding_are_checked_and_issued_alike(unit: Document, method: str, rate: float) -> None:
	"""Half a halala of VAT goes another way under each: ERPNext's total differs, the document's VAT does not."""
	frappe.db.set_single_value("System Settings", "rounding_method", method)
	frappe.clear_cache()
	items = [make.line(rate=rate, qty=qty) for qty in (1, 3, 7)]
	assert told(zatca.an_invoice(zatca.a_business(), items)) == {}
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business(), items))
	assert stored_findings.of(invoice) == ()
	document = zatca.sent(invoice)
	assert document.state == "Cleared", document.last_message_en
	zatca.assert_fatoority(document)


def test_a_payment_is_checked_as_an_advance_and_nothing_is_saved(unit: Document) -> None:
	adv.invoices_advances()
	entry = adv.a_receipt(zatca.a_business(tax_id="31111111110003"), 2300)
	before = frappe.db.count("Payment Entry")
	found = checked(entry)
	assert found["issues"] is True
	finding = {row["id"]: row for row in found["findings"]}["SCB-VAT-NUMBER"]
	assert "31111111110003" in finding["message_en"] and finding["severity"] == "error"
	place = finding["place"]
	assert (place["doctype"], place["name"], place["field"]) == ("Customer", entry.party, "tax_id")
	assert place["shown_at"] == "party"
	assert frappe.db.count("Payment Entry") == before
	with pytest.raises(frappe.ValidationError, match="SCB-VAT-NUMBER"):
		entry.insert().submit()


def test_the_check_of_a_saved_advance_is_the_check_of_its_save(unit: Document) -> None:
	adv.invoices_advances()
	buyer = zatca.a_business()
	frappe.db.set_value("Address", address_of(buyer), "pincode", "1234")
	frappe.clear_document_cache("Address", address_of(buyer))
	entry = adv.a_receipt(buyer, 2300).insert()
	of_form = [{k: v for k, v in row.items() if k != "place"} for row in checked(entry)["findings"]]
	assert of_form == json.loads(entry.scb_zatca_findings) != []
	assert frappe.db.get_value("Payment Entry", entry.name, "modified") == get_datetime(entry.modified)


def test_what_stands_against_the_vat_of_an_advance_is_shown_at_its_tax_class(unit: Document) -> None:
	adv.invoices_advances()
	tax.enable_tax_classes()
	buyer = zatca.a_business()
	frappe.db.set_value("Customer", buyer, "scb_tax_class", None)
	frappe.clear_document_cache("Customer", buyer)
	frappe.db.set_value("Customer Tax Setup", make.COMPANY, "default_class", None)
	frappe.clear_document_cache("Customer Tax Setup", make.COMPANY)
	found = told(adv.a_receipt(buyer, 2300))
	assert "No tax class is found" in found["SCB-TOTALS"]["message_en"]
	assert found["SCB-TOTALS"]["place"]["shown_at"] == "scb_tax_class"


def test_a_payment_that_is_no_advance_issues_nothing(unit: Document) -> None:
	entry = adv.a_receipt(zatca.a_business(tax_id="31111111110003"), 2300)
	told_now = checked(entry)
	assert (told_now["issues"], told_now["findings"]) == (False, [])
	with pytest.raises(frappe.ValidationError, match="Choose the customer and enter the amount first"):
		draft_api.check_draft({"doctype": "Payment Entry", "company": make.COMPANY})


def test_nobody_is_told_of_a_party_that_is_hidden_from_him(unit: Document) -> None:
	adv.invoices_advances()
	entry = adv.a_receipt(zatca.a_business(), 2300)
	clerk = a_user("Accounts User")
	make.insert(
		"User Permission", user=clerk, allow="Customer", for_value=zatca.a_business("Another Factory")
	)
	with signed_in(clerk), pytest.raises(frappe.PermissionError):
		checked(entry)
