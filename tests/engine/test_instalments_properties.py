"""Whatever was agreed: exact sums, rising dates, one instalment a salary, never beyond the calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from saudi_crm_billing.common.dates import (
	LAST_DATE,
	SAUDI_WEEKEND,
	Calendar,
	Shift,
	is_workday,
	shift_to_workday,
	to_hijri,
)
from saudi_crm_billing.instalments.engine.schedule import (
	Frequency,
	IrregularRow,
	PlanError,
	PlanTerms,
	Salary,
	ScheduledInstalment,
	build_schedule,
)

BY_MONTHS = [frequency for frequency in Frequency if frequency.months]


@st.composite
def plan_terms(draw: st.DrawFn, **fixed: Any) -> PlanTerms:
	count = draw(st.integers(1, 60))
	halalas = draw(st.integers(10_000, 89_999_999_999))
	down = draw(st.one_of(st.just(0), st.integers(0, halalas - 10_000)))
	start = draw(st.dates(date(2020, 1, 1), date(2050, 1, 1)))
	frequency = draw(st.sampled_from(Frequency))
	values: dict[str, Any] = {
		"total": Decimal(halalas) / 100,
		"count": count,
		"start": start,
		"calendar": draw(st.sampled_from(Calendar)),
		"down_payment": Decimal(down) / 100,
		"day": draw(st.one_of(st.none(), st.integers(1, 30))) if frequency.months else None,
		"shift": draw(st.sampled_from(Shift)),
		"frequency": frequency,
		"every": draw(st.integers(1, 3)),
		"holidays": frozenset(start + timedelta(days=draw(st.integers(0, 400))) for _ in range(5)),
		"down_payment_on": draw(st.one_of(st.none(), st.just(start - timedelta(days=9)))),
	}
	return PlanTerms(**{**values, **draw(parts(count, halalas - down)), **fixed})


@st.composite
def parts(draw: st.DrawFn, count: int, halalas: int) -> dict[str, Any]:
	"""Equal instalments, a larger last one, or one by one."""
	kind = draw(st.sampled_from(["equal", "balloon", "irregular"]))
	low, high = halalas // count + 2, halalas - (count - 1)
	if kind == "balloon" and count > 1 and low <= high:
		return {"balloon": Decimal(draw(st.integers(low, high))) / 100}
	if kind == "irregular":
		cuts = sorted(draw(st.sets(st.integers(1, 99), max_size=30)))
		percents = [after - before for before, after in zip([0, *cuts], [*cuts, 100], strict=True)]
		months = draw(st.sets(st.integers(0, 90), min_size=len(percents), max_size=len(percents)))
		rows = zip(sorted(months), percents, strict=True)
		return {
			"rows": tuple(IrregularRow(month, Decimal(percent)) for month, percent in rows),
			"count": len(percents),
		}
	return {}


@st.composite
def salary_terms(draw: st.DrawFn) -> PlanTerms:
	calendar = draw(st.sampled_from(Calendar))
	return draw(
		plan_terms(
			calendar=calendar,
			frequency=draw(st.sampled_from(BY_MONTHS)),
			salary=Salary(draw(st.integers(1, 31)), draw(st.sampled_from(Shift))),
			on_salary_day=calendar is Calendar.GREGORIAN and draw(st.booleans()),
			one_per_salary=True,
		)
	)


def built(terms: PlanTerms) -> tuple[ScheduledInstalment, ...]:
	"""The rows; years beyond the calendar are refused with these words and no others."""
	try:
		return build_schedule(terms)
	except PlanError as error:
		assert error.code == "date_out_of_range"
		reject()


def salaries(terms: PlanTerms, until: date) -> list[date]:
	"""Every salary from two months before the plan on, computed month by month."""
	paid = []
	for index in range(terms.start.year * 12 - 3, until.year * 12 + 14):
		year, month = divmod(index, 12)
		day = date(year, month + 1, min(terms.salary.day, monthrange(year, month + 1)[1]))
		paid.append(shift_to_workday(day, terms.salary.shift, terms.weekend, terms.holidays))
	return paid


@settings(max_examples=400)
@given(plan_terms())
def test_any_schedule_adds_up_and_rises(terms: PlanTerms) -> None:
	rows = built(terms)
	assert sum(row.amount for row in rows) == terms.total
	assert all(row.amount > 0 for row in rows)
	dates = [row.due_date for row in rows]
	assert dates == sorted(set(dates))
	assert dates[-1] <= LAST_DATE
	assert dates[0] >= (terms.down_payment_on or terms.start if terms.down_payment else terms.start)
	assert [row.due_date_hijri for row in rows] == [to_hijri(day) for day in dates]
	numbers = [row.number for row in rows]
	assert numbers == list(range(0 if terms.down_payment else 1, terms.count + 1))


@settings(max_examples=300)
@given(plan_terms())
def test_core_recomputes_every_amount_from_its_portion(terms: PlanTerms) -> None:
	"""ERPNext: flt(total * flt(portion) / 100, 2), in floats, under any of its rounding methods."""
	for row in built(terms):
		recomputed = float(terms.total) * float(row.portion) / 100
		assert abs(Decimal(recomputed) - row.amount) < Decimal("0.0049")


@settings(max_examples=300)
@given(plan_terms())
def test_a_larger_last_instalment_is_the_last_and_the_largest(terms: PlanTerms) -> None:
	if not terms.balloon:
		reject()
	instalments = [row.amount for row in built(terms) if row.number]
	assert instalments[-1] == terms.balloon
	assert terms.balloon > max(instalments[:-1])
	assert max(instalments[:-1]) - min(instalments[:-1]) <= Decimal("0.01")


@settings(max_examples=300)
@given(plan_terms())
def test_shifted_instalments_fall_on_workdays(terms: PlanTerms) -> None:
	if terms.shift is Shift.NONE:
		reject()
	due = [row.due_date for row in built(terms) if row.number]
	assert all(is_workday(day, SAUDI_WEEKEND, terms.holidays) for day in due)


@settings(max_examples=400)
@given(salary_terms())
def test_no_two_instalments_fall_between_one_salary_and_the_next(terms: PlanTerms) -> None:
	due = [row.due_date for row in built(terms) if row.number]
	paid = salaries(terms, due[-1])
	for before, after in pairwise(due):
		assert any(before < salary <= after for salary in paid), (before, after)


@settings(max_examples=200)
@given(plan_terms(), st.integers(0, 10**9))
def test_a_minimum_is_kept_or_refused_with_the_row(terms: PlanTerms, halalas: int) -> None:
	least = min(row.amount for row in built(terms) if row.number)
	minimum = Decimal(halalas) / 100
	demanding = PlanTerms(**{**vars(terms), "minimum": minimum})
	if minimum <= least:
		assert build_schedule(demanding) == build_schedule(terms)
		return
	try:
		build_schedule(demanding)
	except PlanError as error:
		assert error.code == ("below_minimum" if minimum <= terms.rest else "rest_below_minimum")
	else:
		raise AssertionError(f"{least} is below {minimum}")
