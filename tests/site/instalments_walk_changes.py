"""What changes the plans of the walk's invoices: reschedules and their undoing, early settlement, write-off, recovery."""

from __future__ import annotations

from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import rescheduling_helpers as change
import settling_helpers as settle
from frappe.model.document import Document
from frappe.utils import add_days, add_months, getdate
from instalments_walk import Event, Walk, money

from saudi_crm_billing.instalments.errors import InstalmentPlanError

SHAPE = ("number", "due_date", "amount")


def reschedules(walk: Walk) -> bool:
	"""In one of five ways. What is refused is no event, and wrote nothing."""
	invoice = walk.an_invoice()
	before = rows_of(invoice) if invoice else []
	if not invoice or not any(row.left for row in before):
		return False
	kind = walk.random.choice(list(WISHES))
	values = WISHES[kind](walk, before)
	frappe.db.savepoint("before_the_draft")
	try:
		document = change.a_draft(invoice, kind, **values).submit()
	except InstalmentPlanError:
		frappe.db.rollback(save_point="before_the_draft")
		assert rows_of(invoice) == before
		return False
	walk.note(f"reschedule {invoice.name} by {document.name}: {kind} {values}")
	steps.commit(document)
	assert_the_settled_stays(before, rows_of(invoice))
	walk.reschedules.append((document, shape(before)))
	return True


def rows_of(invoice: Document) -> list[Any]:
	"""The instalments; `left` is what a reschedule may move of each, `stays` what keeps its day.

	Where credit notes have a rule of their own they follow it over whatever rows there are: only payments stay.
	"""
	plan = {"parent": invoice.scb_instalment_plan}
	rule = frappe.db.get_value("Instalment Plan", plan["parent"], "credit_note_rule")
	rows = frappe.get_all("Instalment", plan, [*SHAPE, "paid", "outstanding"], order_by="idx")
	for row in rows:
		owes = money(row.outstanding)
		row.stays = money(row.amount) - owes if rule == "Oldest first" else money(row.paid)
		row.left = money(row.amount) - row.stays if owes or rule != "Oldest first" else money(0)
	return rows


def shape(rows: list[Any]) -> list[tuple[Any, ...]]:
	return [tuple(row[name] for name in SHAPE) for row in rows]


def assert_the_settled_stays(before: list[Any], after: list[Any]) -> None:
	"""Number and day of what was settled, with its amount, or with the settled part of that."""
	now = {row.number: row for row in after}
	for row in before:
		if row.stays:
			kept = now[row.number]
			assert kept.due_date == row.due_date
			assert money(kept.amount) in (money(row.amount), row.stays)
	assert sum(money(row.amount) for row in after) == sum(money(row.amount) for row in before)


def new_count(walk: Walk, rows: list[Any]) -> dict[str, Any]:
	return {"new_count": walk.random.randint(1, 12), "first_due_date": a_later_day(walk, rows)}


def new_start(walk: Walk, rows: list[Any]) -> dict[str, Any]:
	return {"first_due_date": a_later_day(walk, rows)}


def later(walk: Walk, _rows: list[Any]) -> dict[str, Any]:
	return {"shift_months": walk.random.randint(1, 3)}


def move_one(walk: Walk, rows: list[Any]) -> dict[str, Any]:
	row = walk.random.choice([row for row in rows if row.left])
	return {"moved_number": row.number, "moved_to": add_days(row.due_date, walk.random.randint(1, 70))}


def own_schedule(walk: Walk, rows: list[Any]) -> dict[str, Any]:
	"""The half at once, the rest in two parts."""
	left, day = sum(row.left for row in rows), a_later_day(walk, rows)
	first = money(left / 2)
	second = money((left - first) / 3)
	parts = [part for part in (first, second, left - first - second) if part]
	days = [add_days(day, 10 * place) for place in range(len(parts))]
	return {
		"own_rows": [{"due_date": day, "amount": float(part)} for day, part in zip(days, parts, strict=True)]
	}


