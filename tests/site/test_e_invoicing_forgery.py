"""Fields that only the system writes: what a request puts into them is not kept, on any way in."""

from __future__ import annotations

from typing import Any

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

__all__ = ["gateway", "sandbox", "unit"]

INVOICE: dict[str, Any] = {
	"scb_zatca_status": "Cleared",
	"scb_zatca_document": None,
	"scb_zatca_findings": "[]",
	"scb_qr": "AQFY",
}
MIRROR: dict[str, Any] = {
	"scb_sales_invoice": "ACC-SINV-FORGED",
	"scb_zatca_status": "Cleared",
	"scb_payment_status": "Paid",
}


def stored(doc: Document, fields: dict[str, Any]) -> tuple[Any, ...]:
	return frappe.db.get_value(doc.doctype, doc.name, list(fields))


def an_order(**values: Any) -> Document:
	return make.a_sales_order(zatca.a_business(), taxes=[zatca.vat_row()], **values)


def a_quotation(**values: Any) -> Document:
	return make.a_quotation(zatca.a_business(), taxes=[zatca.vat_row()], **values)


@pytest.mark.parametrize("build", [an_order, a_quotation])
def test_states_of_an_order_and_a_quotation_are_not_taken_from_a_request(unit: Document, build: Any) -> None:
	doc = build(**MIRROR).insert()
	assert stored(doc, MIRROR) == (None, None, None)

	doc.update(MIRROR)
	doc.save()
	assert stored(doc, MIRROR) == (None, None, None)

	doc.update(MIRROR)
	doc.submit()
	assert stored(doc, MIRROR) == (None, None, None)

	doc.update(MIRROR)
	doc.save()
	assert stored(doc, MIRROR) == (None, None, None)

	doc.update(MIRROR)
	doc.cancel()
	assert stored(doc, MIRROR) == (None, None, None)


def test_states_that_the_system_wrote_survive_a_save(unit: Document) -> None:
	quotation = a_quotation().insert()
	quotation.submit()
	frappe.db.set_value("Quotation", quotation.name, MIRROR, update_modified=False)
	quotation.reload()
	quotation.update(dict.fromkeys(MIRROR))
	quotation.save()
	assert stored(quotation, MIRROR) == tuple(MIRROR.values())


def test_a_draft_invoice_cannot_be_called_cleared(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_person(), **INVOICE).insert()
	assert stored(invoice, INVOICE) == (None, None, None, None)
	invoice.update(INVOICE)
	invoice.save()
	assert stored(invoice, INVOICE) == (None, None, None, None)


def test_an_issued_invoice_keeps_its_state_qr_code_and_document(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	before = stored(invoice, INVOICE)
	assert before[0] == "Pending" and before[1] and before[3]
	invoice.update(INVOICE)
	invoice.save()
	assert stored(invoice, INVOICE) == before


def test_an_invoice_of_a_company_without_a_unit_cannot_be_called_cleared(site: Any) -> None:
	zatca.a_saudi_company()
	invoice = zatca.an_invoice(zatca.a_person(), **INVOICE).insert()
	invoice.update(INVOICE)
	invoice.submit()
	assert stored(invoice, INVOICE) == (None, None, None, None)
	invoice.update(INVOICE)
	invoice.cancel()
	assert stored(invoice, INVOICE) == (None, None, None, None)
