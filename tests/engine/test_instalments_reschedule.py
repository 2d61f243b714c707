"""What a reschedule makes of a plan's rows: exact to the halala, dates rising, what is settled stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.common.dates import Calendar, Shift, to_hijri
from saudi_crm_billing.common.money import split
from saudi_crm_billing.instalments.engine.reschedule import (
	DayRule,
	Part,
	PlanRow,
	RescheduleError,
	owed_rows,
	reschedule,
	shifted,
)

TODAY = date(2026, 12, 1)


def D(text: object) -> Decimal:
	return Decimal(str(text))


def three(*settled: object) -> tuple[PlanRow, ...]:
	"""Three rows of 100 on the first of January, February and March, the leading ones settled so far."""
	parts = [D(part) for part in settled] + [D(0)] * (3 - len(settled))
	return tuple(
		PlanRow(number, date(2027, number, 1), D(100), part) for number, part in enumerate(parts, start=1)
	)


def shape(rows: tuple[PlanRow, ...]) -> list[tuple[int, str, str]]:
	return [(row.number, row.due_date.isoformat(), str(row.amount)) for row in rows]


def code(rows: tuple[PlanRow, ...], moving: tuple[PlanRow, ...], *parts: Part) -> RescheduleError:
	with pytest.raises(RescheduleError) as raised:
		reschedule(rows, moving, parts, TODAY)
	return raised.value


def test_paid_rows_stay_and_a_partly_paid_row_keeps_its_paid_part() -> None:
	rows = three(100, 30)
	moving = owed_rows(rows)
	new = reschedule(rows, moving, (Part(date(2027, 4, 1), D(85)), Part(date(2027, 5, 1), D(85))), TODAY)
	assert shape(new) == [
		(1, "2027-01-01", "100"),
		(2, "2027-02-01", "30"),
		(3, "2027-04-01", "85"),
		(4, "2027-05-01", "85"),
	]
	assert [row.stays for row in new] == [True, True, False, False]
	assert [row.settled for row in new] == [100, 30, 0, 0]
	assert new[2].due_date_hijri == to_hijri(date(2027, 4, 1))


def test_a_row_moved_past_the_others_keeps_its_number() -> None:
	rows = three()
	new = reschedule(rows, owed_rows(rows, 1), (Part(date(2027, 6, 1), D(100)),), TODAY)
	assert shape(new) == [(2, "2027-02-01", "100"), (3, "2027-03-01", "100"), (1, "2027-06-01", "100")]


def test_a_row_that_does_not_move_is_not_split() -> None:
	rows = three(30)
	new = reschedule(rows, owed_rows(rows, 3), (Part(date(2027, 6, 1), D(100)),), TODAY)
	assert shape(new)[:2] == [(1, "2027-01-01", "100"), (2, "2027-02-01", "100")]


def test_the_margin_goes_along_with_what_is_owed() -> None:
	rows = (
		PlanRow(1, date(2027, 1, 1), D(100), D(50), D("10.01")),
		PlanRow(2, date(2027, 2, 1), D(100), margin=D(10)),
	)
	parts = (Part(date(2027, 3, 1), D(75)), Part(date(2027, 4, 1), D(75)))
	new = reschedule(rows, owed_rows(rows), parts, TODAY)
	assert [row.margin for row in new] == [D("5.01"), D("7.50"), D("7.50")]
	assert sum(row.margin for row in new) == D("20.01")


@pytest.mark.parametrize(
	("parts", "expected", "said"),
	[
		([], "no_rows", "Enter the rows"),
		([("2027-04-01", 299)], "sum_differs", "add up to 299, but 300 is owed on what moves. The difference is 1."),
		([("2027-04-01", 300), ("2027-05-01", 0)], "amount_not_positive", "Row 2 has the amount 0."),
		([("2027-04-01", "299.995"), ("2027-05-01", "0.005")], "amount_too_fine", "Row 1 has the amount 299.995"),
		([("2027-04-01", 100), ("2027-04-01", 200)], "not_rising", "Row 2 is due on 2027-04-01"),
		([("2026-11-30", 300)], "too_early", "2026-11-30, before the effective date 2026-12-01"),
		([("2077-11-16", 100), ("2077-11-17", 200)], "date_out_of_range", "reaches 2077-11-17"),
	],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_row_and_figure(
	parts: list[tuple[str, object]], expected: str, said: str
) -> None:
	rows = three()
	made = [Part(date.fromisoformat(day), D(amount)) for day, amount in parts]
	error = code(rows, owed_rows(rows), *made)
	assert error.code == expected and said in str(error)


def test_a_new_date_lies_after_what_is_paid() -> None:
	rows = three(100, 30)
	error = code(rows, owed_rows(rows), Part(date(2027, 1, 15), D(170)))
	assert error.code == "before_settled"
	assert "later than instalment 2, which is paid and due on 2027-02-01" in str(error)


def test_a_new_date_is_not_that_of_a_row_that_stays() -> None:
	rows = three()
	error = code(rows, owed_rows(rows, 1), Part(date(2027, 3, 1), D(100)))
	assert error.code == "same_date" and "the same day as instalment 3" in str(error)


def test_a_schedule_that_changes_nothing_is_refused() -> None:
	rows = three()
	error = code(rows, owed_rows(rows), *(Part(row.due_date, row.amount) for row in rows))
	assert error.code == "nothing_changes"


@pytest.mark.parametrize(
	("rows", "number", "expected"),
	[
		(three(100, 100, 100), None, "nothing_owed"),
		(three(100), 1, "settled_row"),
		(three(), 9, "unknown_row"),
	],
)
def test_only_what_is_owed_moves(rows: tuple[PlanRow, ...], number: int | None, expected: str) -> None:
	with pytest.raises(RescheduleError) as raised:
		owed_rows(rows, number)
	assert raised.value.code == expected


def test_a_shift_counts_from_each_rows_own_date() -> None:
	rows = three(100, 30)
	parts = shifted(owed_rows(rows), 2, DayRule())
	assert parts == (Part(date(2027, 4, 1), D(70)), Part(date(2027, 5, 1), D(100)))


def test_a_shift_gives_a_day_that_a_month_lacked_back() -> None:
	days = (date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31))
	rows = [PlanRow(number, day, D(1)) for number, day in enumerate(days, start=1)]
	assert [part.due_date.isoformat() for part in shifted(rows, 1, DayRule())] == [
		"2027-02-28",
		"2027-03-31",
		"2027-04-30",
	]


def test_a_shift_counts_hijri_months_in_a_hijri_plan() -> None:
	(part,) = shifted(three()[:1], 1, DayRule(Calendar.HIJRI))
	assert to_hijri(date(2027, 1, 1)) == "1448-07-23" and to_hijri(part.due_date) == "1448-08-23"


def test_a_shift_onto_a_weekend_goes_where_the_plan_says_and_never_onto_the_row_before() -> None:
	rows = [PlanRow(1, date(2027, 1, 1), D(1)), PlanRow(2, date(2027, 1, 3), D(1))]
	moved = shifted(rows, 12, DayRule(shift=Shift.NEXT))
	assert [part.due_date for part in moved] == [date(2028, 1, 2), date(2028, 1, 3)]
	near = [PlanRow(1, date(2027, 1, 1), D(1)), PlanRow(2, date(2027, 1, 2), D(1))]
	assert [part.due_date for part in shifted(near, 12, DayRule(shift=Shift.NEXT))] == [
		date(2028, 1, 2),
		date(2028, 1, 3),
	]


def test_a_shift_of_no_months_or_out_of_the_tables_is_refused() -> None:
	for months, expected in ((0, "no_months"), (12 * 60, "date_out_of_range")):
		with pytest.raises(RescheduleError) as raised:
			shifted(three(), months, DayRule())
		assert raised.value.code == expected


@given(
	paid=st.integers(0, 99_900),
	total=st.integers(100_000, 10_000_000),
	old=st.integers(1, 24),
	new=st.integers(1, 36),
)
def test_nothing_is_lost_whatever_was_paid(paid: int, total: int, old: int, new: int) -> None:
	amounts, left, rows = split(D(total) / 100, [1] * old), D(paid) / 100, []
	for number, amount in enumerate(amounts, start=1):
		part = min(left, amount)
		left -= part
		rows.append(PlanRow(number, date(2027 + number // 12, number % 12 + 1, 1), amount, part))
	moving = owed_rows(rows)
	shares = split(sum((row.owed for row in moving), D(0)), [1] * new)
	parts = [Part(date(2031 + n // 12, n % 12 + 1, 1), share) for n, share in enumerate(shares)]
	changed = reschedule(rows, moving, parts, TODAY)
	assert sum(row.amount for row in changed) == D(total) / 100
	assert sum(row.settled for row in changed) == D(paid) / 100
	assert len({row.number for row in changed}) == len(changed)
	days = [row.due_date for row in changed]
	assert days == sorted(set(days))
