"""Customer Statement of Instalments: ties to the Payment Ledger, names vouchers, and only what the user may see."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import factories as make
import instalments_book as books
import instalments_helpers as sell
import pytest
from frappe.utils import add_days, add_months, getdate, nowdate
from instalments_book import COMPANY, book, figures_of, opened, rows_of, site, today
from test_instalments_prints_money import with_deduction

__all__ = ["book", "opened", "site"]

REPORT = "Customer Statement of Instalments"
NAJD, TIHAMA, HIJAZ, TABUK = books.CUSTOMERS

LEDGER = """
	select coalesce(sum(e.amount_in_account_currency), 0) from `tabPayment Ledger Entry` e
	where e.delinked = 0 and e.party = %(customer)s and e.company = %(company)s
	and e.against_voucher_type = 'Sales Invoice'"""
NOT_YET_DUE = """
	select coalesce(sum(i.amount), 0) from `tabInstalment` i
	join `tabSales Invoice` s on s.name = i.sales_invoice and s.docstatus = 1
	where s.customer = %(customer)s and s.company = %(company)s and i.due_date > %(day)s"""


def report(customer: str | None = NAJD, **filters: Any) -> dict[str, Any]:
	return books.report(REPORT, **{"customer": customer, "from_date": "2024-01-01", **filters})


def ledger(site: ModuleType, customer: str) -> float:
	return float(site.db.sql(LEDGER, {"customer": customer, "company": COMPANY})[0][0])


def not_yet_due(site: ModuleType, customer: str, day: str) -> float:
	return float(site.db.sql(NOT_YET_DUE, {"customer": customer, "company": COMPANY, "day": day})[0][0])


@pytest.mark.parametrize("customer", books.CUSTOMERS)
def test_the_end_ties_to_the_payment_ledger(site: ModuleType, book: dict[str, Any], customer: str) -> None:
	*_movements, closing, later, owed = rows_of(report(customer))
	assert owed["balance"] == pytest.approx(ledger(site, customer), abs=0.001)
	assert later["balance"] == pytest.approx(not_yet_due(site, customer, nowdate()), abs=0.001)
	assert closing["balance"] == pytest.approx(owed["balance"] - later["balance"], abs=0.001)


def test_the_balance_runs_from_what_was_open_before(site: ModuleType, book: dict[str, Any]) -> None:
	whole = rows_of(report())[1:-3]
	start = whole[2]["date"]
	opening, *movements = rows_of(report(from_date=str(start)))[:-3]
	before = [row for row in whole if row["date"] < start]
	assert opening["text"] == "Opening Balance" and before
	assert opening["balance"] == pytest.approx(before[-1]["balance"], abs=0.001)
	balance = opening["balance"]
	for row in movements:
		balance += (row["debit"] or 0) - (row["credit"] or 0)
		assert row["balance"] == pytest.approx(balance, abs=0.001)
	assert [row["balance"] for row in movements] == [row["balance"] for row in whole[len(before) :]]


def test_a_payment_names_the_instalments_that_it_settled(site: ModuleType, book: dict[str, Any]) -> None:
	(paid,) = [row for row in rows_of(report()) if row.get("credit")]
	assert (paid["credit"], paid["document_type"]) == (450, "Payment Entry")
	assert paid["settles"] == "1: 333.34, 2: 116.66"
	assert site.db.get_value("Payment Entry", paid["document"], "paid_amount") == 450


def test_a_journal_and_a_credit_note_are_told_apart(site: ModuleType, book: dict[str, Any]) -> None:
	note = sell.a_credit_note(book["long late"], 40)
	sell.a_journal_receipt(book["long late"], 30)
	credits = {row["text"]: row for row in rows_of(report()) if row.get("credit")}
	assert credits["Credit Note"]["document"] == note.name and credits["Credit Note"]["credit"] == 40
	assert credits["Journal Entry"]["credit"] == 30
	assert rows_of(report())[-1]["balance"] == pytest.approx(ledger(site, NAJD), abs=0.001)


def test_a_payment_with_a_rebate_is_two_rows(site: ModuleType, book: dict[str, Any]) -> None:
	"""Money first, so a deduction settles what comes last of the payment; the balance is as it was."""
	payment = with_deduction(book["long late"], 120, 30)
	*movements, owed = rows_of(report())
	own = [row for row in movements if row.get("document") == payment.name]
	assert [(row["text"], row["credit"], row["settles"]) for row in own] == [
		("Payment Entry", 120, "1: 100.00, 2: 20.00"),
		("Rebates and Deductions", 30, "2: 30.00"),
	]
	assert {row["document_type"] for row in own} == {"Payment Entry"}
	assert own[0]["balance"] - own[1]["balance"] == pytest.approx(30)
	assert owed["balance"] == pytest.approx(ledger(site, NAJD), abs=0.001)
	told = [
		(row["settled"], row.get("state_name"))
		for row in rows_of(report(view="Instalments"))
		if row.get("document") == payment.name
	]
	assert told == [(100, None), (20, None), (30, "Rebates and Deductions")]


def test_a_journal_in_place_of_a_rebate_is_one_row(site: ModuleType, book: dict[str, Any]) -> None:
	journal = sell.a_journal_receipt(book["long late"], 30, "Marketing Expenses")
	own = [row for row in rows_of(report()) if row.get("document") == journal.name]
	assert [(row["text"], row["credit"]) for row in own] == [("Journal Entry", 30)]


def test_a_charge_outside_the_plan_is_in_the_balance(site: ModuleType, book: dict[str, Any]) -> None:
	sell.a_journal_receipt(book["not due"], -15)
	rows = rows_of(report(HIJAZ, to_date=add_days(nowdate(), 1)))
	(charge,) = [row for row in rows if row.get("document_type") == "Journal Entry"]
	assert (charge["debit"], charge["settles"]) == (15, "")
	assert rows[-1]["balance"] == pytest.approx(ledger(site, HIJAZ), abs=0.001) == pytest.approx(1249.56)


def test_a_cancelled_payment_is_gone(site: ModuleType, book: dict[str, Any]) -> None:
	payment = sell.pay(book["long late"], 100)
	assert payment.name in {row.get("document") for row in rows_of(report())}
	site.get_doc("Payment Entry", payment.name).cancel()
	site.db.commit()
	assert payment.name not in {row.get("document") for row in rows_of(report())}
	assert rows_of(report())[-1]["balance"] == pytest.approx(ledger(site, NAJD), abs=0.001)


def test_every_instalment_with_what_settled_it(site: ModuleType, book: dict[str, Any]) -> None:
	*rows, total = rows_of(report(view="Instalments"))
	instalments = [row for row in rows if row.get("plan")]
	stored = site.get_all(
		"Instalment", {"customer": NAJD}, ["parent", "number", "paid", "credited", "outstanding"]
	)
	assert len(instalments) == len(stored) == 6
	for one in stored:
		place = next(
			i
			for i, row in enumerate(rows)
			if (row.get("plan"), row.get("number")) == (one.parent, one.number)
		)
		settled = 0
		for row in rows[place + 1 :]:
			if row.get("plan"):
				break
			settled += row["settled"]
		assert rows[place]["outstanding"] == one.outstanding
		assert settled == pytest.approx(one.paid + one.credited, abs=0.001)
	assert total["outstanding"] == pytest.approx(ledger(site, NAJD), abs=0.001)
	assert total["settled"] == pytest.approx(450, abs=0.001)


def test_a_customer_with_plans_in_dollars(site: ModuleType, book: dict[str, Any]) -> None:
	answer = report(TABUK)
	assert {row["currency"] for row in rows_of(answer)} == {"USD"}
	assert figures_of(answer)["Owed in All"] == pytest.approx(99.99)
	assert rows_of(report(TABUK, currency="SAR"))[-1]["balance"] == 0


def test_a_customer_without_plans_has_a_balance_of_nothing(site: ModuleType, book: dict[str, Any]) -> None:
	answer = report(make.a_customer("Nobody Yet"))
	assert [row["balance"] for row in rows_of(answer)] == [0, 0, 0, 0]


def test_no_customer_and_a_span_the_wrong_way_round_are_refused(
	site: ModuleType, book: dict[str, Any]
) -> None:
	with pytest.raises(site.ValidationError, match=r"Choose a customer\."):
		report(None)
	with pytest.raises(site.ValidationError, match="the end is before the beginning"):
		report(from_date=nowdate(), to_date=add_days(nowdate(), -1))


def test_the_days_at_both_ends_are_in_it(site: ModuleType, book: dict[str, Any]) -> None:
	day = getdate(add_months(book["long late"].posting_date, 1))
	rows = rows_of(report(from_date=str(day), to_date=str(day)))
	assert [row["date"] for row in rows if row.get("debit")] == [day]
	assert day < today()


def test_another_customer_is_not_told(site: ModuleType, book: dict[str, Any]) -> None:
	from saudi_crm_billing.instalments.report.customer_statement_of_instalments import (
		customer_statement_of_instalments as direct,
	)

	user = books.a_clerk("Sales Manager")
	site.permissions.add_user_permission("Customer", TIHAMA, user)
	site.set_user(user)
	assert rows_of(report(TIHAMA))[-1]["balance"] > 0
	for ask in (report, lambda: direct.execute({"company": COMPANY, "customer": NAJD})):
		with pytest.raises(site.PermissionError):
			ask()


def test_another_company_and_no_role_are_refused(site: ModuleType, book: dict[str, Any]) -> None:
	books.check_who_is_refused(report)


@pytest.mark.parametrize("view", ["Movements", "Instalments"])
def test_the_spreadsheet_is_arabic_with_real_numbers(
	site: ModuleType, book: dict[str, Any], view: str
) -> None:
	site.local.lang = "ar"
	head, *rows = books.spreadsheet(report(view=view))
	assert [label for label in head if label.isascii()] == []
	amount = head.index("الرصيد" if view == "Movements" else "المتبقي")
	assert any(isinstance(row[amount], float) for row in rows)
	words = {str(cell) for row in rows for cell in row}
	assert not words & {"Payment Entry", "Opening Balance", "Total", "Late"}
