"""Reads which Sales Invoices a voucher or a ledger entry settles, and holds them until it is written; takes terms that
are gone off a payment that is cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments import balances
from saudi_crm_billing.instalments.balance_events import Cause
from saudi_crm_billing.instalments.errors import refuse
from saudi_crm_billing.instalments.ledger import read_totals
from saudi_crm_billing.instalments.locked import Held
from saudi_crm_billing.instalments.submitted_schedule import schedule_of
from saudi_crm_billing.unit_of_work import held_plans

LEDGER = "Payment Ledger Entry"
VOUCHERS = ("Payment Entry", "Journal Entry", "Sales Invoice")


def lock_settled(doc: Document) -> None:
	"""Before `doc` writes: lock what it settles. Core checked its references before it may have waited here."""
	invoices = settled_invoices(doc)
	if doc.doctype == LEDGER and _locked_by_voucher(doc, invoices):
		return
	plans = doc.flags.scb_settled_plans = balances.plans_of(invoices)
	states = balances.lock_plans(plans, saved=doc.name if doc.doctype == "Sales Invoice" else None)
	held_plans()[doc.doctype, doc.name] = plans
	if doc.doctype == "Payment Entry" and doc.docstatus == 2:
		_forget_gone_terms(doc, plans)
	if doc.doctype not in VOUCHERS or doc.docstatus != 1:
		return
	for invoice, state in states.items():
		if state.docstatus == 2:
			refuse(_("Sales Invoice {0} was cancelled meanwhile. Take it off this document.").format(invoice))
	if doc.doctype in SETTLED_BY:
		_check_allocated(doc, states)


def _locked_by_voucher(entry: Document, invoices: Sequence[str | None]) -> bool:
	"""Whether the voucher of a ledger entry locked all that the entry settles, a moment ago."""
	held = held_plans().get((entry.voucher_type, entry.voucher_no), {})
	entry.flags.scb_settled_plans = {name: held[name] for name in invoices if name in held}
	return len(entry.flags.scb_settled_plans) == len(invoices)


def _check_allocated(doc: Document, invoices: Mapping[str, Held]) -> None:
	"""Another payment may have been posted while this one waited, or since core looked at what is owed."""
	for invoice, state in invoices.items():
		allocated = sum(
			(share for name, share in SETTLED_BY[doc.doctype](doc) if name == invoice), Decimal(0)
		)
		if allocated <= 0:
			continue
		owed = read_totals(invoice, state.debit_to).outstanding
		if allocated > owed:
			refuse(
				_(
					"Sales Invoice {0} owes {1} now, but this document settles {2} of it. "
					"Lower the amount to what is owed, or leave the rest unallocated."
				).format(invoice, f"{owed:,.2f}", f"{allocated:,.2f}")
			)


def _forget_gone_terms(payment: Document, plans: Mapping[str, str]) -> None:
	"""Of what a payment names when it is cancelled: the instalments that a reschedule, its undoing or an advance took out
	of the schedule since. Core refuses to cancel it for them; what is owed is healed in any case."""
	for row in payment.references:
		if row.payment_term and row.reference_name in plans:
			terms = {one.payment_term for one in schedule_of(row.reference_name)}
			row.payment_term = row.payment_term if row.payment_term in terms else None


def _allocated(doc: Document) -> list[tuple[str, Decimal]]:
	return [
		(row.reference_name, to_money(row.allocated_amount or 0))
		for row in doc.references
		if row.reference_doctype == "Sales Invoice"
	]


def _credited(doc: Document) -> list[tuple[str, Decimal]]:
	return [
		(
			row.reference_name,
			to_money(row.credit_in_account_currency or 0) - to_money(row.debit_in_account_currency or 0),
		)
		for row in doc.accounts
		if row.reference_type == "Sales Invoice"
	]


SETTLED_BY = {"Payment Entry": _allocated, "Journal Entry": _credited}
"""What a document takes off each invoice, in the currency of the invoice's receivable account."""


def settled_plans(doc: Document) -> dict[str, str]:
	"""Plan by settled invoice: for a new ledger entry those that were locked a moment ago."""
	known = doc.flags.scb_settled_plans if doc.doctype == LEDGER else None
	return balances.plans_of(settled_invoices(doc)) if known is None else known


def cause_of(doc: Document) -> Cause:
	"""What a change of balances is put down to: the voucher, also where its ledger entry tells of it."""
	if doc.doctype == LEDGER:
		return Cause(doc.voucher_type, doc.voucher_no, "Cancelled" if doc.delinked else "Posted")
	return Cause(doc.doctype, doc.name, "Cancelled" if doc.docstatus == 2 else "Posted")


def settled_invoices(doc: Document) -> list[str | None]:
	"""Sales Invoices whose debt a ledger entry or voucher changes, wherever its doctype names them."""
	if doc.doctype == "Sales Invoice":
		return [doc.name, doc.get("return_against")]
	if doc.doctype == LEDGER:
		return [doc.against_voucher_no] if doc.against_voucher_type == "Sales Invoice" else []
	if doc.doctype == "Journal Entry":
		return [row.reference_name for row in doc.accounts if row.reference_type == "Sales Invoice"]
	rows = doc.get("references") or doc.get("allocations") or []
	return [row.reference_name for row in rows if row.reference_doctype == "Sales Invoice"]
