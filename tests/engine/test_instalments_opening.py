"""The opening import file: how cells are read, and what is said of a file that is wrong."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from saudi_crm_billing.instalments.engine.opening_cells import (
	Unreadable,
	read_amount,
	read_count,
	read_date,
	read_number,
	read_text,
)
from saudi_crm_billing.instalments.engine.opening_csv import read_csv
from saudi_crm_billing.instalments.engine.opening_findings import MESSAGES
from saudi_crm_billing.instalments.engine.opening_model import COLUMNS, OpeningFile
from saudi_crm_billing.instalments.engine.opening_plans import read_plans

TODAY = date(2026, 11, 28)
HEADINGS = [column.en for column in COLUMNS]


def a_row(invoice: str = "OLD-1", number: int = 1, **values: Any) -> list[Any]:
	row = {
		"invoice": invoice,
		"customer": "Najd Furniture",
		"posting_date": "2026-01-10",
		"total": "300",
		"number": number,
		"due_date": f"2026-{number + 1:02d}-10",
		"amount": "100",
		**values,
	}
	return [row.get(column.key) for column in COLUMNS]


def three(**first: Any) -> list[list[Any]]:
	return [a_row(number=1, **first), a_row(number=2), a_row(number=3)]


def read(*rows: list[Any], **options: Any) -> OpeningFile:
	return read_plans([HEADINGS, *rows], TODAY, **options)


def only(found: OpeningFile) -> tuple[int, str, str]:
	assert not found.plans
	(finding,) = found.findings
	params = {name: getattr(value, "en", value) for name, value in finding.params.items()}
	return finding.row, finding.column, MESSAGES[finding.code].format(**params)


@pytest.mark.parametrize(
	("cell", "expected"),
	[
		("1,250.50", "1250.50"),
		("١٬٢٥٠٫٥٠", "1250.50"),
		("۱۲۵", "125.00"),
		("1.250,50", "1250.50"),
		("1,250", "1250.00"),
		("12,5", "12.50"),
		("1 250.5", "1250.50"),
		("1\u00a0250", "1250.00"),
		("\u200f833.33", "833.33"),
		(833.3300000000001, "833.33"),
		(0.1 + 0.2, "0.30"),
		(1000, "1000.00"),
		(1e20, "100000000000000000000.00"),
	],
)
def test_amounts_as_people_write_them(cell: object, expected: str) -> None:
	assert read_amount(cell) == Decimal(expected)


@pytest.mark.parametrize(
	("cell", "code"),
	[
		("abc", "not_a_number"),
		("12.3.4", "not_a_number"),
		(True, "not_a_number"),
		(datetime(2026, 1, 1), "not_a_number"),
		("-5", "negative"),
		("0.005", "too_fine"),
		("nan", "not_a_number"),
		("1e5", "not_a_number"),
	],
)
def test_what_is_no_amount_is_refused(cell: object, code: str) -> None:
	with pytest.raises(Unreadable) as error:
		read_amount(cell)
	assert error.value.code == code


@pytest.mark.parametrize(
	("cell", "expected"),
	[
		("2026-01-31", date(2026, 1, 31)),
		("31/01/2026", date(2026, 1, 31)),
		("1.2.2026", date(2026, 2, 1)),
		("٣١/٠١/٢٠٢٦", date(2026, 1, 31)),
		("20260131", date(2026, 1, 31)),
		("2026-01-31 00:00:00", date(2026, 1, 31)),
		(datetime(2026, 1, 31, 0, 0), date(2026, 1, 31)),
		(date(2026, 1, 31), date(2026, 1, 31)),
		("1448-06-10", date(2026, 11, 20)),
		("10/06/1448 هـ", date(2026, 11, 20)),
		("١٤٤٨/٠٦/١٠هـ", date(2026, 11, 20)),
		("1448-06-10 AH", date(2026, 11, 20)),
	],
)
def test_dates_of_both_calendars(cell: object, expected: date) -> None:
	assert read_date(cell) == expected


@pytest.mark.parametrize(
	("cell", "code"),
	[
		("31/02/2026", "no_such_day"),
		("1448-13-01", "no_such_day"),
		("30-02-1447", "no_such_day"),
		("45900", "not_a_date"),
		("31/01/26", "not_a_date"),
		("2099-01-01", "date_out_of_range"),
	],
)
def test_what_is_no_date_is_refused(cell: object, code: str) -> None:
	with pytest.raises(Unreadable) as error:
		read_date(cell)
	assert error.value.code == code


def test_numbers_and_texts() -> None:
	assert read_count("١٢") == 12
	assert read_count(3.0) == 3
	assert read_number("3.7505") == Decimal("3.7505")
	assert read_text(1001.0) == "1001"
	assert read_text(" \ufeffINV\u200f  7 ") == "INV 7"
	for wrong in ("1.5", "-1"):
		with pytest.raises(Unreadable, match="not_whole"):
			read_count(wrong)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_of_any_program(encoding: str, separator: str) -> None:
	text = f'رقم الفاتورة{separator}العميل\r\n١{separator}"محل{separator} نجد"\r\n'
	if encoding == "cp1256":
		text = text.replace("١", "1")
	rows = read_csv(text.encode(encoding))
	assert rows[0] == ["رقم الفاتورة", "العميل"]
	assert rows[1][1] == f"محل{separator} نجد"


def test_a_plan_with_what_is_paid() -> None:
	rows = three(paid="100", paid_on="2026-02-11", remarks="Fridge")
	rows[1] = a_row(number=2, paid="40.5", total=None, customer="")
	found = read(*rows)
	assert found.findings == () and found.rows == 3
	(plan,) = found.plans
	assert (plan.invoice, plan.customer, plan.total, plan.paid, plan.owed, plan.row) == (
		"OLD-1", "Najd Furniture", Decimal(300), Decimal("140.5"), Decimal("159.5"), 2,
	)  # fmt: skip
	assert [row.owed for row in plan.instalments] == [0, Decimal("59.5"), 100]
	assert (plan.paid_on, plan.remarks) == (date(2026, 2, 11), "Fridge")


def test_headings_in_arabic_and_rows_in_any_order() -> None:
	grid = [
		[column.ar for column in COLUMNS],
		a_row(number=3),
		[],
		a_row("OLD-2", 1, total=100),
		*three()[:2],
	]
	found = read_plans(grid, TODAY)
	assert found.findings == ()
	assert [(plan.invoice, [row.row for row in plan.instalments]) for plan in found.plans] == [
		("OLD-1", [5, 6, 2]), ("OLD-2", [4]),
	]  # fmt: skip


def test_a_wrong_total_names_rows_and_figures() -> None:
	assert only(read(*three(total="299.99")[:1], a_row(number=2, total=""), a_row(number=3, total=""))) == (
		2,
		"Invoice Total",
		"Invoice Total of OLD-1 is 299.99, but its instalments (rows 2 to 4) add up to 300.00: 0.01 apart.",
	)


@pytest.mark.parametrize(
	("row", "changes", "column", "message"),
	[
		(3, {"customer": "Other"}, "Customer",
			"Customer is Other, but row 2 of the same invoice OLD-1 says Najd Furniture."),
		(3, {"number": 1}, "Instalment Number", "Instalment 1 of invoice OLD-1 stands in row 2 already."),
		(3, {"due_date": "2026-02-10"}, "Due Date",
			"Instalment 2 is due on 2026-02-10, not after instalment 1, due on 2026-02-10 (row 2)."),
		(2, {"due_date": "2026-01-09"}, "Due Date",
			"Instalment 1 is due on 2026-01-09, before the invoice's date 2026-01-10."),
		(2, {"paid": "100.01"}, "Paid So Far",
			"Paid So Far of instalment 1 is 100.01, more than its amount of 100.00."),
		(2, {"paid": "50", "paid_on": "2026-11-29"}, "Last Payment Date",
			"Last Payment Date 2026-11-29 is after today, 2026-11-28."),
		(3, {"paid": "5"}, "Paid So Far",
			"Instalment 2 has 5.00 paid, but the earlier instalment 1 still owes 100.00 (row 2). Payments settle the "
			"oldest first: correct the file, or tick that what was paid is spread over the oldest."),
		(2, {"amount": "ten"}, "Instalment Amount", "ten is not a number."),
		(2, {"amount": None}, "Instalment Amount", "Instalment Amount is empty."),
		(2, {"amount": 0}, "Instalment Amount",
			"Instalment 1 of invoice OLD-1 is of 0. Take the row out, or enter its amount."),
		(2, {"number": 1000, "due_date": "2026-12-10"}, "Instalment Number", "Instalment 1000 is more than a plan can carry: 999 at most."),
		(3, {"invoice": None}, "Invoice Number", "Invoice Number is empty."),
	],
)  # fmt: skip
def test_each_wrong_row_is_named(row: int, changes: dict[str, Any], column: str, message: str) -> None:
	rows = three()
	rows[row - 2] = a_row(**{"number": row - 1, **changes})
	found = read(*rows)
	assert not found.plans
	said = [
		(f.row, f.column, MESSAGES[f.code].format(**{k: getattr(v, "en", v) for k, v in f.params.items()}))
		for f in found.findings
	]
	assert (row, column, message) in said


def test_what_was_paid_is_spread_over_the_oldest_where_asked() -> None:
	rows = three()
	rows[2] = a_row(number=3, paid="100", paid_on="2026-04-01")
	(plan,) = read(*rows, spread_paid=True).plans
	assert [row.paid for row in plan.instalments] == [100, 0, 0]
	assert plan.paid_on == date(2026, 4, 1)


def test_a_wholly_paid_invoice_is_refused() -> None:
	assert only(read(a_row(total="100", paid="100"))) == (
		2, "Paid So Far", "Invoice OLD-1 is wholly paid (100.00): nothing is owed. Take its rows out.",
	)  # fmt: skip


def test_an_invoice_date_after_today_is_refused() -> None:
	assert only(read(a_row(posting_date="2026-11-29", due_date="2026-12-29", total="100")))[2] == (
		"Invoice Date 2026-11-29 is after today, 2026-11-28."
	)


def test_headings_that_are_missing_unknown_or_double() -> None:
	grid = [[*HEADINGS[:-1], "Paid So Fra", "Currency"], a_row()]
	found = read_plans([[heading for heading in grid[0] if heading != "Due Date"], *grid[1:]], TODAY)
	assert [(f.row, f.code, dict(f.params)) for f in found.findings] == [
		(1, "column_unknown", {"heading": "Paid So Fra"}),
		(1, "column_twice", {"heading": "Currency"}),
		(1, "column_missing", {"wanted": "Due Date (تاريخ الاستحقاق)"}),
	]


def test_an_empty_file() -> None:
	for grid in ([], [HEADINGS], [HEADINGS, [None, ""]]):
		found = read_plans(grid, TODAY)
		assert found.findings and not found.plans
	assert only(read()) == (0, "", "The file has no rows below its headings.")


def test_one_wrong_row_makes_no_plan_of_the_others() -> None:
	found = read(*three(), a_row("OLD-2", 1, total=100, amount="x"))
	assert not found.plans and [f.row for f in found.findings] == [5]
