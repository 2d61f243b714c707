"""A rejected e-invoice is followed by a new one of the same invoice, once the masters are mended, and only then."""

from __future__ import annotations

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import api
from saudi_crm_billing.e_invoicing.checks import drafts
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.issuing import audit, issue, reissue
from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]


@pytest.fixture
def rejected(unit: Document, sandbox: Sandbox) -> Document:
	"""The invoice of a business, whose document ZATCA rejected."""
	sandbox.faults.arm(Kind.REJECT, endpoint=Call.CLEAR)
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	assert zatca.sent(invoice).state == "Rejected"
	sandbox.faults.clear()
	return invoice


def document_of(invoice: Document) -> Document:
	return zatca.document_of(invoice.reload())


def test_the_new_document_takes_the_next_place_and_the_old_one_keeps_its_own(
	unit: Document, rejected: Document
) -> None:
	old = document_of(rejected)
	said = api.issue_again(old.name)
	new = document_of(rejected)
	assert (said["document"], said["state"]) == (new.name, "Pending")
	assert (new.icv, new.previous_hash) == (old.icv + 1, old.invoice_hash)
	assert new.uuid != old.uuid and new.invoice_hash != old.invoice_hash
	old.reload()
	assert (old.state, old.replaced_by, new.replaces) == ("Rejected", new.name, old.name)
	assert (old.icv, old.superseded, new.superseded) == (1, 1, 0)
	assert rejected.scb_zatca_status == "Pending"
	(whole,) = audit.audit([unit.name])
	assert (whole.whole, whole.documents) == (True, 2)


def test_the_new_document_is_cleared_and_the_invoice_shows_it(rejected: Document) -> None:
	api.issue_again(rejected.scb_zatca_document)
	new = zatca.sent(rejected.reload())
	assert (new.state, rejected.reload().scb_zatca_status) == ("Cleared", "Cleared")
	assert rejected.scb_qr == new.qr


def test_the_new_document_carries_the_masters_as_they_are_now(rejected: Document) -> None:
	customer = frappe.get_doc("Customer", rejected.customer)
	customer.update({"tax_id": "322222222200003", "scb_name_ar": "مصنع نجد الجديد"})
	customer.save()
	api.issue_again(rejected.scb_zatca_document)
	new = document_of(rejected)
	assert "322222222200003" in new.xml and "مصنع نجد الجديد" in new.xml
	assert rejected.tax_id == "322222222200003"
	zatca.assert_fatoority(new)


def test_it_can_be_issued_a_third_time(rejected: Document, sandbox: Sandbox) -> None:
	first = rejected.scb_zatca_document
	api.issue_again(first)
	sandbox.faults.arm(Kind.REJECT, endpoint=Call.CLEAR)
	second = zatca.sent(rejected.reload())
	assert second.state == "Rejected"
	api.issue_again(second.name)
	third = document_of(rejected)
	assert (third.replaces, third.icv) == (second.name, 3)
	assert frappe.db.get_value("ZATCA Document", second.name, "superseded") == 2


def test_what_the_rules_refuse_is_not_issued(rejected: Document) -> None:
	frappe.db.set_value("Company", make.COMPANY, "tax_id", "123")
	frappe.clear_document_cache("Company", make.COMPANY)
	old = document_of(rejected)
	with pytest.raises(frappe.ValidationError, match="Mend this first"):
		api.issue_again(old.name)
	assert document_of(rejected).name == old.name


def test_a_document_that_is_not_rejected_is_not_issued_again(unit: Document) -> None:
	waiting = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	with pytest.raises(frappe.ValidationError, match="Only a rejected e-invoice can be issued again"):
		api.issue_again(waiting.scb_zatca_document)
	cleared = zatca.sent(waiting)
	with pytest.raises(frappe.ValidationError, match="credit note"):
		api.issue_again(cleared.name)


def test_the_old_document_cannot_be_issued_again_once_more(rejected: Document) -> None:
	old = rejected.scb_zatca_document
	api.issue_again(old)
	with pytest.raises(frappe.ValidationError, match="was issued again already"):
		api.issue_again(old)


def test_a_cancelled_invoice_is_not_issued_again(rejected: Document) -> None:
	rejected.reload().cancel()
	with pytest.raises(frappe.ValidationError, match="is not submitted"):
		api.issue_again(rejected.scb_zatca_document)


def test_other_figures_are_another_invoice(rejected: Document) -> None:
	frappe.db.set_value("ZATCA Document", rejected.scb_zatca_document, "grand_total", 1)
	with pytest.raises(frappe.ValidationError, match="Total with VAT would change from 1"):
		api.issue_again(rejected.scb_zatca_document)


def test_without_a_unit_that_issues_it_is_refused(unit: Document, rejected: Document) -> None:
	api.retire_unit(unit.name)
	with pytest.raises(frappe.ValidationError, match="No active ZATCA Unit issues"):
		reissue.issue_again(rejected.scb_zatca_document)


def test_an_invoice_issued_again_cannot_be_cancelled(rejected: Document) -> None:
	api.issue_again(rejected.scb_zatca_document)
	with pytest.raises(frappe.ValidationError, match="waits to be sent"):
		rejected.reload().cancel()
	zatca.sent(rejected.reload())
	with pytest.raises(frappe.ValidationError, match="Make a credit note instead"):
		rejected.reload().cancel()


def test_who_may_not_submit_the_invoice_may_not_issue_it_again(rejected: Document) -> None:
	document = rejected.scb_zatca_document
	frappe.set_user(make.a_user("again-sales@example.com", "Sales User"))
	with pytest.raises(frappe.PermissionError):
		api.issue_again(document)


def test_the_form_offers_it_only_for_the_latest_rejected_document(rejected: Document) -> None:
	old = document_of(rejected)
	old.onload()
	assert old.get_onload("may_issue_again") is True
	assert "press Issue Again" in old.get_onload("next_step")
	api.issue_again(old.name)
	for document in (old.reload(), document_of(rejected)):
		document.onload()
		assert document.get_onload("may_issue_again") is False
	assert f"{old.replaced_by} took its place" in old.get_onload("next_step")


def test_the_database_refuses_a_second_current_document(rejected: Document) -> None:
	api.issue_again(rejected.scb_zatca_document)
	with pytest.raises(frappe.UniqueValidationError):
		row = frappe.get_doc("ZATCA Document", rejected.scb_zatca_document)
		row.update({"name": "second", "icv": 99, "superseded": 0})
		row.db_insert()


def test_nothing_is_mapped_or_judged_while_the_counter_is_held(
	unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	order: list[str] = []
	make_draft, lock = drafts.make, issue.lock_next_place

	def made(doc: Document) -> object:
		order.append("made")
		return make_draft(doc)

	def locked(name: str) -> issue.Place:
		order.append("locked")
		return lock(name)

	invoice = zatca.an_invoice(zatca.a_person())
	invoice.insert()
	invoice.submit()
	monkeypatch.setattr(drafts, "make", made)
	monkeypatch.setattr(issue, "lock_next_place", locked)
	frappe.db.commit()
	assert order == ["made", "locked"]
	assert zatca.document_of(invoice.reload()).icv == 1
