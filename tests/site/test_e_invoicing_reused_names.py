"""Where a company's transactions were deleted after its tests and a series counts from 1 again: a number is used once."""

from __future__ import annotations

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import api
from saudi_crm_billing.e_invoicing.checks import drafts
from saudi_crm_billing.e_invoicing.issuing import files, issue, issued, reissue
from saudi_crm_billing.e_invoicing.prints.printing import scb_tax_invoice
from saudi_crm_billing.e_invoicing.sending import answering, states

__all__ = ["gateway", "sandbox", "unit"]

MESSAGE = "is the number of an e-invoice that was issued already.*open Document Naming Settings"


@pytest.fixture
def left_behind(unit: Document) -> Document:
	"""The e-invoice of an invoice that ERPNext's Transaction Deletion Record has deleted, by its row alone."""
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	document = zatca.document_of(invoice)
	frappe.db.delete("Sales Invoice", {"name": invoice.name})
	for table in invoice.meta.get_table_fields():
		frappe.db.delete(table.options, {"parent": invoice.name})
	frappe.clear_document_cache("Sales Invoice", invoice.name)
	back_to_the_number(invoice.name)
	return document


def back_to_the_number(name: str) -> None:
	prefix, number = name[:-5], int(name[-5:])
	series = frappe.qb.DocType("Series")
	frappe.qb.update(series).set(series.current, number - 1).where(series.name == prefix).run()


def of_the_same_name(unit: Document, document: Document) -> Document:
	"""A draft from a time when the company had no unit that issues."""
	frappe.db.set_value("ZATCA Unit", unit.name, "status", "Retired")
	draft = zatca.an_invoice(zatca.a_person(), posting_date=frappe.utils.nowdate()).insert()
	frappe.db.set_value("ZATCA Unit", unit.name, "status", "Active")
	assert (draft.name, draft.scb_zatca_document) == (document.reference_name, None)
	return frappe.get_doc("Sales Invoice", draft.name)


def test_a_new_invoice_is_refused_until_the_series_goes_on(left_behind: Document) -> None:
	draft = zatca.an_invoice(zatca.a_person())
	with pytest.raises(frappe.ValidationError, match=MESSAGE) as told:
		draft.insert()
	assert left_behind.name in str(told.value) and left_behind.reference_name in str(told.value)
	frappe.clear_messages()
	again = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	assert again.name > left_behind.reference_name
	assert zatca.document_of(again).reference_name == again.name


def test_a_draft_of_that_name_is_refused_at_submit_and_says_so_before(
	unit: Document, left_behind: Document
) -> None:
	draft = of_the_same_name(unit, left_behind)
	draft.save()
	(finding,) = frappe.parse_json(draft.scb_zatca_findings)
	assert (finding["id"], finding["where"]) == ("SCB-NUMBER", "cbc:ID")
	with pytest.raises(frappe.ValidationError, match=MESSAGE) as told:
		draft.submit()
	assert left_behind.name in str(told.value)
	assert frappe.db.count("ZATCA Document", {"reference_name": draft.name}) == 1


def test_it_is_never_submitted_without_an_e_invoice_in_silence(unit: Document, left_behind: Document) -> None:
	draft = of_the_same_name(unit, left_behind)
	draft.db_set("docstatus", 1)
	with pytest.raises(frappe.ValidationError, match=MESSAGE):
		issue.issue(draft, issue.units.issuing_unit_of(draft))


def test_the_old_e_invoice_is_nowhere_shown_as_that_of_the_new_invoice(
	unit: Document, left_behind: Document
) -> None:
	draft = of_the_same_name(unit, left_behind)
	assert scb_tax_invoice(draft).qr_image == ""
	draft.db_set("docstatus", 1)
	draft.reload()
	printed = scb_tax_invoice(draft)
	assert printed.qr_image == "", "the QR code of the deleted invoice"
	assert issued.document_of("Sales Invoice", draft.name) is None
	assert issued.values_of("Sales Invoice", draft.name, "xml") is None
	draft.cancel()


def test_what_becomes_of_the_old_e_invoice_does_not_touch_the_new_invoice(
	unit: Document, left_behind: Document
) -> None:
	draft = of_the_same_name(unit, left_behind)
	draft.db_set("docstatus", 1)
	answering.show_state(left_behind.name, states.REPORTED)
	assert frappe.db.get_value("Sales Invoice", draft.name, ["scb_zatca_status", "scb_qr"]) == (None, None)
	frappe.db.set_value("ZATCA Document", left_behind.name, "state", states.WAITING)
	draft.db_set("scb_zatca_status", states.WAITING)
	answering.release(unit.name)
	assert frappe.db.get_value("Sales Invoice", draft.name, "scb_zatca_status") == states.WAITING
	file = frappe.get_doc("File", files.make(left_behind.name))
	assert (file.attached_to_doctype, file.attached_to_name) == ("ZATCA Document", left_behind.name)


def test_the_old_e_invoice_is_not_issued_again_for_the_new_invoice(
	unit: Document, left_behind: Document
) -> None:
	draft = of_the_same_name(unit, left_behind)
	draft.db_set("docstatus", 1)
	frappe.db.set_value("ZATCA Document", left_behind.name, "state", states.REJECTED)
	left_behind.reload().onload()
	assert left_behind.get_onload("may_issue_again") is False
	with pytest.raises(frappe.ValidationError, match="has been deleted"):
		reissue.issue_again(left_behind.name)


def test_who_may_read_the_new_invoice_may_not_read_the_old_e_invoice(
	unit: Document, left_behind: Document
) -> None:
	of_the_same_name(unit, left_behind)
	frappe.set_user(make.a_user("reused-names@example.com", "Accounts User"))
	for function in (api.download_xml, api.download_pdf):
		with pytest.raises(frappe.PermissionError, match="Not permitted"):
			function(left_behind.name)


def test_an_amended_invoice_has_a_number_of_its_own(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	frappe.db.set_value("ZATCA Document", invoice.scb_zatca_document, "state", states.REJECTED)
	invoice.cancel()
	amended = frappe.copy_doc(invoice)
	amended.amended_from = invoice.name
	zatca.submitted(amended)
	assert amended.scb_zatca_document not in (None, invoice.scb_zatca_document)
	assert not [
		row for row in drafts.remarks(amended, issue.units.issuing_unit_of(amended)) if row.id == "SCB-NUMBER"
	]
