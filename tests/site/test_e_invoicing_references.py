"""Credit and debit notes on several invoices, and on invoices of an older system."""

from __future__ import annotations

import json
from typing import Any

import customer_tax_helpers as tax
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pos_helpers as pos
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from frappe.model.mapper import make_mapped_doc
from frappe.utils import add_days, nowdate

from saudi_crm_billing.e_invoicing import api
from saudi_crm_billing.e_invoicing.prints.printing import scb_tax_invoice

__all__ = ["gateway", "sandbox", "unit"]

REASON = "Refund of goods or services"


def a_note(customer: str, references: list[dict[str, Any]], rate: float = 100, **values: Any) -> Document:
	"""A draft credit note that ERPNext links to no invoice."""
	rows = [make.line(rate=rate, qty=-1)]
	fields = {"is_return": 1, "scb_zatca_note_reason": REASON, "scb_zatca_references": references}
	return zatca.an_invoice(customer, rows, **{**fields, **values})


def older(number: str = "OLD-2023-17", **values: Any) -> dict[str, Any]:
	return {"older_number": number, "older_date": "2023-05-01", **values}


def of(*invoices: Document) -> list[dict[str, Any]]:
	return [{"sales_invoice": invoice.name} for invoice in invoices]


def said(note: Document) -> dict[str, str]:
	"""Severity of each finding by its English text."""
	return {row["message_en"]: row["severity"] for row in json.loads(note.scb_zatca_findings or "[]")}


def refuses(note: Document, match: str) -> None:
	note.insert()
	with pytest.raises(frappe.ValidationError, match=match):
		note.submit()


def two_invoices(customer: str) -> list[Document]:
	return [zatca.submitted(zatca.an_invoice(customer, [make.line(rate=100)])) for _n in range(2)]


def test_one_note_corrects_several_invoices(unit: Document) -> None:
	invoices = two_invoices(zatca.a_business())
	document = zatca.sent(zatca.submitted(a_note(invoices[0].customer, of(*invoices), rate=150)))
	assert (document.kind, document.state, document.subtype) == ("Credit Note", "Cleared", "Standard")
	assert document.xml.count("<cac:BillingReference>") == 2
	assert all(f"<cbc:ID>{invoice.name}</cbc:ID>" in document.xml for invoice in invoices)
	zatca.assert_fatoority(document)


def test_erpnexts_own_link_and_the_table_add_up(unit: Document) -> None:
	first, second = two_invoices(zatca.a_person())
	note = zatca.return_of(first, scb_zatca_references=[])
	note.append("scb_zatca_references", {"sales_invoice": second.name})
	document = zatca.sent(zatca.submitted(note))
	assert (document.state, document.subtype) == ("Reported", "Simplified"), document.last_message_en
	assert document.xml.index(f"<cbc:ID>{first.name}<") < document.xml.index(f"<cbc:ID>{second.name}<")


def test_a_note_on_an_invoice_of_an_older_system(unit: Document) -> None:
	document = zatca.sent(zatca.submitted(a_note(zatca.a_business(), [older()])))
	assert (document.state, document.subtype) == ("Cleared", "Standard"), document.last_message_en
	assert "<cbc:ID>OLD-2023-17</cbc:ID>" in document.xml
	assert "<cbc:IssueDate>2023-05-01</cbc:IssueDate>" in document.xml
	zatca.assert_fatoority(document)


def test_a_debit_note_on_an_invoice_of_an_older_system(unit: Document) -> None:
	values = {"is_debit_note": 1, "scb_zatca_note_reason": REASON, "scb_zatca_references": [older()]}
	note = zatca.an_invoice(zatca.a_person(), [make.line(rate=40, qty=0)], **values)
	document = zatca.sent(zatca.submitted(note))
	assert (document.kind, document.state) == ("Debit Note", "Reported"), document.last_message_en
	assert "<cbc:ID>OLD-2023-17</cbc:ID>" in document.xml


def test_a_note_that_names_no_invoice_is_refused(unit: Document) -> None:
	note = a_note(zatca.a_person(), [])
	refuses(note, "must name it \\(BR-KSA-56\\)")
	assert not any("BT-25" in text for text in said(note)), "the rule's own words would say it twice"


def test_a_row_without_a_date_is_refused(unit: Document) -> None:
	refuses(a_note(zatca.a_person(), [older(older_date=None)]), "row 1: choose a Sales Invoice")


def test_an_older_invoice_is_not_of_tomorrow(unit: Document) -> None:
	refuses(a_note(zatca.a_person(), [older(older_date=add_days(nowdate(), 1))]), "after this note")


def test_an_invoice_of_this_site_is_not_entered_by_number(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	refuses(a_note(invoice.customer, [older(invoice.name)]), "is an invoice of this site")


def test_another_customers_invoice_is_refused(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person("Another")))
	refuses(a_note(zatca.a_person(), of(invoice)), "it belongs to Another")


def test_a_draft_is_not_corrected(unit: Document) -> None:
	draft = zatca.an_invoice(zatca.a_person()).insert()
	refuses(a_note(draft.customer, of(draft)), "it is not submitted")


