"""How far a Sales Invoice is paid, for mirrors on documents whose readers may not see invoices. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import getdate

from saudi_crm_billing.common.money import to_money

UNPAID, PARTLY_PAID, PAID, OVERDUE = "Unpaid", "Partly Paid", "Paid", "Overdue"


@dataclass(frozen=True)
class PaidCounts:
	"""Instalments of one invoice: a due day itself is not overdue yet."""

	total: int
	paid: int
	overdue: int

	@property
	def open(self) -> int:
		return self.total - self.paid


def paid_state(sales_invoice: str, on: date | None = None) -> str:
	"""Unpaid, Partly Paid, Paid or Overdue on that day (today by default); also for invoices without a plan."""
	invoice = frappe.db.get_value(
		"Sales Invoice",
		sales_invoice,
		["outstanding_amount", "grand_total", "rounded_total", "due_date", "scb_instalment_plan"],
		as_dict=True,
	)
	outstanding = to_money(invoice.outstanding_amount)
	if outstanding <= 0:
		return PAID
	if invoice.scb_instalment_plan:
		late = paid_counts(sales_invoice, on).overdue > 0
	else:
		late = bool(invoice.due_date) and getdate(invoice.due_date) < (on or getdate())
	if late:
		return OVERDUE
	return PARTLY_PAID if outstanding < to_money(invoice.rounded_total or invoice.grand_total) else UNPAID


def paid_counts(sales_invoice: str, on: date | None = None) -> PaidCounts:
	"""Counts of the invoice's instalments on that day (today by default); all zero without a plan."""
	rows = frappe.get_all(
		"Instalment",
		filters={"sales_invoice": sales_invoice, "parenttype": "Instalment Plan"},
		fields=["due_date", "outstanding"],
	)
	day = on or getdate()
	owed = [row for row in rows if row.outstanding > 0]
	return PaidCounts(
		total=len(rows),
		paid=len(rows) - len(owed),
		overdue=sum(1 for row in owed if getdate(row.due_date) < day),
	)