def a_later_day(walk: Walk, rows: list[Any]) -> str:
	"""Than what is settled."""
	last = max([getdate(), *(row.due_date for row in rows if row.stays)])
	return str(add_months(last, walk.random.randint(1, 3)))


WISHES = {
	"New Number of Instalments": new_count,
	"New First Due Date": new_start,
	"Shift by Months": later,
	"Move One Instalment": move_one,
	"Own Schedule": own_schedule,
}


def undoes(walk: Walk) -> bool:
	"""The latest reschedule of a plan: the rows of before, over which what was paid meanwhile pours."""
	live = {invoice.name: invoice for invoice in walk.invoices}
	latest = [
		(place, document, before)
		for place, (document, before) in enumerate(walk.reschedules)
		if document.sales_invoice in live
		and frappe.db.get_value("Instalment Plan", document.plan, "version") == document.to_version
	]
	if not latest:
		return False
	place, document, before = walk.random.choice(latest)
	del walk.reschedules[place]
	walk.note(f"undo {document.name} of {document.sales_invoice}")
	steps.commit(document.reload().cancel())
	assert shape(rows_of(live[document.sales_invoice])) == before
	return True


def settles_early(walk: Walk) -> bool:
	"""By a quote with a rebate, which some customers let lie until something else voids it or they pay it after all."""
	invoice = walk.an_invoice()
	if not invoice or invoice.outstanding_amount < 1:
		return False
	open_quote = {"plan": invoice.scb_instalment_plan, "status": "Open"}
	if name := frappe.db.get_value("Settlement Quote", open_quote):
		quote = frappe.get_doc("Settlement Quote", name)
	elif not (quote := quoted(walk, invoice)):
		return False
	if walk.random.random() < 0.3:
		walk.note(f"quote {quote.amount_to_pay} for {invoice.name} by {quote.name}")
		return True
	walk.note(f"settle {invoice.name} early by {quote.name}, rebate {quote.rebate} by {quote.rebate_by}")
	walk.vouchers.append(settle.receive(quote))
	return True


def quoted(walk: Walk, invoice: Document) -> Document | None:
	"""None where the lines have no room for a credit note of the rebate: what is owed may be charges and freight."""
	by = {"rebate_by": walk.random.choice(["Deduction", "Credit Note"])}
	frappe.get_doc("Instalment Settings", make.COMPANY).update(by).save()
	frappe.db.savepoint("before_the_quote")
	try:
		return settle.an_open_quote(invoice, rebate_amount=walk.part_of(invoice.outstanding_amount / 4))
	except InstalmentPlanError as refused:
		frappe.db.rollback(save_point="before_the_quote")
		assert by["rebate_by"] == "Credit Note" and "credit" in str(refused)
		return None


def writes_off(walk: Walk) -> bool:
	invoice = walk.an_invoice()
	owed = sum(money(row.outstanding) for row in rows_of(invoice)) if invoice else money(0)
	if not invoice or not owed:
		return False
	amount = walk.part_of(float(owed))
	walk.note(f"write off {amount} of {invoice.name}")
	walk.vouchers.append(settle.written_off(invoice, scope="Amount", wished_amount=amount))
	return True


def recovers(walk: Walk) -> bool:
	"""Money for what was written off: the plan does not see it."""
	standing = [one for one in walk.vouchers if one.doctype == "Instalment Write-Off"]
	standing = [one for one in standing if one.reload().base_amount > one.recovered]
	if not standing:
		return False
	write_off = walk.random.choice(standing)
	amount = walk.part_of(write_off.base_amount - write_off.recovered)
	walk.note(f"recover {amount} of {write_off.name}")
	walk.vouchers.append(settle.recovered(write_off, amount))
	return True


CHANGES: dict[Event, int] = {
	reschedules: 7,
	undoes: 3,
	settles_early: 3,
	writes_off: 2,
	recovers: 1,
}
"""How often each kind is drawn."""
