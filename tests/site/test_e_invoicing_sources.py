"""Documents that e-invoices are made from: each has its own, whatever another is called."""

from __future__ import annotations

import e_invoicing_helpers as zatca
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import api
from saudi_crm_billing.e_invoicing.documents import sources
from saudi_crm_billing.e_invoicing.issuing import issue, issued, records

__all__ = ["gateway", "sandbox", "unit"]


def a_later_document(of: Document, **values: str) -> str:
	"""As an issue after a rejection makes it."""
	row = {"reference_doctype": of.doctype, "reference_name": of.name, "icv": 900, "unit": "U", **values}
	return records.add("ZATCA Document", "U-900", **row).name


def test_the_document_that_a_sources_row_names_counts(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	later = a_later_document(invoice, kind="Debit Note", state="Rejected")
	assert issued.document_of(invoice.doctype, invoice.name) == invoice.scb_zatca_document
	invoice.db_set("scb_zatca_document", later)
	assert issued.document_of(invoice.doctype, invoice.name) == later
	assert issued.values_of(invoice.doctype, invoice.name, "state").state == "Rejected"


def test_a_document_belongs_to_its_doctype_also_where_names_are_equal(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	a_later_document(invoice, reference_doctype="POS Invoice")
	assert issued.document_of(invoice.doctype, invoice.name) == invoice.scb_zatca_document


def test_a_source_with_a_live_document_is_not_issued_again(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	of = {"reference_name": invoice.name}
	with pytest.raises(
		frappe.ValidationError, match=f"has an e-invoice already: {invoice.scb_zatca_document}"
	):
		issue.issue(invoice, issue.units.issuing_unit_of(invoice))
	assert frappe.db.count("ZATCA Document", of) == 1


def test_the_next_step_of_what_is_no_source_is_refused(unit: Document) -> None:
	assert "Quotation" not in sources.SOURCES
	with pytest.raises(frappe.PermissionError, match="Quotation has no e-invoice"):
		api.next_step("any", "Quotation")
