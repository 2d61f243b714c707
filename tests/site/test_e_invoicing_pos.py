"""A sale at a till has its own e-invoice; the invoice that sums sales up has none."""

from __future__ import annotations

import customer_tax_helpers as tax
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pos_helpers as pos
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import api
from saudi_crm_billing.e_invoicing.checks import checking
from saudi_crm_billing.e_invoicing.engine.reading import read
from saudi_crm_billing.e_invoicing.prints.printing import scb_tax_invoice
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]


def documents_of(doctype: str) -> list[str]:
	return frappe.get_all("ZATCA Document", {"reference_doctype": doctype}, pluck="reference_name")


def test_a_sale_at_the_till_is_issued_and_reported(unit: Document) -> None:
	sale = pos.sold(pos.a_sale(zatca.a_person()))
	assert sale.scb_zatca_status == "Pending" and sale.scb_qr
	document = zatca.sent(sale)
	assert (document.state, document.kind, document.subtype) == ("Reported", "Invoice", "Simplified")
	assert (document.reference_doctype, document.reference_name) == ("POS Invoice", sale.name)
	assert (document.grand_total, sale.scb_zatca_status) == (115, "Reported")
	assert "<cbc:PaymentMeansCode>10<" in document.xml
	zatca.assert_fatoority(document)


def test_a_business_at_the_till_gets_a_tax_invoice(unit: Document) -> None:
	document = zatca.sent(pos.sold(pos.a_sale(zatca.a_business())))
	assert (document.state, document.subtype) == ("Cleared", "Standard"), document.last_message_en


def a_sale_to_a_ministry(**values: str) -> Document:
	"""As stored: what a POS Invoice has no field for is gone."""
	sale = pos.a_sale(zatca.a_business("Ministry of Works", scb_government=1), **values)
	return frappe.get_doc("POS Invoice", sale.insert().name)


def issued_of(sale: Document) -> Document:
	sale.submit()
	frappe.db.commit()
	return zatca.document_of(sale.reload())


def test_a_sale_to_government_names_the_contract(unit: Document) -> None:
	sale = a_sale_to_a_ministry(scb_contract_reference="MOW-2026/17")
	assert issued_of(sale).subtype == "Standard"
	document = zatca.sent(sale)
	assert 'name="010000001">388<' in document.xml
	assert read(document.xml.encode()).contract == "MOW-2026/17"
	assert (document.state, document.has_warnings) == ("Cleared", 0), document.last_message_en


def test_a_sale_to_government_without_a_contract_is_refused_at_its_field(unit: Document) -> None:
	sale = a_sale_to_a_ministry()
	found = {row["id"]: row for row in checking.check(sale)["findings"]}
	place = found["BR-KSA-92"]["place"]
	assert (place["field"], place["shown_at"]) == ("scb_contract_reference", "scb_contract_reference")
	with pytest.raises(frappe.ValidationError, match="BR-KSA-92"):
		sale.submit()


def test_one_sale_to_a_government_entity_can_be_none(unit: Document) -> None:
	document = issued_of(a_sale_to_a_ministry(scb_government="No"))
	assert 'name="0100000">388<' in document.xml


def test_a_return_of_a_sale_to_government_names_its_contract(unit: Document) -> None:
	sale = a_sale_to_a_ministry(scb_contract_reference="MOW-2026/17")
	issued_of(sale)
	document = zatca.document_of(zatca.submitted(pos.return_of(sale)))
	assert 'name="010000001">381<' in document.xml
	assert read(document.xml.encode()).contract == "MOW-2026/17"


def test_a_sale_that_zatca_would_refuse_is_not_submitted(unit: Document) -> None:
	customer = zatca.a_business("No Number Trading", tax_id=None)
	sale = pos.a_sale(customer).insert()
	assert "SCB-BUYER" in sale.scb_zatca_findings
	with pytest.raises(frappe.ValidationError, match="VAT number is missing"):
		sale.submit()


def test_a_company_without_a_unit_sells_without_e_invoices(site: object) -> None:
	zatca.a_saudi_company()
	sale = pos.sold(pos.a_sale(zatca.a_person()))
	assert not sale.scb_zatca_document and not sale.scb_zatca_findings


