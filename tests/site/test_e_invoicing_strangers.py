"""What the findings tell: nothing of a document that the user may not read, not even that it is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import advance_helpers as adv
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.advances import credits, refunds, settlement
from saudi_crm_billing.e_invoicing.checks import draft_api
from saudi_crm_billing.e_invoicing.documents import buyer_kind, references
from saudi_crm_billing.e_invoicing.documents.taxes import CannotIssue

__all__ = ["gateway", "sandbox", "unit"]

ELSEWHERE = "Jeddah Trading Co"
MISSING = "ACC-NONE-2026-99999"


@pytest.fixture
def theirs(unit: Document) -> dict[str, str]:
	"""An invoice and an advance of the company, which the stranger may not read."""
	adv.invoices_advances()
	customer = zatca.a_business()
	return {
		"Sales Invoice": zatca.submitted(zatca.an_invoice(customer)).name,
		"Payment Entry": adv.received(customer, 2300).name,
	}


@pytest.fixture
def stranger(theirs: dict[str, str]) -> Iterator[str]:
	"""A user with all rights of accounts in another company, who is logged in."""
	if not frappe.db.exists("Company", ELSEWHERE):
		make.insert(
			"Company", company_name=ELSEWHERE, abbr="JTC", default_currency="SAR", country="Saudi Arabia"
		)
	user = make.a_user("elsewhere-accounts@example.com", "Accounts Manager", "Sales Manager")
	make.insert("User Permission", user=user, allow="Company", for_value=ELSEWHERE)
	make.a_customer("Hijaz Stores")
	frappe.set_user(user)
	yield user
	frappe.set_user("Administrator")


def a_note(**values: Any) -> Document:
	fields = {"is_return": 1, "company": ELSEWHERE, "name": "draft", **values}
	return frappe.get_doc({"doctype": "Sales Invoice", "customer": "Hijaz Stores", **fields})


def said_of(named: str, field: str) -> list[tuple[str, str]]:
	values = (
		{"return_against": named}
		if field == "return_against"
		else {"scb_zatca_references": [{"sales_invoice": named, "idx": 1}]}
	)
	note = a_note(posting_date="2026-11-01", **values)
	told = [row.template.format(**row.params).replace(named, "…") for row in references.remarks(note)]
	return [*told, *(str(row.issue_date) for row in references.billing_references(note))]


@pytest.mark.parametrize("field", ["return_against", "scb_zatca_references"])
def test_a_note_is_not_told_whose_invoice_it_names(theirs: dict[str, str], stranger: str, field: str) -> None:
	told = said_of(theirs["Sales Invoice"], field)
	assert told == said_of(MISSING, field)
	assert told[0].startswith("Invoices Corrected, …: it is not submitted.")


def test_who_may_read_the_invoice_is_told_whose_it_is(theirs: dict[str, str], stranger: str) -> None:
	frappe.set_user("Administrator")
	(told, *_rest) = said_of(theirs["Sales Invoice"], "return_against")
	assert "it belongs to Najd Furniture Factory and Riyadh Trading Co" in told


def test_the_kind_of_a_note_tells_nothing_of_what_it_names(theirs: dict[str, str], stranger: str) -> None:
	for values in (
		{"return_against": theirs["Sales Invoice"]},
		{"scb_advance_refund_of": theirs["Payment Entry"]},
	):
		assert buyer_kind.kind_of(a_note(**values)) == buyer_kind.kind_of(a_note())


def a_refund(entry: str) -> Document:
	values = {"payment_type": "Pay", "party_type": "Customer", "party": "Hijaz Stores", "company": ELSEWHERE}
	return frappe.get_doc(
		{"doctype": "Payment Entry", "scb_advance_refund_of": entry, "paid_amount": 1, **values}
	)


def test_a_refund_is_not_told_whose_advance_it_names(theirs: dict[str, str], stranger: str) -> None:
	told = []
	for entry in (theirs["Payment Entry"], MISSING):
		with pytest.raises(CannotIssue) as refused:
			refunds.to_refund(a_refund(entry))
		told.append(refused.value.template)
	assert told == [refunds.NOT_INVOICED] * 2


def test_a_credit_note_is_not_told_of_the_advance_it_names(theirs: dict[str, str], stranger: str) -> None:
	told = []
	for entry in (theirs["Payment Entry"], MISSING):
		note = frappe.get_doc({"doctype": credits.NOTE, "scb_advance_refund_of": entry})
		with pytest.raises(frappe.ValidationError) as refused:
			credits.prepare(note)
		told.append(str(refused.value).replace(entry, "…"))
		assert not note.get("customer")
	assert told == ["… has no advance invoice that could be credited."] * 2


def test_an_invoice_settles_only_advances_of_its_own_customer_and_company(
	theirs: dict[str, str], stranger: str
) -> None:
	row = {
		"reference_type": "Payment Entry",
		"reference_name": theirs["Payment Entry"],
		"allocated_amount": 9,
	}
	invoice = a_note(is_return=0, currency="SAR", advances=[row])
	assert settlement.pieces_of(invoice) == ()


@pytest.mark.parametrize(
	("field", "doctype"),
	[
		("return_against", "Sales Invoice"),
		("scb_zatca_references", "Sales Invoice"),
		("advances", "Payment Entry"),
		("scb_advance_refund_of", "Payment Entry"),
		("customer_address", "Address"),
	],
)
def test_the_check_of_a_form_refuses_names_that_the_user_may_not_read(
	theirs: dict[str, str], stranger: str, field: str, doctype: str
) -> None:
	told = []
	for named in (theirs.get(doctype) or zatca_address(), MISSING, {"name": ("like", "%")}):
		value: Any = named
		if field == "scb_zatca_references":
			value = [{"sales_invoice": named}]
		if field == "advances":
			value = [{"reference_type": "Payment Entry", "reference_name": named}]
		with pytest.raises(frappe.PermissionError) as refused:
			draft_api.check_draft(
				{"doctype": "Sales Invoice", "company": ELSEWHERE, "customer": "Hijaz Stores", field: value}
			)
		told.append(str(refused.value))
	assert told == ["Not permitted"] * 3


def zatca_address() -> str:
	return str(frappe.get_all("Address", {"address_title": make.COMPANY}, pluck="name")[0])


def test_what_stands_on_the_draft_already_is_told_to_who_may_change_it(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	note = zatca.an_invoice(
		invoice.customer,
		[make.line(qty=-1)],
		is_return=1,
		scb_zatca_references=[{"sales_invoice": invoice.name}],
	).insert()
	clerk = make.a_user("strangers-clerk@example.com", "Accounts User")
	frappe.set_user(clerk)
	assert draft_api.check_draft(note.as_dict(convert_dates_to_str=True))["issues"] is True
