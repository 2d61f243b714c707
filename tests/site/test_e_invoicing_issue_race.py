"""Two transactions that issue, issue again, cancel or credit the same invoice: one chain, one truth, no deadlock.

Each race is stopped where the second transaction waits for a lock of the first; what it holds by then is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from frappe.model.document import Document
from second_connection import Meanwhile, is_free

from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

pytestmark = pytest.mark.commits
DOCUMENT, COUNTER = "ZATCA Document", "ZATCA Unit Counter"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
	with Sandbox() as running:
		yield running


@pytest.fixture
def unit(committing_site: ModuleType, sandbox: Sandbox) -> Iterator[str]:
	retire_all()
	unit = zatca.an_active_unit(sandbox.base_url, title=f"Race {frappe.generate_hash(length=6)}")
	frappe.db.commit()
	yield str(unit.name)
	frappe.db.rollback()
	retire_all()
	frappe.db.commit()


def retire_all() -> None:
	from saudi_crm_billing.e_invoicing.devices import succession

	for name in frappe.get_all("ZATCA Unit", {"company": make.COMPANY}, pluck="name"):
		succession.retire(name)


@dataclass(frozen=True)
class Sale:
	"""What became one invoice, whose e-invoice was rejected; each row's doctype and name, in the order of locks."""

	document: str
	invoice: str
	order: str
	quotation: str

	def rows(self, unit: str) -> list[tuple[str, str]]:
		names = (self.document, self.invoice, self.order, self.quotation, unit)
		doctypes = (DOCUMENT, "Sales Invoice", "Sales Order", "Quotation", COUNTER)
		return list(zip(doctypes, names, strict=True))


@pytest.fixture
def rejected(unit: str, sandbox: Sandbox) -> Sale:
	from erpnext.selling.doctype.quotation.quotation import make_sales_order
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	values = {"taxes": [zatca.vat_row()], "disable_rounded_total": 1}
	quotation = make.a_quotation(zatca.a_business(), **values).insert()
	quotation.submit()
	order = make_sales_order(quotation.name)
	order.delivery_date = quotation.valid_till
	order.insert().submit()
	invoice = zatca.submitted(make_sales_invoice(order.name))
	sandbox.faults.arm(Kind.REJECT)
	assert zatca.sent(invoice).state == "Rejected"
	frappe.db.commit()
	return Sale(invoice.scb_zatca_document, invoice.name, order.name, quotation.name)


def an_invoice(*, submit: bool = True, quantity: int = 1) -> Document:
	invoice = zatca.an_invoice(zatca.a_person(), [make.line(qty=quantity)]).insert()
	if submit:
		invoice.submit()
	frappe.db.commit()
	return invoice


def submit(invoice: str) -> None:
	frappe.get_doc("Sales Invoice", invoice).submit()


def hold(doctype: str, name: str) -> None:
	frappe.db.get_value(doctype, name, "name", for_update=True)


def documents_of(invoice: str) -> list[Document]:
	frappe.db.rollback()
	fields = ["name", "icv", "previous_hash", "invoice_hash"]
	return frappe.get_all(DOCUMENT, {"reference_name": invoice}, fields, order_by="icv")


def assert_whole(unit: str, documents: int) -> None:
	from saudi_crm_billing.e_invoicing.issuing import audit

	frappe.db.rollback()
	(said,) = audit.audit([unit])
	assert (said.whole, said.documents) == (True, documents), said.findings


def test_the_place_is_the_one_that_the_other_left(unit: str) -> None:
	"""The counter as it stood when the second transaction began is not the counter that it locks."""
	first, second = an_invoice(submit=False), an_invoice(submit=False)
	first.submit()
	frappe.db.before_commit.run()
	other = Meanwhile(lambda: submit(second.name))
	other.wait_until_it_waits()
	frappe.db.commit()
	other.result()
	(before,), (after,) = documents_of(first.name), documents_of(second.name)
	assert (before.icv, after.icv, after.previous_hash) == (1, 2, before.invoice_hash)
	assert_whole(unit, 2)


@pytest.fixture
def bare(unit: str, monkeypatch: pytest.MonkeyPatch) -> Document:
	"""A submitted invoice that has no e-invoice yet."""
	from saudi_crm_billing.e_invoicing.issuing import issue

	with monkeypatch.context() as patch:
		patch.setattr(issue, "enlist_issue", lambda doc: None)
		invoice = an_invoice()
	assert documents_of(invoice.name) == []
	return invoice


def issued_meanwhile(invoice: Document) -> Meanwhile:
	from saudi_crm_billing.e_invoicing.devices import units
	from saudi_crm_billing.e_invoicing.issuing import issue

	def act() -> str | None:
		doc = frappe.get_doc("Sales Invoice", invoice.name)
		unit = units.issuing_unit_of(doc)
		assert unit
		return issue.issue(doc, unit)

	return Meanwhile(act)


def test_what_the_other_issued_is_not_issued_again(unit: str, bare: Document) -> None:
	from saudi_crm_billing.e_invoicing.devices import units
	from saudi_crm_billing.e_invoicing.issuing import issue

	issue.lock_next_place(unit)
	other = issued_meanwhile(bare)
	other.wait_until_it_waits()
	issuing = units.issuing_unit_of(bare)
	assert issuing
	name = issue.issue(bare, issuing)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match=f"{bare.name} has an e-invoice already: {name}"):
		other.result()
	assert [row.name for row in documents_of(bare.name)] == [name]
	assert_whole(unit, 1)


