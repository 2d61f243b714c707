"""The instalments' truth, recomputed from the Payment Ledger: the only writer of what an instalment has paid and
still owes.

Every movement of the ledger enlists the invoice's plan; right before the commit each plan is locked, recomputed from
locking reads, and written where it changed. The same ledger gives the same answer, however often it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import frappe
from frappe.utils import now

from saudi_crm_billing.common.money import converted, to_decimal, to_money
from saudi_crm_billing.instalments import balance_events, locked, plans
from saudi_crm_billing.instalments.balance_events import Cause
from saudi_crm_billing.instalments.directing import directions
from saudi_crm_billing.instalments.engine.waterfall import CreditRule
from saudi_crm_billing.instalments.healing import heal_invoice, heal_schedule
from saudi_crm_billing.instalments.ledger import read_ledger, read_totals
from saudi_crm_billing.instalments.locked import Held
from saudi_crm_billing.instalments.plan_events import tell_recomputed
from saudi_crm_billing.instalments.reckoning import Truth, reckon
from saudi_crm_billing.instalments.submitted_schedule import standing_advance
from saudi_crm_billing.prepared import Prepared, given
from saudi_crm_billing.unit_of_work import Phase, enlist

LIVE = ("Active", "Completed", "Written Off")
"""States of a plan whose balances follow the ledger; the others owe nothing."""

SETTLED = ("paid", "credited", "outstanding")
HEADER_FIGURES = (
	*SETTLED,
	"status",
	"not_scheduled",
	"next_due_date",
	"next_due_amount",
	"modified",
	"modified_by",
)


@dataclass(frozen=True)
class OpenInstalment:
	"""An instalment of a submitted Sales Invoice that is still owed, wholly or in part."""

	plan: str
	sales_invoice: str
	company: str
	customer: str
	number: int
	due_date: date
	outstanding: Decimal
	currency: str
	instalment: str


def open_instalments(company: str, up_to: date, customers: list[str] | None = None) -> list[OpenInstalment]:
	"""What is owed and due up to and including `up_to`, by customer, then oldest first."""
	row = frappe.qb.DocType("Instalment")
	query = (
		frappe.qb.from_(row)
		.select(
			row.parent.as_("plan"),
			row.sales_invoice,
			row.company,
			row.customer,
			row.number,
			row.due_date,
			row.outstanding,
			row.currency,
			row.name.as_("instalment"),
		)
		.where((row.company == company) & (row.due_date <= up_to) & (row.outstanding > 0))
		.orderby(row.customer)
		.orderby(row.due_date)
		.orderby(row.name)
	)
	if customers is not None:
		if not customers:
			return []
		query = query.where(row.customer.isin(customers))
	return [
		OpenInstalment(**{**found, "outstanding": to_money(found.outstanding)})
		for found in query.run(as_dict=True)
	]


def enlist_recompute(sales_invoices: Iterable[str | None], cause: Cause | None = None) -> None:
	"""Have the plans of these invoices recomputed once, right before this transaction commits."""
	enlist_plans(plans_of(sales_invoices), cause)


def enlist_plans(found: Mapping[str, str], cause: Cause | None = None) -> None:
	"""The same for plans by invoice, as `plans_of` found them. The first cause of a transaction is remembered."""
	for invoice, plan in found.items():
		enlist(Phase.PLANS, plan, partial(recompute, plan, invoice, cause))


def lock_plans(found: Mapping[str, str], saved: str | None = None) -> dict[str, Held]:
	"""Lock invoices that have a plan, by name, each with its plan after it, before the ledger is written.

	Two payments of one invoice would otherwise each hold ledger rows that the other's recompute waits for. The
	invoice comes first because saving it locks it before any event of ours; so the `saved` one is locked already.
	Returns each other one as of now.
	"""
	others = ((invoice, plan) for invoice, plan in found.items() if invoice != saved)
	held = {invoice: locked.lock_invoice_and_plan(invoice, plan) for invoice, plan in others}
	if saved in found:
		locked.lock_plan(found[saved])
	return {invoice: state for invoice, state in held.items() if state}


def hold_plans(names: Iterable[str]) -> None:
	"""Lock these plans and their invoices, before any document that stands on them."""
	filters = {"name": ("in", sorted(set(names))), "reference_doctype": "Sales Invoice"}
	found = frappe.get_all("Instalment Plan", filters, ["reference_name", "name"], as_list=True)
	lock_plans(dict(sorted(found)))


def plans_of(sales_invoices: Iterable[str | None]) -> dict[str, str]:
	"""Plan by invoice, sorted by invoice; invoices without one are left out."""
	names = {name for name in sales_invoices if name}
	if not names:
		return {}
	return dict(sorted(_PLANS_OF.run({"invoices": tuple(names)})))


def _plans_of() -> Any:
	plan = frappe.qb.DocType("Instalment Plan")
	return (
		frappe.qb.from_(plan)
		.select(plan.reference_name, plan.name)
		.where((plan.reference_doctype == "Sales Invoice") & plan.reference_name.isin(given("invoices")))
	)


_PLANS_OF = Prepared(_plans_of)


def recompute(plan: str, sales_invoice: str | None = None, cause: Cause | None = None) -> bool:
	"""Bring plan, instalments and schedule rows to what the ledger says; whether anything changed.

	Bears a plan that no longer exists, for a savepoint may have taken it back. Asks for its invoice if not told.
	"""
	sales_invoice = sales_invoice or frappe.db.get_value("Instalment Plan", plan, "reference_name")
	invoice, header = locked.invoice_and_plan(sales_invoice, plan)
	if not header or header.status not in LIVE:
		return False
	if not invoice or invoice.docstatus == 2:
		plans.end(plan)
		balance_events.record_end(plan, cause)
		return True
	rows = locked.rows_of(plan)
	by_voucher = header.has_directions or header.credit_note_rule == CreditRule.PROPORTIONAL.value
	ledger = (read_ledger if by_voucher else read_totals)(invoice.name, invoice.debit_to)
	asked = directions.of_plan(plan) if header.has_directions else []
	truth = reckon(header.credit_note_rule, rows, ledger, asked)
	directions.write_honoured(asked, truth.honoured)
	changed = _write_instalments(rows, truth, to_decimal(invoice.conversion_rate))
	changed |= heal_schedule(invoice, rows, truth.balances, ledger.credits, to_money(header.total))
	changed |= heal_invoice(invoice, ledger.outstanding, standing_advances(rows, truth))
	changed = _write_header(header, rows, truth, cause) or changed
	tell_recomputed(header)
	return changed


def standing_advances(rows: Sequence[Any], truth: Truth) -> Decimal:
	"""What the invoice still has of the advances taken inside it."""
	stands = (standing_advance(row.advance, one.paid) for row, one in zip(rows, truth.balances, strict=True))
	return sum(stands, Decimal(0))


def instalment_values(truth: Truth, conversion_rate: Decimal) -> list[dict[str, Decimal]]:
	"""What a row of each instalment says."""
	return [
		{
			**{name: getattr(balance, name) for name in SETTLED},
			"base_outstanding": converted(balance.outstanding, conversion_rate),
			"written_off": written_off,
		}
		for balance, written_off in zip(truth.balances, truth.written_off, strict=True)
	]


def header_values(rows: Sequence[Any], truth: Truth) -> dict[str, Any]:
	"""What the plan's header says: sums, and the instalment that is due next."""
	following = next(
		((row, one) for row, one in zip(rows, truth.balances, strict=True) if one.outstanding), None
	)
	return {
		**{name: truth.total_of(name) for name in SETTLED},
		"not_scheduled": truth.not_scheduled,
		"next_due_date": following[0].due_date if following else None,
		"next_due_amount": following[1].outstanding if following else Decimal(0),
	}


