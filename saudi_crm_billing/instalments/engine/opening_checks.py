"""Checks one plan of an opening import file; each finding names its row and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from saudi_crm_billing.instalments.engine.opening_findings import Finding
from saudi_crm_billing.instalments.engine.opening_model import (
	BY_KEY,
	FIRST_ROW_ONLY,
	OpeningInstalment,
	OpeningPlan,
	Row,
	Unread,
)

MOST_INSTALMENTS = 999
LIMIT = Decimal(10) ** 9


def check_first_row(first: Row, common: Row, unread: Unread, today: date, findings: list[Finding]) -> None:
	for key in FIRST_ROW_ONLY:
		column = BY_KEY[key]
		if common[key] is None and (first["row"], key) not in unread:
			findings.append(Finding(first["row"], column.en, "", "missing", {"column": column}))
	if common["posting_date"] and common["posting_date"] > today:
		findings.append(_in_future(first["row"], "posting_date", common["posting_date"], today))
	if common["rate"] is not None and common["rate"] <= 0:
		value = str(common["rate"])
		findings.append(Finding(first["row"], BY_KEY["rate"].en, value, "negative", {"value": value}))


def check_row(row: Row, common: Row, today: date, findings: list[Finding]) -> None:
	about = {"number": row["number"], "invoice": row["invoice"]}
	if row["number"] > MOST_INSTALMENTS:
		params = {"value": row["number"], "limit": MOST_INSTALMENTS}
		findings.append(_finding(row, "number", "number_too_large", params))
	if not row["amount"]:
		findings.append(_finding(row, "amount", "amount_zero", about))
	elif (row.get("paid") or 0) > row["amount"]:
		params = {**about, "paid": row["paid"], "amount": row["amount"]}
		findings.append(_finding(row, "paid", "paid_over", params))
	if common["posting_date"] and row["due_date"] < common["posting_date"]:
		params = {**about, "due": row["due_date"], "posting": common["posting_date"]}
		findings.append(_finding(row, "due_date", "due_before_invoice", params))
	if row.get("paid_on") and row["paid_on"] > today:
		findings.append(_in_future(row["row"], "paid_on", row["paid_on"], today))


def check_order(ordered: Sequence[Row], findings: list[Finding]) -> None:
	for before, row in pairwise(ordered):
		if row["number"] == before["number"]:
			params = {"number": row["number"], "invoice": row["invoice"], "other": before["row"]}
			findings.append(_finding(row, "number", "number_twice", params))
		elif row["due_date"] <= before["due_date"]:
			params = {
				"number": row["number"],
				"due": row["due_date"],
				"before": before["number"],
				"due_before": before["due_date"],
				"other": before["row"],
			}
			findings.append(_finding(row, "due_date", "due_not_rising", params))


def check_plan(plan: OpeningPlan, spread_paid: bool, findings: list[Finding]) -> None:
	total = sum((row.amount for row in plan.instalments), Decimal(0))
	if total != plan.total:
		rows = [row.row for row in plan.instalments]
		params: dict[str, object] = {
			"invoice": plan.invoice,
			"total": plan.total,
			"first": min(rows),
			"last": max(rows),
			"sum": total,
			"difference": abs(total - plan.total),
		}
		findings.append(Finding(plan.row, BY_KEY["total"].en, str(plan.total), "total_wrong", params))
	elif total >= LIMIT:
		params = {"invoice": plan.invoice, "total": total, "limit": LIMIT}
		findings.append(Finding(plan.row, BY_KEY["total"].en, str(total), "total_too_large", params))
	elif not plan.owed:
		params = {"invoice": plan.invoice, "total": plan.total}
		findings.append(Finding(plan.row, BY_KEY["paid"].en, str(plan.paid), "wholly_paid", params))
	if not spread_paid:
		_check_paid_in_order(plan.instalments, findings)


def _check_paid_in_order(instalments: Sequence[OpeningInstalment], findings: list[Finding]) -> None:
	open_before: OpeningInstalment | None = None
	for instalment in instalments:
		if instalment.paid and open_before:
			params = {
				"number": instalment.number,
				"paid": instalment.paid,
				"before": open_before.number,
				"owed": open_before.owed,
				"other": open_before.row,
			}
			column, paid = BY_KEY["paid"].en, str(instalment.paid)
			findings.append(Finding(instalment.row, column, paid, "paid_out_of_order", params))
			return
		if instalment.owed and open_before is None:
			open_before = instalment


def _finding(row: Row, key: str, code: str, params: Mapping[str, object]) -> Finding:
	return Finding(row["row"], BY_KEY[key].en, str(row[key]), code, params)


def _in_future(row: int, key: str, value: date, today: date) -> Finding:
	params = {"column": BY_KEY[key], "value": value, "today": today}
	return Finding(row, BY_KEY[key].en, value.isoformat(), "in_future", params)