def test_what_the_other_cancelled_is_not_issued(unit: str, bare: Document) -> None:
	from saudi_crm_billing.e_invoicing.issuing import issue

	issue.lock_next_place(unit)
	other = issued_meanwhile(bare)
	other.wait_until_it_waits()
	bare.reload().cancel()
	frappe.db.commit()
	assert other.result() is None
	assert documents_of(bare.name) == []


def test_issue_again_takes_its_locks_in_the_one_order(unit: str, rejected: Sale) -> None:
	"""Whichever it has to wait for, it holds those before and none behind: no two can wait for each other."""
	from saudi_crm_billing.e_invoicing.issuing import reissue

	def again() -> None:
		reissue.issue_again(rejected.document)
		frappe.db.rollback()

	rows = rejected.rows(unit)
	for place, row in enumerate(rows):
		hold(*row)
		other = Meanwhile(again)
		other.wait_until_it_waits()
		held = [doctype for doctype, name in rows if not is_free(doctype, name)]
		frappe.db.rollback()
		other.result()
		assert held == [doctype for doctype, _name in rows[: place + 1]], f"while {row[0]} was held"


def test_of_two_that_issue_again_at_once_the_second_is_refused(unit: str, rejected: Sale) -> None:
	from saudi_crm_billing.e_invoicing.issuing import reissue

	name = reissue.issue_again(rejected.document)
	other = Meanwhile(lambda: reissue.issue_again(rejected.document))
	other.wait_until_it_waits()
	frappe.db.commit()
	with pytest.raises(
		frappe.ValidationError, match=f"{rejected.invoice} was issued again already: .*{name}</a>"
	):
		other.result()
	assert [row.name for row in documents_of(rejected.invoice)] == [rejected.document, name]
	assert_whole(unit, 2)


def test_a_cancel_that_waits_for_issue_again_is_refused(unit: str, rejected: Sale) -> None:
	from saudi_crm_billing.e_invoicing.issuing import reissue

	name = reissue.issue_again(rejected.document)
	cancel = Meanwhile(lambda: frappe.get_doc("Sales Invoice", rejected.invoice).cancel())
	cancel.wait_until_it_waits()
	frappe.db.commit()
	said = rf"{rejected.invoice} cannot be cancelled: its e-invoice {name} is issued and waits .* \(Pending\)"
	with pytest.raises(frappe.ValidationError, match=said):
		cancel.result()
	frappe.db.rollback()
	assert frappe.db.get_value("Sales Invoice", rejected.invoice, ("docstatus", "scb_zatca_document")) == (
		1,
		name,
	)
	assert_whole(unit, 2)


def test_issue_again_that_waits_for_a_cancel_is_refused(unit: str, rejected: Sale) -> None:
	from saudi_crm_billing.e_invoicing.issuing import reissue

	invoice = frappe.get_doc("Sales Invoice", rejected.invoice)
	invoice.cancel()
	again = Meanwhile(lambda: reissue.issue_again(rejected.document))
	again.wait_until_it_waits()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match=f"{rejected.invoice} is not submitted, so it has no"):
		again.result()
	assert [row.name for row in documents_of(rejected.invoice)] == [rejected.document]
	assert frappe.db.get_value("Sales Invoice", rejected.invoice, "docstatus") == 2
	assert_whole(unit, 1)


def a_note_on(invoice: Document, quantity: int, **values: Any) -> str:
	note = zatca.return_of(invoice, **values)
	note.items[0].qty = -quantity
	note.insert()
	frappe.db.commit()
	return str(note.name)


def test_a_credit_note_waits_for_nobody_who_holds_its_invoice(unit: str) -> None:
	"""It has a balance of its own, so it can never stand in a ring with an answer, a cancel or Issue Again of that one."""
	invoice = an_invoice()
	note = a_note_on(invoice, 1)
	hold(DOCUMENT, invoice.scb_zatca_document)
	hold("Sales Invoice", invoice.name)
	Meanwhile(lambda: submit(note)).result()
	assert [row.icv for row in documents_of(note)] == [2]
	assert_whole(unit, 2)


def test_a_credit_note_that_settles_its_invoice_waits_for_it_before_it_takes_the_counter(unit: str) -> None:
	"""Else it and whoever issues the invoice again, which holds the invoice's row, would wait for each other."""
	invoice = an_invoice()
	note = a_note_on(invoice, 1, update_outstanding_for_self=0)
	hold("Sales Invoice", invoice.name)
	other = Meanwhile(lambda: submit(note))
	other.wait_until_it_waits()
	assert (is_free(DOCUMENT, invoice.scb_zatca_document), is_free(COUNTER, unit)) == (True, True)
	frappe.db.rollback()
	other.result()
	assert [row.icv for row in documents_of(note)] == [2]
	assert_whole(unit, 2)


def test_two_credit_notes_of_one_invoice_come_one_after_the_other(unit: str) -> None:
	invoice = an_invoice(quantity=2)
	first, second = a_note_on(invoice, 1), a_note_on(invoice, 1)
	submit(first)
	frappe.db.before_commit.run()
	other = Meanwhile(lambda: submit(second))
	other.wait_until_it_waits()
	frappe.db.commit()
	other.result()
	(one,), (two,) = documents_of(first), documents_of(second)
	assert (one.icv, two.icv, two.previous_hash) == (2, 3, one.invoice_hash)
	assert_whole(unit, 3)