def test_a_return_at_the_till_corrects_the_sale(unit: Document) -> None:
	sale = pos.sold(pos.a_sale(zatca.a_person()))
	note = pos.return_of(sale)
	document = zatca.sent(zatca.submitted(note))
	assert (document.state, document.kind) == ("Reported", "Credit Note"), document.last_message_en
	assert f"Number: {sale.name}" in document.xml or f">{sale.name}<" in document.xml
	assert document.grand_total == 115
	zatca.assert_fatoority(document)


def test_a_return_of_no_sale_is_refused(unit: Document) -> None:
	note = pos.return_of(pos.sold(pos.a_sale(zatca.a_person())), return_against=None).insert()
	with pytest.raises(frappe.ValidationError, match="Make the return from the POS Invoice of that sale"):
		note.submit()


def test_an_issued_sale_is_neither_cancelled_nor_deleted(unit: Document) -> None:
	sale = pos.sold(pos.a_sale(zatca.a_person()))
	with pytest.raises(frappe.ValidationError, match="Make a credit note"):
		sale.cancel()
	frappe.db.set_value("POS Invoice", sale.name, "docstatus", 2)
	with pytest.raises(frappe.ValidationError, match="kept for six years"):
		frappe.delete_doc("POS Invoice", sale.name)


def test_states_of_a_sale_are_not_taken_from_a_request(unit: Document) -> None:
	sale = pos.a_sale(zatca.a_person(), scb_zatca_status="Cleared", scb_qr="AQFY").insert()
	assert (sale.scb_zatca_status, sale.scb_qr) == (None, None)
	sale.submit()
	frappe.db.commit()
	sale.reload().scb_zatca_status = "Cleared"
	sale.save()
	assert sale.reload().scb_zatca_status == "Pending"


def test_the_invoice_that_sums_sales_up_has_no_e_invoice(unit: Document) -> None:
	sales = [pos.sold(pos.a_sale(zatca.a_person())) for _n in range(3)]
	note = zatca.submitted(pos.return_of(sales[0]))
	closing = pos.closed_shift()
	frappe.db.commit()
	assert closing.status == "Submitted", closing.error_message
	consolidated = {
		frappe.db.get_value("POS Invoice", sale.name, "consolidated_invoice") for sale in (*sales, note)
	}
	assert len(consolidated) == 2 and None not in consolidated
	assert documents_of("Sales Invoice") == []
	assert sorted(documents_of("POS Invoice")) == sorted(doc.name for doc in (*sales, note))
	for name in consolidated:
		summed_up = frappe.get_doc("Sales Invoice", name)
		assert summed_up.is_consolidated and not summed_up.scb_zatca_findings
		assert api.next_step(name) == {}
	assert sales[1].reload().scb_zatca_status == "Pending"


@pytest.mark.parametrize("named", [(), (0,)], ids=["no row names a sale", "not every row does"])
def test_to_call_an_invoice_consolidated_does_not_spare_it_its_e_invoice(
	unit: Document, named: tuple[int]
) -> None:
	sale = pos.sold(pos.a_sale(zatca.a_person()))
	invoice = zatca.an_invoice(zatca.a_person(), [make.line(), make.line()]).insert()
	invoice.is_consolidated = 1
	for index in named:
		invoice.items[index].pos_invoice = sale.name
	invoice.submit()
	frappe.db.commit()
	assert invoice.reload().is_consolidated and invoice.scb_zatca_document


def test_many_sales_in_one_transaction_take_their_places_in_one_order(unit: Document) -> None:
	sales = []
	for _n in range(4):
		sale = pos.a_sale(zatca.a_person())
		sale.insert().submit()
		sales.append(sale)
	invoice = zatca.an_invoice(zatca.a_person())
	invoice.insert().submit()
	frappe.db.commit()
	rows = frappe.get_all(
		"ZATCA Document",
		{"unit": unit.name},
		["icv", "reference_name", "previous_hash", "invoice_hash"],
		order_by="icv",
	)
	assert [row.icv for row in rows] == [1, 2, 3, 4, 5]
	assert [row.reference_name for row in rows] == sorted([invoice.name, *(sale.name for sale in sales)])
	assert [row.previous_hash for row in rows[1:]] == [row.invoice_hash for row in rows[:-1]]


def test_next_step_of_a_sale(unit: Document) -> None:
	sale = pos.sold(pos.a_sale(zatca.a_person()))
	zatca.sent(sale)
	said = api.next_step(sale.name, "POS Invoice")
	assert said["state"] == "Reported" and "credit note" in said["next_step"]


