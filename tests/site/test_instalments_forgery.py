"""What a request says of a document's plan counts for nothing: a plan follows the document that it names."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from frappe.model.document import Document

from saudi_crm_billing.instalments.api import plan_balances


@pytest.fixture
def invoice(site: ModuleType) -> Document:
	"""A partly paid invoice, whose plan the seller is after."""
	invoice = steps.a_plan_invoice(customer=make.a_customer("Someone Else's Customer"))
	steps.pay(invoice, 150)
	return invoice.reload()


@pytest.fixture
def quotation(invoice: Document) -> Document:
	"""A draft quotation of a seller with a plan of its own; the seller is logged in."""
	a_template = steps.a_template()
	frappe.set_user(make.a_user("plan-forger@example.com", "Sales User"))
	return make.a_quotation(items=[make.line(item="SCB-SERVICE")], scb_plan_template=a_template).insert()


def put(doc: Document, **values: Any) -> Document:
	"""What a PUT request does to a document."""
	fresh = frappe.get_doc(doc.doctype, doc.name)
	fresh.update(values)
	return fresh.save()


def kept(invoice: Document) -> tuple[Any, ...]:
	"""All that is known of the invoice's plan."""
	plan = frappe.get_doc("Instalment Plan", {"reference_name": invoice.name})
	fields = ["name", "amount", "paid", "outstanding"]
	rows = frappe.get_all("Instalment", filters={"parent": plan.name}, fields=fields, order_by="idx")
	events = frappe.db.count("Instalment Balance Event", {"plan": plan.name})
	header = plan.get_valid_dict()
	return header, rows, events


def own_plan(quotation: Document) -> tuple[str, str] | None:
	"""Name and status of the quotation's plan."""
	return frappe.db.get_value("Instalment Plan", {"reference_name": quotation.name}, ["name", "status"])


def test_a_save_takes_no_other_plan(quotation: Document, invoice: Document) -> None:
	before, own = kept(invoice), quotation.scb_instalment_plan
	saved = put(quotation, scb_instalment_plan=invoice.scb_instalment_plan, scb_instalment_count=5)
	assert kept(invoice) == before
	assert saved.scb_instalment_plan == saved.reload().scb_instalment_plan == own
	assert len(frappe.get_doc("Instalment Plan", own).instalments) == 5


def test_a_cleared_template_drops_the_own_plan_only(quotation: Document, invoice: Document) -> None:
	before = kept(invoice)
	saved = put(quotation, scb_instalment_plan=invoice.scb_instalment_plan, scb_plan_template=None)
	assert kept(invoice) == before
	assert saved.reload().scb_instalment_plan is None
	assert own_plan(quotation) is None


def test_a_document_without_a_plan_drops_none(quotation: Document, invoice: Document) -> None:
	plain = make.a_quotation(items=[make.line(item="SCB-SERVICE")]).insert()
	before = kept(invoice)
	saved = put(plain, scb_instalment_plan=invoice.scb_instalment_plan)
	assert kept(invoice) == before
	assert saved.reload().scb_instalment_plan is None


def test_a_submit_activates_the_own_plan(quotation: Document, invoice: Document) -> None:
	frappe.db.set_value("Instalment Plan", invoice.scb_instalment_plan, "status", "Written Off")
	before, own = kept(invoice), quotation.scb_instalment_plan
	put(quotation, scb_instalment_plan=invoice.scb_instalment_plan, docstatus=1)
	assert kept(invoice) == before
	assert own_plan(quotation) == (own, "Active")


@pytest.mark.parametrize("named", ["the invoice's", None])
def test_a_cancel_ends_the_own_plan(quotation: Document, invoice: Document, named: str | None) -> None:
	before, own = kept(invoice), quotation.scb_instalment_plan
	quotation.submit()
	put(quotation, scb_instalment_plan=named and invoice.scb_instalment_plan, docstatus=2)
	assert kept(invoice) == before
	assert own_plan(quotation) == (own, "Cancelled")
	assert quotation.reload().scb_instalment_plan == own


def test_a_pointer_forged_in_the_past_shows_and_moves_nothing(quotation: Document, invoice: Document) -> None:
	before = kept(invoice)
	plain = make.a_quotation(items=[make.line(item="SCB-SERVICE")]).insert()
	for forged in (plain, quotation):
		forged.db_set("scb_instalment_plan", invoice.scb_instalment_plan)
	assert plan_balances("Quotation", plain.name) == {"rows": []}
	put(plain, order_type="Sales")
	put(quotation, scb_instalment_count=5)
	assert kept(invoice) == before
	assert plain.reload().scb_instalment_plan is None
	assert quotation.reload().scb_instalment_plan == own_plan(quotation)[0] != invoice.scb_instalment_plan