def test_a_credit_note_is_not_corrected(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	credited = zatca.submitted(zatca.return_of(invoice))
	refuses(a_note(invoice.customer, of(credited)), "it is a credit note")


def test_an_invoice_named_twice_is_refused(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	refuses(a_note(invoice.customer, of(invoice, invoice)), "is named twice")


def test_a_rejected_invoice_is_not_corrected(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	frappe.db.set_value("ZATCA Document", invoice.scb_zatca_document, "state", "Rejected")
	refuses(zatca.return_of(invoice), "ZATCA rejected its e-invoice")


def test_what_sums_sales_up_is_not_corrected(unit: Document) -> None:
	sale = pos.sold(pos.a_sale(zatca.a_person()))
	pos.closed_shift()
	summed_up = frappe.get_doc(
		"Sales Invoice", frappe.db.get_value("POS Invoice", sale.name, "consolidated_invoice")
	)
	refuses(a_note(sale.customer, of(summed_up)), "Make the return from the POS Invoice")


def test_more_than_the_invoices_total_is_warned_about(unit: Document) -> None:
	first, second = two_invoices(zatca.a_person())
	enough = a_note(first.customer, of(first, second), rate=200).insert()
	assert not said(enough)
	more = a_note(first.customer, of(first, second), rate=201).insert()
	assert said(more) == {
		"This credit note of 231.15 exceeds what is left of the invoices it corrects: 230.00 (they total 230.00,"
		" earlier credit notes 0.00).": "warning"
	}


def test_earlier_notes_leave_less(unit: Document) -> None:
	first, second = two_invoices(zatca.a_person())
	zatca.submitted(zatca.return_of(first))
	zatca.submitted(a_note(first.customer, of(first, second), rate=40))
	assert not said(a_note(first.customer, of(first, second), rate=60).insert())
	zatca.submitted(
		a_note(first.customer, [*of(first), older()], rate=5)
	)  # perhaps all of it on the older one
	[text] = said(a_note(first.customer, of(first, second), rate=61).insert())
	assert "69.00 (they total 230.00, earlier credit notes 161.00)" in text


def test_an_older_invoices_total_counts_where_it_is_known(unit: Document) -> None:
	assert not said(a_note(zatca.a_person(), [older()], rate=900).insert())
	[text] = said(a_note(zatca.a_person(), [older(older_total=115)], rate=101).insert())
	assert "116.15 exceeds" in text


def test_a_company_without_a_unit_makes_notes_as_before(site: object) -> None:
	zatca.a_saudi_company()
	note = zatca.submitted(a_note(zatca.a_person(), []))
	assert note.docstatus == 1 and not note.scb_zatca_findings


MAKE = "saudi_crm_billing.e_invoicing.api.make_debit_note"


def test_a_debit_note_is_made_from_its_invoice(unit: Document) -> None:
	invoice = zatca.submitted(
		zatca.an_invoice(zatca.a_business(), [make.line(rate=100, qty=3), make.line(rate=7)])
	)
	note = make_mapped_doc(MAKE, invoice.name)
	assert note.is_new() and (note.is_debit_note, note.return_against) == (1, invoice.name)
	assert [(row.qty, row.rate) for row in note.items] == [(0, 0), (0, 0)]
	note.items = note.items[:1]
	note.items[0].rate = 40
	note.scb_zatca_note_reason = "Amendment of the supply value agreed in advance"
	document = zatca.sent(zatca.submitted(note))
	assert (document.kind, document.state, document.grand_total) == ("Debit Note", "Cleared", 46)
	assert f"<cbc:ID>{invoice.name}</cbc:ID>" in document.xml
	zatca.assert_fatoority(document)


def test_a_debit_note_keeps_the_vat_of_its_invoice(unit: Document) -> None:
	tax.enable_tax_classes()
	items = [make.line(tax.an_item_of(tax.MEDICINES), rate=50)]
	invoice = zatca.submitted(make.a_sales_invoice(zatca.a_person(), items, disable_rounded_total=1))
	note = api.make_debit_note(invoice.name)
	note.items[0].rate = 10
	note.scb_zatca_note_reason = "Amendment of the supply value agreed in advance"
	assert zatca.sent(zatca.submitted(note)).tax_total == 0
	assert note.items[0].scb_vatex_code == "VATEX-SA-35"


def test_no_debit_note_of_a_draft_or_a_return(unit: Document) -> None:
	draft = zatca.an_invoice(zatca.a_person()).insert()
	with pytest.raises(frappe.ValidationError, match="gets no debit note"):
		api.make_debit_note(draft.name)
	draft.submit()
	frappe.db.commit()
	note = zatca.submitted(zatca.return_of(draft))
	with pytest.raises(frappe.ValidationError, match="gets no debit note"):
		api.make_debit_note(note.name)


def test_who_may_not_make_invoices_makes_no_debit_note(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	frappe.set_user(make.a_user("note-sales@example.com", "Sales User"))
	with pytest.raises(frappe.PermissionError):
		api.make_debit_note(invoice.name)


def test_the_print_of_a_note_names_all_that_it_corrects(unit: Document) -> None:
	invoices = two_invoices(zatca.a_person())
	note = zatca.submitted(a_note(invoices[0].customer, [*of(*invoices), older()], rate=20))
	printed = scb_tax_invoice(note)
	assert printed.corrects == f"{invoices[0].name}, {invoices[1].name}, OLD-2023-17"
	assert printed.title_en == "Simplified Credit Note"
	html = frappe.get_print("Sales Invoice", note.name, "Saudi Tax Invoice")
	assert "OLD-2023-17" in html and "Refund of goods or services" in html