def test_a_stranger_does_not_read_the_state_of_a_sale(unit: Document) -> None:
	sale = pos.sold(pos.a_sale(zatca.a_person()))
	frappe.set_user(make.a_user("pos-stranger@example.com", "Sales User"))
	with pytest.raises(frappe.PermissionError):
		api.next_step(sale.name, "POS Invoice")
	with pytest.raises(frappe.PermissionError):
		api.download_xml(sale.scb_zatca_document)


def a_sale_of_medicines() -> Document:
	"""Paid as the till shows it: medicines bear no VAT, so 165 and not 172.50."""
	items = [make.line(tax.an_item_of(tax.MEDICINES), rate=50), make.line(make.an_item("TAXED"), rate=100)]
	sale = pos.a_sale(zatca.a_person(), items)
	sale.payments[0].amount = 165
	return sale


def test_tax_classes_decide_the_vat_of_a_sale_and_of_its_return(unit: Document) -> None:
	tax.enable_tax_classes(vat_account=zatca.vat_account())
	sale = pos.sold(a_sale_of_medicines())
	assert [row.scb_vat_category for row in sale.items] == ["Z", "S"]
	document = zatca.sent(sale)
	assert (document.state, document.grand_total) == ("Reported", 165), document.last_message_en
	assert "VATEX-SA-35" in document.xml
	note = zatca.submitted(pos.return_of(sale))
	assert [row.scb_vat_category for row in note.items] == ["Z", "S"]
	assert zatca.sent(note).grand_total == 165
	closing = pos.closed_shift()
	assert closing.status == "Submitted", closing.error_message


def test_an_unclassified_line_at_the_till_is_refused(unit: Document) -> None:
	tax.enable_tax_classes(vat_account=zatca.vat_account(), default_class=None)
	sale = pos.a_sale(zatca.a_person()).insert()
	with pytest.raises(frappe.ValidationError, match="has no VAT category"):
		sale.submit()


def test_the_print_of_a_sale_says_what_its_e_invoice_says(unit: Document) -> None:
	sale = pos.sold(pos.a_sale(zatca.a_person(), [make.line(rate=80, qty=2)]))
	html = frappe.get_print("POS Invoice", sale.name, "Saudi POS Invoice")
	assert "فاتورة ضريبية مبسطة" in html and sale.name in html
	assert "184.00" in html and "data:image/png;base64," in html


def test_the_print_of_what_sums_sales_up_is_no_tax_invoice(unit: Document) -> None:
	sale = pos.sold(pos.a_sale(zatca.a_person()))
	pos.closed_shift()
	summed_up = frappe.db.get_value("POS Invoice", sale.name, "consolidated_invoice")
	assert scb_tax_invoice(frappe.get_doc("Sales Invoice", summed_up)) is None
	html = frappe.get_print("Sales Invoice", summed_up, "Saudi Tax Invoice")
	assert "Each sale has its own tax invoice" in html and "فاتورة ضريبية" not in html


def test_a_cancelled_closing_leaves_the_sales_issued(unit: Document) -> None:
	sale = pos.sold(pos.a_sale(zatca.a_person()))
	closing = pos.closed_shift()
	document = sale.reload().scb_zatca_document
	closing.cancel()
	frappe.db.commit()
	sale.reload()
	assert (sale.consolidated_invoice, sale.status) == (None, "Paid")
	assert (sale.scb_zatca_document, sale.scb_zatca_status) == (document, "Pending")
	assert documents_of("Sales Invoice") == [] and documents_of("POS Invoice") == [sale.name]


def test_units_are_locked_in_one_order_whatever_was_sold_first(unit: Document, sandbox: Sandbox) -> None:
	pos.a_till()
	till = zatca.an_active_unit(sandbox.base_url, title="Till Unit", pos_profile=pos.PROFILE)
	assert unit.name < till.name
	sale, invoice = pos.a_sale(zatca.a_person()), zatca.an_invoice(zatca.a_person())
	sale.insert().submit()
	invoice.insert().submit()
	frappe.db.commit()
	rows = frappe.get_all("ZATCA Document", ["unit", "reference_name", "icv"], order_by="creation")
	assert [tuple(row.values()) for row in rows] == [(unit.name, invoice.name, 1), (till.name, sale.name, 1)]
