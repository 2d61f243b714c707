"""What a template can ask for, on documents: frequency, day, parts, limits; and templates that contradict themselves."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from frappe.model.document import Document

from saudi_crm_billing.instalments.errors import InstalmentPlanError

ROWS = [
	{"months_after": 0, "percent": 50},
	{"months_after": 2, "percent": 25},
	{"months_after": 7, "percent": 25},
]


def planned(total: float = 1_000, date: str = "2027-01-31", **values: Any) -> Document:
	"""A draft invoice of `date` with a template of its own."""
	steps.a_template("Test Rules", **{"instalment_count": 4, **values})
	return make.a_sales_invoice(
		items=[make.line(rate=total)],
		posting_date=date,
		set_posting_time=1,
		scb_plan_template="Test Rules",
		disable_rounded_total=1,
	).insert()


def rows(invoice: Document) -> list[tuple[str, float]]:
	return [(str(row.due_date), row.payment_amount) for row in invoice.payment_schedule]


@pytest.mark.parametrize(
	("values", "expected"),
	[
		({"frequency": "Week"}, ["2027-02-28", "2027-03-07", "2027-03-14", "2027-03-21"]),
		({"frequency": "Quarter"}, ["2027-02-28", "2027-05-28", "2027-08-28", "2027-11-28"]),
		({"frequency": "Day", "every": 10}, ["2027-02-28", "2027-03-10", "2027-03-20", "2027-03-30"]),
		(
			{"first_due_after_months": 0, "first_due_after_days": 10},
			["2027-02-10", "2027-03-10", "2027-04-10", "2027-05-10"],
		),
		({"day_rule": "Last day of the month"}, ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
		# 27 March 2027 is a Saturday; the 27th of February too.
		(
			{"day_rule": "Salary day", "first_due_after_months": 0},
			["2027-02-28", "2027-03-28", "2027-04-27", "2027-05-27"],
		),
		(
			{"day_rule": "Salary day", "first_due_after_months": 0, "salary_shift": "Previous workday"},
			["2027-02-25", "2027-03-25", "2027-04-27", "2027-05-27"],
		),
		(
			{
				"frequency": "Month",
				"calendar": "Hijri",
				"one_per_salary_cycle": 1,
				"first_due_after_days": 26,
			},
			["2027-03-28", "2027-04-27", "2027-05-27", "2027-06-27"],
		),
	],
)
def test_the_dates_follow_the_template(site: ModuleType, values: dict[str, Any], expected: list[str]) -> None:
	assert [date for date, _amount in rows(planned(**values))] == expected


@pytest.mark.parametrize(
	("values", "expected"),
	[
		({"down_payment_amount": 200}, [200, 200, 200, 200, 200]),
		({"down_payment_percent": 20}, [200, 200, 200, 200, 200]),
		({"balloon_percent": 40}, [200, 200, 200, 400]),
		({"balloon_amount": 700.03}, [99.99, 99.99, 99.99, 700.03]),
		({"balloon_amount": 500, "down_payment_percent": 20}, [200, 100, 100, 100, 500]),
		({"irregular_rows": ROWS, "down_payment_amount": 200}, [200, 400, 200, 200]),
		({"minimum_instalment": 250}, [250, 250, 250, 250]),
	],
)
def test_the_amounts_follow_the_template(
	site: ModuleType, values: dict[str, Any], expected: list[float]
) -> None:
	assert [amount for _date, amount in rows(planned(**values))] == expected


def test_irregular_rows_set_the_number_and_the_months(site: ModuleType) -> None:
	invoice = planned(irregular_rows=ROWS)
	assert frappe.db.get_value("Instalment Plan Template", "Test Rules", "instalment_count") == 3
	assert rows(invoice) == [("2027-02-28", 500), ("2027-04-28", 250), ("2027-09-28", 250)]


@pytest.mark.parametrize(
	("values", "message"),
	[
		(
			{"minimum_instalment": 250.01},
			r"would be 250.00, less than the minimum of 250.01. 1,000.00 allows 3",
		),
		({"maximum_months": 3}, r"due on .*; 3 months allow .* at the latest"),
		({"balloon_amount": 999.99}, r"999.99 leaves nothing of 1,000.00 for the 3 instalments"),
		({"down_payment_amount": 1_000}, r"down payment of 1,000.00 must be less than the total of 1,000.00"),
	],
)
def test_a_document_that_cannot_meet_its_template_is_refused(
	site: ModuleType, values: dict[str, Any], message: str
) -> None:
	if "maximum_months" in values:  # the template alone allows it; a later first due date does not
		steps.a_template("Test Rules", instalment_count=3, maximum_months=3)
		wishes = {"scb_plan_template": "Test Rules", "scb_first_due_date": "2099-01-01"}
		wishes["scb_first_due_date"] = frappe.utils.add_months(frappe.utils.nowdate(), 2)
		with pytest.raises(InstalmentPlanError, match=message):
			make.a_sales_invoice(**wishes).insert()
		return
	with pytest.raises(InstalmentPlanError, match=message):
		planned(**values)


def test_a_count_that_irregular_rows_do_not_have_is_refused(site: ModuleType) -> None:
	steps.a_template("Test Rules", irregular_rows=ROWS)
	with pytest.raises(InstalmentPlanError, match="sets 3 instalments one by one; 5 cannot be made of it"):
		make.a_sales_invoice(scb_plan_template="Test Rules", scb_instalment_count=5).insert()


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"down_payment_percent": 10, "down_payment_amount": 5}, r"Give Down Payment \(%\) or Down Payment"),
		({"balloon_percent": 10, "balloon_amount": 5}, r"Give Last Instalment \(%\) or Last Instalment"),
		({"balloon_percent": 101}, r"Last Instalment \(%\) must be at least 0 and less than 100"),
		({"balloon_percent": 20}, "would not be larger than the others"),
		({"balloon_amount": 5, "instalment_count": 1}, "needs at least 2 instalments; the plan has 1"),
		({"balloon_amount": 5, "irregular_rows": ROWS}, "not both"),
		(
			{"balloon_amount": 50, "minimum_instalment": 50},
			"50.00 would not be larger than the others of 50.00",
		),
		({"irregular_rows": ROWS[:2]}, "add up to 75 %"),
		({"irregular_rows": [ROWS[0], {"months_after": 0, "percent": 50}]}, "not later than the one before"),
		({"maximum_months": 3}, "3 months allow"),
		({"frequency": "Week", "due_day": 27}, "A day of the month cannot be kept"),
		({"frequency": "Week", "one_per_salary_cycle": 1}, "follow every 7 days"),
		({"day_rule": "Salary day", "calendar": "Hijri"}, "Salaries are paid by the Gregorian calendar"),
		({"day_rule": "Salary day", "salary_day": 32}, "Choose a day from 1 to 31"),
		({"first_due_after_days": 10**9}, "outside 1343 to 1500 AH"),
		({"frequency": "Year", "instalment_count": 60}, "outside 1343 to 1500 AH"),
	],
)
def test_a_template_that_contradicts_itself_is_refused(
	site: ModuleType, values: dict[str, Any], message: str
) -> None:
	with pytest.raises(InstalmentPlanError, match=message):
		steps.a_template("Test Impossible", **{"instalment_count": 4, **values})


@pytest.mark.parametrize(
	"values",
	[
		{"balloon_amount": 4_001, "down_payment_percent": 99, "minimum_instalment": 4_000},
		{"balloon_amount": 999_999_999, "down_payment_amount": 999_999_999},
		{"minimum_instalment": 500_000},
		{"irregular_rows": ROWS, "maximum_months": 8},
		{"due_day": 30, "calendar": "Hijri", "frequency": "Year", "one_per_salary_cycle": 1},
	],
)
def test_a_template_that_some_amount_can_meet_is_taken(site: ModuleType, values: dict[str, Any]) -> None:
	assert steps.a_template("Test Possible", **{"instalment_count": 4, **values}) == "Test Possible"
