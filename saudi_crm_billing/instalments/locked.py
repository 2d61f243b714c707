"""*Reads* invoices, plans and their rows with a lock and as of now, not as the transaction's snapshot has them.

The invoice is locked before its plan, always. The queries are prepared: every payment of a plan runs them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import frappe

from saudi_crm_billing.common.money import to_moneys
from saudi_crm_billing.instalments.plan_events import MARKS
from saudi_crm_billing.prepared import Prepared, given

INVOICE = (
	"name",
	"docstatus",
	"debit_to",
	"conversion_rate",
	"outstanding_amount",
	"total_advance",
	"is_opening",
)
HEADER = (
	"name",
	"status",
	"reference_name",
	"currency",
	"credit_note_rule",
	"total",
	"paid",
	"credited",
	"outstanding",
	"not_scheduled",
	"next_due_date",
	"next_due_amount",
	*MARKS,
)
ROW = (
	"name",
	"number",
	"payment_term",
	"due_date",
	"due_date_hijri",
	"amount",
	"advance",
	"paid",
	"credited",
	"outstanding",
	"base_outstanding",
	"written_off",
)


class Held(NamedTuple):
	"""An invoice that is locked, as of now."""

	docstatus: int
	debit_to: str


def lock_plan(plan: str) -> None:
	_PLAN.run({"plan": plan})


def lock_invoice_and_plan(sales_invoice: str, plan: str) -> Held | None:
	"""None if there is no such invoice."""
	found = _HOLD.run({"invoice": sales_invoice, "plan": plan})
	return Held(*found[0][:2]) if found else None


def invoice_and_plan(sales_invoice: str | None, plan: str) -> tuple[Any, Any]:
	"""Both with what a recompute asks of them; None for one that does not exist."""
	values = {"invoice": sales_invoice, "plan": plan}
	found = _BOTH.run(values) if sales_invoice else ()
	if not found:
		header = frappe.db.get_value("Instalment Plan", plan, HEADER, as_dict=True, for_update=True)
		return None, header
	cells = found[0]
	header = frappe._dict(zip(HEADER, cells[len(INVOICE) :], strict=True))
	return frappe._dict(zip(INVOICE, cells, strict=False)), header if header.name else None


def rows_of(plan: str) -> list[Any]:
	"""Its instalments in their order, `amount` and `advance` as money."""
	rows = [frappe._dict(zip(ROW, cells, strict=True)) for cells in _ROWS.run({"plan": plan})]
	for fieldname in ("amount", "advance"):
		for row, amount in zip(rows, to_moneys(row[fieldname] for row in rows), strict=True):
			row[fieldname] = amount
	return rows


def _pair(invoice_fields: tuple[str, ...], plan_fields: tuple[str, ...] = ()) -> Any:
	"""An outer join on both names: the database reads, and locks, the invoice first."""
	invoice, plan = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Instalment Plan")
	return (
		frappe.qb.from_(invoice)
		.left_join(plan)
		.on(plan.name == given("plan"))
		.select(*(invoice[name] for name in invoice_fields), *(plan[name] for name in plan_fields))
		.where(invoice.name == given("invoice"))
		.for_update()
	)


def _plan() -> Any:
	plan = frappe.qb.DocType("Instalment Plan")
	return frappe.qb.from_(plan).select(plan.name).where(plan.name == given("plan")).for_update()


def _rows() -> Any:
	row = frappe.qb.DocType("Instalment")
	return (
		frappe.qb.from_(row)
		.select(*(row[name] for name in ROW))
		.where((row.parent == given("plan")) & (row.parenttype == "Instalment Plan"))
		.orderby(row.idx)
		.for_update()
	)


_PLAN = Prepared(_plan)
_HOLD = Prepared(lambda: _pair(Held._fields, ("name",)))
_BOTH = Prepared(lambda: _pair(INVOICE, HEADER))
_ROWS = Prepared(_rows)
