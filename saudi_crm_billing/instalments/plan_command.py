"""What `saudi-crm-billing plan` does: a schedule from a few figures, without a site. No frappe here."""

from __future__ import annotations

import json
import sys
from datetime import date
from decimal import Decimal
from typing import TextIO

from saudi_crm_billing.common.dates import Calendar, DateOutOfRange, Shift, add_months, parse_date
from saudi_crm_billing.common.money import to_decimal
from saudi_crm_billing.instalments.engine.schedule import (
	PlanTerms,
	ScheduledInstalment,
	build_schedule,
)

WRONG_INPUT = 2
COLUMNS = ("No.", "Due date", "Hijri", "Amount", "% of total")


def plan(
	total: str,
	count: str | int,
	start: str,
	calendar: str = "gregorian",
	down_payment: str = "0",
	day: str | int | None = None,
	shift: str = "none",
	as_json: bool = False,
	out: TextIO | None = None,
) -> int:
	"""Write the schedule to `out` (standard output by default) as a table or JSON.

	Returns 0, or 2 after a message on standard error that says what is wrong and how to mend it.
	"""
	out = out or sys.stdout
	try:
		terms = read_terms(total, count, start, calendar, down_payment, day, shift)
		rows = build_schedule(terms)
	except ValueError as error:
		sys.stderr.write(f"saudi-crm-billing plan: {error}\n")
		return WRONG_INPUT
	out.write(as_records(rows) if as_json else as_table(terms, rows))
	return 0


def read_terms(
	total: str,
	count: str | int,
	start: str,
	calendar: str,
	down_payment: str,
	day: str | int | None,
	shift: str,
) -> PlanTerms:
	"""The terms from what was typed. Raises ValueError naming the option and what it takes."""
	return PlanTerms(
		total=_money("--total", total),
		count=_whole("--count", count),
		start=_date("--start", start),
		calendar=Calendar(_choice("--calendar", calendar, [item.value for item in Calendar])),
		down_payment=_money("--down-payment", down_payment),
		day=None if day is None else _whole("--day", day),
		shift=Shift(_choice("--shift", shift, [item.value for item in Shift])),
	)


def as_records(rows: tuple[ScheduledInstalment, ...]) -> str:
	"""The rows as a JSON list; dates in ISO form, amounts and portions as strings."""
	records = [
		{
			"number": row.number,
			"due_date": row.due_date.isoformat(),
			"due_date_hijri": row.due_date_hijri,
			"amount": f"{row.amount:.2f}",
			"invoice_portion": f"{row.portion:f}",
		}
		for row in rows
	]
	return json.dumps(records, indent=2) + "\n"


def as_table(terms: PlanTerms, rows: tuple[ScheduledInstalment, ...]) -> str:
	"""The rows as aligned columns with a total, and a note on what Hijri months do to the end."""
	body = [
		(
			"down" if row.number == 0 else str(row.number),
			row.due_date.isoformat(),
			row.due_date_hijri,
			f"{row.amount:,.2f}",
			f"{row.portion:f}",
		)
		for row in rows
	]
	total = sum((row.amount for row in rows), Decimal(0))
	foot = ("Total", "", "", f"{total:,.2f}", "")
	lines = _aligned([COLUMNS, *body, foot])
	rule = "-" * len(lines[0])
	return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1], *_hijri_note(terms, rows)]) + "\n"


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
	widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
	return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _hijri_note(terms: PlanTerms, rows: tuple[ScheduledInstalment, ...]) -> list[str]:
	"""Hijri years are about 11 days shorter: say how much earlier the last row falls."""
	if terms.calendar is not Calendar.HIJRI or terms.count < 2:
		return []
	first = rows[-terms.count].due_date
	try:
		gregorian_end = add_months(first, terms.count - 1, Calendar.GREGORIAN)
	except DateOutOfRange:
		return []
	days = (gregorian_end - rows[-1].due_date).days
	return [f"Hijri months: ends {days} days before the same plan in Gregorian months ({gregorian_end})."]


def _money(option: str, text: str) -> Decimal:
	try:
		return to_decimal(text.replace("_", " "))  # which Python alone would read
	except ValueError as error:
		raise ValueError(
			f"{option} {text!r} is not an amount of money. Give digits and at most two decimals, as in 11500.00."
		) from error


def _whole(option: str, text: str | int) -> int:
	try:
		return int(text)
	except ValueError as error:
		raise ValueError(f"{option} {text!r} is not a whole number. Give digits only, as in 7.") from error


def _date(option: str, text: str) -> date:
	try:
		return parse_date(text)
	except ValueError as error:
		raise ValueError(
			f"{option} {text!r} is not a date. Give it as YYYY-MM-DD, as in 2027-01-31."
		) from error


def _choice(option: str, text: str, choices: list[str]) -> str:
	if text not in choices:
		raise ValueError(f"{option} {text!r} is unknown. Choose one of: {', '.join(choices)}.")
	return text
