"""From the rows of an opening import file to plans: one row an instalment, rows of one invoice number one plan.

Pure. Everything that can be known from the file alone is checked here, and all of it, so that one look at the findings
is enough: nothing is a plan unless every row of the file is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from saudi_crm_billing.instalments.engine.opening_cells import Unreadable, read_text
from saudi_crm_billing.instalments.engine.opening_checks import (
	check_first_row,
	check_order,
	check_plan,
	check_row,
)
from saudi_crm_billing.instalments.engine.opening_findings import Finding
from saudi_crm_billing.instalments.engine.opening_model import (
	BY_KEY,
	COLUMNS,
	COMMON,
	FIRST_ROW_ONLY,
	Column,
	OpeningFile,
	OpeningInstalment,
	OpeningPlan,
	Row,
	Unread,
)

KEYS = {column.en: column.key for column in COLUMNS}


def read_plans(grid: Iterable[Sequence[object]], today: date, spread_paid: bool = False) -> OpeningFile:
	"""The plans of a file whose first row holds the headings.

	`spread_paid`: what a plan has paid settles its oldest instalments, wherever the file shows it; else that is wrong.
	"""
	lines = iter(grid)
	places, findings = _places(next(lines, ()))
	if findings:
		return OpeningFile(0, (), tuple(findings))
	rows = list(_rows(lines, places, findings))
	if not rows:
		return OpeningFile(0, (), (Finding(0, "", "", "empty"),))
	unread = frozenset((finding.row, KEYS[finding.column]) for finding in findings)
	plans = [
		plan
		for group in _by_invoice(rows).values()
		if (plan := _plan(group, unread, today, spread_paid, findings)) is not None
	]
	ordered = sorted(findings, key=lambda finding: finding.row)
	return OpeningFile(len(rows), () if ordered else tuple(plans), tuple(ordered), tuple(plans))


def _places(headings: Sequence[object]) -> tuple[dict[int, Column], list[Finding]]:
	known = {_heading(name): column for column in COLUMNS for name in (column.en, column.ar)}
	places: dict[int, Column] = {}
	findings = []
	for place, cell in enumerate(headings):
		text = read_text(cell)
		column = known.get(_heading(text))
		if column is None:
			if text:
				findings.append(Finding(1, text, text, "column_unknown", {"heading": text}))
		elif column in places.values():
			findings.append(Finding(1, column.en, text, "column_twice", {"heading": text}))
		else:
			places[place] = column
	for column in COLUMNS:
		if column.required and column not in places.values():
			wanted = f"{column.en} ({column.ar})"
			findings.append(Finding(1, column.en, "", "column_missing", {"wanted": wanted}))
	return places, findings


def _heading(text: object) -> str:
	return read_text(text).replace("_", " ").replace("*", "").strip().casefold()


def _rows(
	lines: Iterable[Sequence[object]], places: Mapping[int, Column], findings: list[Finding]
) -> Iterable[Row]:
	for number, cells in enumerate(lines, start=2):
		if not any(read_text(cell) for cell in cells):
			continue
		row: Row = {"row": number}
		for place, column in places.items():
			row[column.key] = _cell(number, column, cells[place] if place < len(cells) else None, findings)
		yield row


def _cell(number: int, column: Column, cell: object, findings: list[Finding]) -> Any:
	text = read_text(cell)
	if not text:
		if column.required and column.key not in FIRST_ROW_ONLY:
			findings.append(Finding(number, column.en, "", "missing", {"column": column}))
		return None
	try:
		return column.read(cell)
	except Unreadable as error:
		findings.append(Finding(number, column.en, text, error.code, {"value": text}))
		return None


def _by_invoice(rows: Iterable[Row]) -> dict[str, list[Row]]:
	groups: dict[str, list[Row]] = {}
	for row in rows:
		if row["invoice"]:
			groups.setdefault(row["invoice"], []).append(row)
	return groups


def _plan(
	group: Sequence[Row], unread: Unread, today: date, spread_paid: bool, findings: list[Finding]
) -> OpeningPlan | None:
	"""None where anything of it is wrong; what depends on a wrong figure is not judged."""
	before = len(findings)
	common = _common(group, findings)
	check_first_row(group[0], common, unread, today, findings)
	if any(row["number"] is None or row["due_date"] is None or row["amount"] is None for row in group):
		return None
	ordered = sorted(group, key=lambda row: (row["number"], row["row"]))
	for row in ordered:
		check_row(row, common, today, findings)
	check_order(ordered, findings)
	if len(findings) > before or any((row["row"], key) in unread for row in group for key in BY_KEY):
		return None
	plan = OpeningPlan(
		invoice=group[0]["invoice"],
		**{**common, "currency": (common["currency"] or "").upper()},
		remarks=next((row["remarks"] for row in group if row.get("remarks")), ""),
		instalments=tuple(_instalment(row) for row in ordered),
	)
	check_plan(plan, spread_paid, findings)
	return _spread(plan) if spread_paid else plan


def _common(group: Sequence[Row], findings: list[Finding]) -> Row:
	"""What the rows say alike, of the first row that says it."""
	common: Row = {}
	for key in COMMON:
		said = [row for row in group if row.get(key) is not None]
		common[key] = said[0][key] if said else None
		for row in said[1:]:
			if row[key] != common[key]:
				params = {
					"column": BY_KEY[key],
					"value": row[key],
					"other": said[0]["row"],
					"invoice": row["invoice"],
					"expected": common[key],
				}
				findings.append(Finding(row["row"], BY_KEY[key].en, str(row[key]), "differs", params))
	return common


def _spread(plan: OpeningPlan) -> OpeningPlan:
	left, rows = plan.paid, []
	for row in plan.instalments:
		paid = min(left, row.amount)
		rows.append(replace(row, paid=paid))
		left -= paid
	return replace(plan, instalments=tuple(rows))


def _instalment(row: Row) -> OpeningInstalment:
	return OpeningInstalment(
		row["row"],
		row["number"],
		row["due_date"],
		row["amount"],
		row.get("paid") or Decimal(0),
		row.get("paid_on"),
	)