def plan_status(status: str, truth: Truth) -> str:
	"""By what is owed, unless somebody said that the plan is in another state."""
	if status not in ("Active", "Completed"):
		return status
	return "Active" if truth.outstanding else "Completed"


def differing(stored: Any, values: Mapping[str, Any]) -> dict[str, Any]:
	"""Of `values` those that are stored otherwise, as they are stored: money as a float of its halalas."""
	new = {name: float(value) if isinstance(value, Decimal) else value for name, value in values.items()}
	return {
		name: value
		for name, value in new.items()
		if ((stored[name] or 0.0) if isinstance(value, float) else stored[name]) != value
	}


def _write_instalments(rows: Sequence[Any], truth: Truth, conversion_rate: Decimal) -> bool:
	new = instalment_values(truth, conversion_rate)
	changes = {
		row.name: changed
		for row, values in zip(rows, new, strict=True)
		if (changed := differing(row, values))
	}
	frappe.db.bulk_update("Instalment", changes, update_modified=False)
	return bool(changes)


def _write_header(header: Any, rows: Sequence[Any], truth: Truth, cause: Cause | None) -> bool:
	new = header_values(rows, truth)
	values = differing(header, new)
	if (status := plan_status(header.status, truth)) != header.status:
		values["status"] = status
	if not values:
		return False
	_store_header(header, values)
	known = {row.number: balance.outstanding for row, balance in zip(rows, truth.balances, strict=True)}
	balance_events.record(header, new, known, cause)
	return True


def _store_header(header: Any, values: Mapping[str, Any]) -> None:
	stamps = {"modified": now(), "modified_by": frappe.session.user}
	_HEADER.run({**header, **values, **stamps})
	for document in (("Instalment Plan", header.name), ("Sales Invoice", header.reference_name)):
		frappe.clear_document_cache(*document)


def _header_update() -> Any:
	plan = frappe.qb.DocType("Instalment Plan")
	query = frappe.qb.update(plan).where(plan.name == given("name"))
	for fieldname in HEADER_FIGURES:
		query = query.set(plan[fieldname], given(fieldname))
	return query


_HEADER = Prepared(_header_update)
