"""Cash to come in by week, as agreed and in a case."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.instalments.engine.forecast import Case, Debt, forecast

TUESDAY = date(2026, 11, 24)
SATURDAY, SUNDAY = date(2026, 11, 28), date(2026, 11, 29)


def debt(day: date, amount: str = "100", slower: bool = False) -> Debt:
	return Debt(day, Decimal(amount), slower)


def agreed(debts: list[Debt], case: Case | None = None) -> list[tuple[Decimal, Decimal]]:
	told = forecast(debts, TUESDAY, 2, case or Case())
	return [(span.agreed, span.in_case) for span in (told.overdue, *told.weeks, told.later)]


def test_weeks_end_on_saturday_and_the_first_begins_today() -> None:
	told = forecast([], TUESDAY, 2, Case())
	assert [(week.first, week.last) for week in told.weeks] == [
		(TUESDAY, SATURDAY),
		(SUNDAY, date(2026, 12, 5)),
	]
	assert (told.overdue.last, told.later.first) == (date(2026, 11, 23), date(2026, 12, 6))


def test_a_debt_is_in_the_week_of_its_due_date() -> None:
	days = [date(2026, 11, 23), TUESDAY, SATURDAY, SUNDAY, date(2026, 12, 5), date(2026, 12, 6)]
	assert [amount for amount, _case in agreed([debt(day) for day in days])] == [100, 200, 200, 100]


def test_everyone_late_moves_the_money_to_later_weeks() -> None:
	assert agreed([debt(SATURDAY), debt(SUNDAY)], Case(late_days=7)) == [
		(0, 0),
		(100, 0),
		(100, 100),
		(0, 100),
	]


def test_one_customer_late_moves_that_customers_money_alone() -> None:
	debts = [debt(SATURDAY), debt(SATURDAY, "40", slower=True)]
	told = forecast(debts, TUESDAY, 2, Case(slower_days=1))
	assert [(week.agreed, week.in_case, week.gap) for week in told.weeks] == [(140, 100, -40), (0, 40, 40)]
	assert told.deepest == (Decimal(-40), told.weeks[0])


def test_a_part_that_never_comes_is_rounded_once_a_week() -> None:
	debts = [debt(SATURDAY, "0.10"), debt(TUESDAY, "0.10"), debt(date(2026, 1, 1), "99.99")]
	assert agreed(debts, Case(lost=Decimal("12.5")))[:2] == [
		(Decimal("99.99"), Decimal("87.49")),
		(Decimal("0.20"), Decimal("0.18")),
	]


@given(
	st.lists(st.tuples(st.integers(-60, 200), st.integers(1, 10**6), st.booleans()), max_size=20),
	st.integers(0, 90),
	st.integers(0, 90),
)
def test_no_money_is_lost_or_made(drawn: list[tuple[int, int, bool]], late: int, slower: int) -> None:
	debts = [Debt(TUESDAY + timedelta(days=day), Decimal(amount), flag) for day, amount, flag in drawn]
	told = forecast(debts, TUESDAY, 13, Case(late, Decimal(0), slower))
	spans = (told.overdue, *told.weeks, told.later)
	whole = sum(one.amount for one in debts)
	assert sum(span.agreed for span in spans) == sum(span.in_case for span in spans) == whole
