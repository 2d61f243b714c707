"""What kind of e-invoice an advance gets: for government, for an export, by choice; and its credit notes follow it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import advance_helpers as adv
import customer_tax_helpers as tax
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice as invoice_of_delivery
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import given_rights
from saudi_crm_billing.e_invoicing.advances import api
from saudi_crm_billing.e_invoicing.api import make_debit_note
from saudi_crm_billing.e_invoicing.engine import rules
from saudi_crm_billing.e_invoicing.engine.reading import read

__all__ = ["gateway", "sandbox", "unit"]

CONTRACT = "MOW-2026/17"
CLERK = ("advance-clerk@example.com", "Accounts User")
MANAGER = ("advance-manager@example.com", "Accounts Manager")


@pytest.fixture
def held(unit: Document) -> str:
	return adv.invoices_advances()


def code_and_contract(source: Document) -> tuple[str, str, str]:
	"""Of what was issued; ZATCA accepts it without a remark."""
	document = zatca.document_of(source)
	assert rules.check(document.xml.encode()) == ()
	said = read(document.xml.encode())
	sent = zatca.sent(source)
	assert (sent.state in ("Cleared", "Reported"), sent.has_warnings) == (True, 0), sent.last_message_en
	return said.type_code.value, str(said.transaction), said.contract


def a_ministry() -> str:
	return zatca.a_business("Ministry of Works", scb_government=1)


def an_order(customer: str, **values: Any) -> Document:
	order = make.a_sales_order(
		customer, [make.line(rate=10000)], taxes=[zatca.vat_row()], disable_rounded_total=1, **values
	)
	order.insert()
	order.submit()
	return order


def a_buyer_abroad(name: str, **values: Any) -> str:
	tax.enable_tax_classes()
	own = {"scb_buyer_id_scheme": "PAS", "scb_buyer_id": "N1234567", "scb_tax_class": tax.EXPORT}
	buyer = make.a_customer(name, **own, **values)
	zatca.a_national_address(buyer, country="United Arab Emirates", city="Dubai")
	return buyer


def test_an_advance_of_government_says_so_and_names_the_contract(held: str) -> None:
	entry = adv.received(a_ministry(), 2300, scb_contract_reference=CONTRACT)
	assert code_and_contract(entry) == ("386", "010000001", CONTRACT)


def test_an_advance_of_government_without_a_contract_is_refused(held: str) -> None:
	entry = adv.a_receipt(a_ministry(), 2300).insert()
	with pytest.raises(frappe.ValidationError, match="BR-KSA-92"):
		entry.submit()


def test_one_advance_of_a_government_entity_can_be_none(held: str) -> None:
	entry = adv.received(a_ministry(), 2300, scb_government="No")
	assert code_and_contract(entry) == ("386", "0100000", "")


def test_the_contract_stands_on_the_order_and_reaches_its_advance_and_its_invoice(held: str) -> None:
	order = an_order(zatca.a_business(), scb_government="Yes", scb_contract_reference=CONTRACT)
	entry = adv.received(order.customer, 2300, **adv.for_order(order.name, 2300))
	assert code_and_contract(entry) == ("386", "010000001", CONTRACT)
	invoice = make_sales_invoice(order.name)
	assert (invoice.scb_government, invoice.scb_contract_reference) == ("Yes", CONTRACT)
	assert code_and_contract(zatca.submitted(invoice)) == ("388", "010000001", CONTRACT)


def invoiced_after_delivery(*orders: Document) -> Document:
	"""The draft of an invoice of what was delivered of these orders: a Delivery Note says nothing of the contract."""
	invoice = None
	for order in orders:
		delivery = make_delivery_note(order.name)
		delivery.insert().submit()
		invoice = invoice_of_delivery(delivery.name, invoice)
	assert invoice and not invoice.scb_government and not invoice.scb_contract_reference
	return invoice


def test_the_contract_of_the_order_reaches_an_invoice_through_a_delivery_note(held: str) -> None:
	order = an_order(zatca.a_business(), scb_government="Yes", scb_contract_reference=CONTRACT)
	invoice = zatca.submitted(invoiced_after_delivery(order))
	assert code_and_contract(invoice) == ("388", "010000001", CONTRACT)
	assert code_and_contract(zatca.submitted(zatca.return_of(invoice))) == ("381", "010000001", CONTRACT)


def test_the_debit_note_of_a_delivered_order_names_its_contract(held: str) -> None:
	order = an_order(zatca.a_business(), scb_government="Yes", scb_contract_reference=CONTRACT)
	note = make_debit_note(zatca.submitted(invoiced_after_delivery(order)).name)
	note.scb_zatca_note_reason = "Amendment of the supply value agreed in advance"
	note.items[0].rate = 100
	assert code_and_contract(zatca.submitted(note)) == ("383", "010000001", CONTRACT)


def test_what_the_invoice_says_goes_before_the_order(held: str) -> None:
	order = an_order(zatca.a_business(), scb_government="Yes", scb_contract_reference=CONTRACT)
	invoice = invoiced_after_delivery(order).update({"scb_government": "No"})
	assert str(read(zatca.document_of(zatca.submitted(invoice)).xml.encode()).transaction) == "0100000"


def test_orders_of_different_contracts_leave_it_to_the_invoice(held: str) -> None:
	buyer = a_ministry()
	orders = [an_order(buyer, scb_contract_reference=contract) for contract in (CONTRACT, "MOW-2026/18")]
	invoice = invoiced_after_delivery(*orders).insert()
	with pytest.raises(frappe.ValidationError, match="BR-KSA-92"):
		invoice.submit()


@pytest.mark.parametrize("kind", ["Company", "Individual"])
def test_an_advance_for_an_export_is_marked_and_standard(held: str, kind: str) -> None:
	entry = adv.received(a_buyer_abroad(f"Gulf Trading {kind}", customer_type=kind), 1000)
	assert (entry.scb_vatex_code, entry.scb_advance_vat) == ("VATEX-SA-32", 0)
	assert code_and_contract(entry) == ("386", "0100100", "")
	zatca.assert_fatoority(zatca.document_of(entry))


def test_the_refund_is_of_the_kind_of_its_advance_invoice(held: str) -> None:
	entry = adv.received(a_ministry(), 2300, scb_contract_reference=CONTRACT)
	frappe.db.set_value("Customer", entry.party, "scb_government", 0)
	frappe.clear_document_cache("Customer", entry.party)
	refund = api.make_refund(entry.name)
	refund.update({"reference_no": "R", "reference_date": frappe.utils.nowdate()})
	assert code_and_contract(zatca.submitted(refund)) == ("381", "010000001", CONTRACT)


def test_the_credit_note_is_of_the_kind_of_its_advance_invoice(held: str) -> None:
	buyer = a_buyer_abroad("Gulf Trading Credited", customer_type="Individual")
	entry = adv.received(buyer, 1000)
	invoice = zatca.submitted(make.a_sales_invoice(buyer, [make.line(rate=1000)], disable_rounded_total=1))
	adv.reconciled(entry, invoice, 1000)
	note = zatca.submitted(api.make_credit_note(entry.name))
	assert code_and_contract(note) == ("381", "0100100", "")


@pytest.mark.parametrize(("user", "kept"), [(CLERK, "By Rule"), (MANAGER, "Standard")])
def test_only_a_manager_chooses_the_kind_of_an_advance(held: str, user: tuple[str, str], kept: str) -> None:
	person = zatca.a_person(scb_buyer_id_scheme="NAT", scb_buyer_id="1010101010")
	zatca.a_national_address(person)
	frappe.set_user(make.a_user(*user))
	entry = adv.a_receipt(person, 1150, scb_buyer_kind="Standard").insert()
	assert entry.reload().scb_buyer_kind == kept
	entry.submit()
	frappe.db.commit()
	frappe.set_user("Administrator")
	assert zatca.document_of(entry.reload()).subtype == ("Standard" if kept == "Standard" else "Simplified")


def test_a_business_is_not_made_simplified_at_will(held: str) -> None:
	entry = adv.a_receipt(zatca.a_business(), 1150, scb_buyer_kind="Simplified").insert()
	with pytest.raises(frappe.ValidationError, match="only below SAR 1,000 may it be simplified"):
		entry.submit()
	small = adv.received(zatca.a_business(), 500, scb_buyer_kind="Simplified")
	assert zatca.document_of(small).subtype == "Simplified"


def test_the_draft_of_an_advance_says_why(held: str) -> None:
	entry = adv.a_receipt(zatca.a_business(), 1150).insert()
	draft = frappe.get_doc("Payment Entry", entry.name)
	draft.run_method("onload")
	assert draft.get("__onload")["scb_buyer_kind"] == (
		"Standard, because Najd Furniture Factory has a VAT number."
	)


def test_the_right_to_choose_is_given_once_and_taken_back(site: ModuleType) -> None:
	given_rights.take_back(given_rights.KINDS_OF_ADVANCES)
	assert not frappe.get_all("Custom DocPerm", {"parent": "Payment Entry"})
	given_rights.grant(given_rights.KINDS_OF_ADVANCES)
	given_rights.grant(given_rights.KINDS_OF_ADVANCES)
	level = {"parent": "Payment Entry", "permlevel": 1}
	rules_of_level = frappe.get_all(
		"Custom DocPerm", level, ["role", "read", "write", "submit"], as_list=True
	)
	assert sorted(rules_of_level) == [("Accounts Manager", 1, 1, 0), ("Accounts User", 1, 0, 0)]


@pytest.mark.parametrize(("right", "value"), [("cancel", 0), ("submit", 0), ("export", 0), ("if_owner", 1)])
def test_what_an_administrator_changed_outlives_the_uninstall(
	site: ModuleType, right: str, value: int
) -> None:
	given_rights.grant(given_rights.KINDS_OF_ADVANCES)
	clerks = {"parent": "Payment Entry", "role": "Accounts User", "permlevel": 0}
	assert frappe.db.get_value("Custom DocPerm", clerks, right) != value
	frappe.db.set_value("Custom DocPerm", clerks, right, value)
	given_rights.take_back(given_rights.KINDS_OF_ADVANCES)
	assert frappe.db.get_value("Custom DocPerm", clerks, right) == value
	assert not frappe.db.exists("Custom DocPerm", {**clerks, "permlevel": 1})
