"""The console command `plan`: its table, its JSON, and what it says to wrong input."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from saudi_crm_billing.instalments.plan_command import plan


def run(**changes: Any) -> tuple[int, str]:
	out = io.StringIO()
	arguments = {"total": "11500", "count": 7, "start": "2027-01-31", **changes}
	return plan(**arguments, out=out), out.getvalue()


def test_json_is_a_list_of_rows_with_amounts_as_text() -> None:
	code, text = run(as_json=True)
	rows = json.loads(text)
	assert code == 0
	assert len(rows) == 7
	assert rows[0] == {
		"number": 1,
		"due_date": "2027-01-31",
		"due_date_hijri": "1448-08-23",
		"amount": "1642.86",
		"invoice_portion": "14.285739130",
	}
	assert rows[-1]["amount"] == "1642.85"


def test_the_table_shows_down_payment_hijri_dates_and_total() -> None:
	code, text = run(down_payment="1500", day="27", shift="nearest")
	lines = text.splitlines()
	assert code == 0
	assert lines[0].split() == ["No.", "Due", "date", "Hijri", "Amount", "%", "of", "total"]
	assert lines[2].split() == ["down", "2027-01-31", "1448-08-23", "1,500.00", "13.043478261"]
	assert lines[3].split()[1] == "2027-02-28"  # the 27th is a Saturday
	assert lines[-1].split() == ["Total", "11,500.00"]
	assert len({len(line) for line in lines}) == 1


def test_a_hijri_table_says_how_much_earlier_it_ends() -> None:
	_, text = run(count=25, start="2026-12-01", calendar="hijri")
	assert text.splitlines()[-1] == (
		"Hijri months: ends 23 days before the same plan in Gregorian months (2028-12-01)."
	)


@pytest.mark.parametrize(
	("changes", "message"),
	[
		({"total": "eleven"}, "--total 'eleven' is not an amount of money. Give digits"),
		({"total": "1_000"}, "--total '1_000' is not an amount of money"),
		({"total": "nan"}, "--total 'nan' is not an amount of money"),
		({"total": "-5"}, "is -5. Enter an amount above zero"),
		({"total": "11500.005"}, "11500.005 has parts of a halala. Give it with two decimals"),
		({"count": "seven"}, "--count 'seven' is not a whole number"),
		({"count": 0}, "A plan of 0 instalments cannot be made. Enter at least 1"),
		({"start": "31-01-2027"}, "--start '31-01-2027' is not a date. Give it as YYYY-MM-DD"),
		({"start": "20270131"}, "--start '20270131' is not a date. Give it as YYYY-MM-DD"),
		({"start": "2077-10-31", "calendar": "hijri"}, "1501-01 AH, outside 1343 to 1500 AH"),
		({"start": "2077-10-31"}, "2078-01, outside 1343 to 1500 AH"),
		({"calendar": "lunar"}, "--calendar 'lunar' is unknown. Choose one of: gregorian, hijri"),
		({"shift": "back"}, "Choose one of: none, previous, next, nearest"),
		({"down_payment": "11500"}, "must be less than the total of 11500. Lower it"),
		({"down_payment": "some"}, "--down-payment 'some' is not an amount"),
		({"day": "40"}, "Day 40 does not exist in a month. Choose a day from 1 to 31"),
	],
)
def test_wrong_input_says_what_and_how_to_mend(
	changes: dict[str, Any], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
	code, text = run(**changes)
	assert (code, text) == (2, "")
	assert message in capsys.readouterr().err
