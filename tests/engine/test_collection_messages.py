"""One message a customer a day: what it contains, under which keys, and which Message-ID it bears."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.collection.engine.keys import digest_key, message_id, reminder_key
from saudi_crm_billing.collection.engine.messages import overdue_rows, plan_messages, totals
from saudi_crm_billing.collection.engine.payables import Bill, overdue_bill_rows
from saudi_crm_billing.collection.engine.steps import Steps
from saudi_crm_billing.collection.engine.wording import (
	Language,
	amount_text,
	date_text,
	days_text,
	instalment_text,
	languages_for,
	status_text,
)

TODAY = date(2026, 11, 22)  # a Sunday
STEPS = Steps((-3, 0, 1, 7, 14, 30))
ARABIC, ENGLISH = Language.ARABIC, Language.ENGLISH


@dataclass(frozen=True)
class Row:
	customer: str = "Najd"
	sales_invoice: str = "INV-1"
	number: int = 1
	due_date: date = TODAY
	outstanding: Decimal = Decimal("100.00")
	currency: str = "SAR"
	plan: str = "PLAN-1"


def days(count: int) -> date:
	return TODAY + timedelta(days=count)


def keys_of(rows: list[Row], today: date = TODAY, done: frozenset[str] = frozenset()) -> set[str]:
	return {key for message in plan_messages(rows, STEPS, today, done) for key in message.keys}


def test_all_of_a_customer_goes_into_one_message_oldest_first() -> None:
	rows = [Row(), Row(number=2, due_date=days(-7)), Row(customer="Tihama", sales_invoice="INV-2")]
	messages = plan_messages(rows, STEPS, TODAY)
	assert [message.customer for message in messages] == ["Najd", "Tihama"]
	assert [row.number for row in messages[0].rows] == [2, 1]
	assert messages[0].step == 7


def test_an_overdue_row_that_was_said_before_is_shown_but_is_no_reason() -> None:
	old, new = Row(number=1, due_date=days(-9)), Row(number=2, due_date=TODAY)
	done = frozenset({reminder_key("INV-1", 1, 7, days(-9))})
	(message,) = plan_messages([old, new], STEPS, TODAY, done)
	assert [reminder.owed.number for reminder in message.reminders] == [2]
	assert [row.number for row in message.rows] == [1, 2]


def test_rows_not_yet_due_are_shown_only_at_their_step() -> None:
	rows = [Row(number=1), Row(number=2, due_date=days(3)), Row(number=3, due_date=days(4))]
	(message,) = plan_messages(rows, STEPS, TODAY)
	assert [row.number for row in message.rows] == [1, 2]


def test_nothing_new_means_no_message() -> None:
	rows = [Row(due_date=days(-9))]
	assert plan_messages(rows, STEPS, TODAY, keys_of(rows)) == ()


def test_paid_instalments_are_not_reminded() -> None:
	assert plan_messages([Row(outstanding=Decimal(0))], STEPS, TODAY) == ()


def test_nothing_goes_out_on_friday_and_all_of_it_on_sunday() -> None:
	friday = date(2026, 11, 20)
	rows = [Row(due_date=friday)]
	assert plan_messages(rows, STEPS, friday) == ()
	(message,) = plan_messages(rows, STEPS, friday + timedelta(days=2))
	assert message.step == 1


def test_a_moved_due_date_is_a_new_reminder() -> None:
	keys = {reminder_key("INV-1", 1, 0, day) for day in (TODAY, days(1))}
	keys |= {reminder_key("INV-1", 2, 0, TODAY), reminder_key("INV-2", 1, 0, TODAY)}
	keys |= {reminder_key("INV-1", 1, 1, TODAY), reminder_key("INV-1", 1, 0, TODAY, "sms")}
	assert len(keys) == 6
	assert all(len(key) == 40 for key in keys)


def test_keys_do_not_run_into_each_other() -> None:
	assert reminder_key("INV-1", 11, 1, TODAY) != reminder_key("INV-11", 1, 1, TODAY)
	digests = {digest_key("A", "b", day, kind) for day in (TODAY, days(1)) for kind in ("in", "out")}
	assert len(digests) == 4


def test_the_message_id_follows_from_the_keys_alone() -> None:
	assert message_id(["b", "a"], "erp.example") == message_id(["a", "b"], "erp.example")
	assert message_id(["a"], "erp.example") != message_id(["a", "b"], "erp.example")
	assert message_id(["a"], "erp.example").endswith("@erp.example")
	assert len(message_id(["a"], "erp.example")) < 76
	assert message_id(["a"], "bad host>\r\n").endswith("@bad-host---")


def test_overdue_is_strict_and_totals_keep_currencies_apart() -> None:
	rows = [Row(), Row(number=2, due_date=days(-1)), Row(number=3, due_date=days(-2), currency="USD")]
	late = overdue_rows(rows, TODAY)
	assert [row.number for row in late] == [3, 2]
	assert totals(late) == {"SAR": Decimal("100.00"), "USD": Decimal("100.00")}


rows_of_customers = st.lists(
	st.builds(
		Row,
		customer=st.sampled_from(["A", "B", "C"]),
		sales_invoice=st.sampled_from(["INV-1", "INV-2"]),
		number=st.integers(0, 60),
		due_date=st.integers(-100, 30).map(days),
		outstanding=st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("1642.86")]),
	).map(lambda row: replace(row, sales_invoice=f"{row.sales_invoice}-{row.customer}")),
	max_size=30,
	unique_by=lambda row: (row.sales_invoice, row.number),
)


@given(rows=rows_of_customers)
def test_two_runs_say_nothing_twice(rows: list[Row]) -> None:
	first = keys_of(rows)
	assert keys_of(rows, done=frozenset(first)) == set()


@given(rows=rows_of_customers, start=st.integers(-50, 0), gaps=st.lists(st.integers(1, 9), max_size=12))
def test_over_any_days_of_running_no_key_is_in_two_messages(
	rows: list[Row], start: int, gaps: list[int]
) -> None:
	done: set[str] = set()
	for gap in gaps:
		start += gap
		messages = plan_messages(rows, STEPS, days(start), done)
		keys = [key for message in messages for key in message.keys]
		assert len(keys) == len(set(keys)) and not done & set(keys)
		assert len({message.customer for message in messages}) == len(messages)
		done |= set(keys)


@given(rows=rows_of_customers)
def test_every_row_told_is_owed_by_that_customer(rows: list[Row]) -> None:
	for message in plan_messages(rows, STEPS, TODAY):
		assert all(row.customer == message.customer and row.outstanding > 0 for row in message.rows)
		assert {reminder.owed for reminder in message.reminders} <= set(message.rows)


def test_amounts_in_both_languages() -> None:
	assert amount_text(Decimal("1642.855"), "SAR", ENGLISH) == "SAR 1,642.86"
	assert amount_text(Decimal("1642.86"), "SAR", ARABIC) == "1,642.86 ريال"
	assert amount_text(Decimal("5"), "USD", ARABIC) == "5.00 USD"


def test_dates_in_both_calendars() -> None:
	assert date_text(date(2026, 12, 1), ENGLISH) == "1 Dec 2026 (21 Jumada II 1448 AH)"
	assert date_text(date(2026, 12, 1), ARABIC) == "1 ديسمبر 2026 م (21 جمادى الآخرة 1448 هـ)"
	assert date_text(date(2080, 1, 2), ENGLISH) == "2 Jan 2080"


@pytest.mark.parametrize(
	("count", "text"),
	[
		(1, "يومًا واحدًا"),
		(2, "يومين"),
		(3, "3 أيام"),
		(10, "10 أيام"),
		(11, "11 يومًا"),
		(100, "100 يوم"),
		(103, "103 أيام"),
	],
)
def test_arabic_days_follow_the_grammar_of_numbers(count: int, text: str) -> None:
	assert days_text(count, ARABIC) == text


def test_status_is_told_by_today() -> None:
	texts = [status_text(days(count), TODAY, ENGLISH) for count in (3, 1, 0, -1, -4)]
	assert texts == ["Due in 3 days", "Due tomorrow", "Due today", "1 day overdue", "4 days overdue"]
	assert status_text(days(3), TODAY, ARABIC) == "يستحق بعد 3 أيام"
	assert status_text(days(-2), TODAY, ARABIC) == "متأخر يومين"


def test_a_message_is_bilingual_unless_the_language_is_known() -> None:
	assert languages_for("ar") == (ARABIC,)
	assert languages_for("en-US") == (ENGLISH,)
	assert languages_for(None) == languages_for("ur") == (ARABIC, ENGLISH)


def test_instalment_zero_is_the_down_payment() -> None:
	assert instalment_text(0, ENGLISH) == "Down payment"
	assert instalment_text(3, ARABIC) == "3"


def bill(outstanding: str, *rows: tuple[int, str]) -> Bill:
	schedule = tuple((days(count), Decimal(amount)) for count, amount in rows)
	return Bill("PINV-1", "Jeddah Timber", Decimal(outstanding), "SAR", schedule)


@pytest.mark.parametrize(
	("outstanding", "overdue"),
	[
		("300", [(1, "100"), (2, "100")]),
		("250", [(1, "50"), (2, "100")]),
		("150", [(2, "50")]),
		("100", []),
		("0", []),
	],
)
def test_a_bill_is_overdue_by_what_its_payments_leave_oldest_first(
	outstanding: str, overdue: list[tuple[int, str]]
) -> None:
	rows = overdue_bill_rows([bill(outstanding, (-40, "100"), (-1, "100"), (0, "100"))], TODAY)
	assert [(row.number, row.outstanding) for row in rows] == [(n, Decimal(a)) for n, a in overdue]
	assert all(row.due_date < TODAY and row.customer == "Jeddah Timber" for row in rows)


@given(
	amounts=st.lists(st.integers(1, 10**6), min_size=1, max_size=12),
	share=st.integers(0, 100),
	ages=st.lists(st.integers(-60, 60), min_size=12, max_size=12),
)
def test_what_is_overdue_of_a_bill_is_never_more_than_is_owed(
	amounts: list[int], share: int, ages: list[int]
) -> None:
	total = sum(amounts)
	owed = Decimal(total * share // 100)
	schedule = tuple((days(age), Decimal(amount)) for age, amount in zip(sorted(ages), amounts, strict=False))
	rows = overdue_bill_rows([Bill("PINV-1", "S", owed, "SAR", schedule)], TODAY)
	future = sum(amount for due, amount in schedule if due >= TODAY)
	assert sum(row.outstanding for row in rows) == max(Decimal(0), owed - future)
