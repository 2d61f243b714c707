"""An early settlement: quoted by the ledger, paid in one go to exactly zero, ended by whatever makes it untrue."""

from __future__ import annotations

import re
from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
import rescheduling_helpers as change
import settling_helpers as settle
from frappe.model.document import Document
from frappe.translate import print_language
from frappe.utils import add_days, add_months, getdate, nowdate
from pymysql.err import IntegrityError

from saudi_crm_billing.instalments.errors import InstalmentPlanError
from saudi_crm_billing.instalments.settings import settings_of
from saudi_crm_billing.instalments.settling.api import receive_payment
from saudi_crm_billing.instalments.settling.tasks import expire_settlement_quotes


def pointer(invoice: Document) -> str | None:
	return frappe.db.get_value("Instalment Plan", invoice.scb_instalment_plan, "settlement_quote")


def state(quote: Document) -> tuple[str, str | None]:
	quote.reload()
	return quote.status, quote.open_key


def test_a_quote_says_what_is_owed_given_up_and_to_pay(site: ModuleType) -> None:
	settle.settings(quote_days=10)
	invoice = change.an_overdue_invoice(months_ago=2)
	steps.pay(invoice, 50)
	quote = settle.an_open_quote(invoice)
	assert (quote.outstanding, quote.rebate, quote.amount_to_pay) == (250, 30, 220)
	assert quote.late == 50 and quote.customer_name == "Najd Furniture"
	assert [(row.number, row.outstanding) for row in quote.rows] == [(1, 50), (2, 100), (3, 100)]
	assert quote.valid_until == getdate(add_days(nowdate(), 10))
	assert state(quote) == ("Open", quote.plan) and pointer(invoice) == quote.name


def test_the_unearned_margin_is_given_back_but_for_the_kept_months(site: ModuleType) -> None:
	settle.settings(kept_months=1)
	invoice = steps.a_plan_invoice()
	settle.with_margin(invoice, 10)
	steps.pay(invoice, 150)
	quote = settle.a_quote(invoice, rebate_kind="Unearned Margin", rebate_amount=0)
	assert [(row.margin, row.unearned) for row in quote.rows] == [(5, 5), (10, 10)]
	assert (quote.kept_months, quote.unearned, quote.rebate, quote.amount_to_pay) == (1, 15, 15, 135)
	settle.settings(kept_months=2)
	assert settle.a_quote(invoice, rebate_kind="Unearned Margin").rebate == 10


def test_one_click_settles_the_invoice_to_zero(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(1000.01)
	quote = settle.an_open_quote(invoice, rebate_amount=33.34)
	payment = settle.receive(quote)
	assert settle.posted(payment) == {
		make.account("Cash"): 966.67,
		make.account("Rebates Granted"): 33.34,
		make.account("Debtors"): -1000.01,
	}
	assert invoice.reload().outstanding_amount == 0 and invoice.status == "Paid"
	assert steps.outstanding(invoice) == [0, 0, 0]
	assert frappe.db.get_value("Instalment Plan", invoice.scb_instalment_plan, "status") == "Completed"
	assert state(quote) == ("Paid", None)
	assert (quote.payment_entry, quote.paid_on) == (payment.name, getdate())


def test_without_a_rebate_the_whole_debt_is_paid(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	quote = settle.an_open_quote(invoice, rebate_kind="None")
	payment = settle.receive(quote)
	assert not payment.deductions and invoice.reload().outstanding_amount == 0


def test_a_foreign_invoice_is_settled_to_zero_in_both_currencies(site: ModuleType) -> None:
	from test_instalments_reschedule import an_invoice_in_dollars

	invoice = an_invoice_in_dollars()
	quote = settle.an_open_quote(invoice, rebate_kind="Percent", rebate_percent=7.77)
	assert (quote.rebate, quote.amount_to_pay) == (7.77, 92.24)
	payment = settle.receive(quote)
	assert invoice.reload().outstanding_amount == 0 and state(quote) == ("Paid", None)
	assert payment.difference_amount == 0
	assert round(sum(settle.posted(payment).values()), 2) == 0


def test_a_second_open_quote_is_refused_by_message_and_by_the_database(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	first = settle.an_open_quote(invoice)
	second = settle.a_quote(invoice)
	with pytest.raises(InstalmentPlanError, match=f"{first.name} is open for this plan until"):
		second.submit()
	with pytest.raises(IntegrityError, match="for key 'open_key'"):
		second.reload().db_set("open_key", second.plan)
	assert state(second)[0] == "Draft"


@pytest.mark.parametrize("voucher", [steps.pay, steps.a_journal_receipt, steps.a_credit_note])
def test_whatever_moves_the_ledger_voids_it(site: ModuleType, voucher: object) -> None:
	invoice = steps.a_plan_invoice()
	quote = settle.an_open_quote(invoice)
	voucher(invoice, 40)
	assert state(quote) == ("Void", None)
	assert quote.void_reason == "What is owed changed from 300.00 to 260.00."
	assert quote.void_reason_ar == "تغير المبلغ المستحق من 300.00 إلى 260.00."
	assert pointer(invoice) is None
	settle.an_open_quote(invoice)


def test_a_reschedule_voids_it(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	quote = settle.an_open_quote(invoice)
	document = change.rescheduled(invoice)
	assert state(quote) == ("Void", None)
	assert quote.void_reason == f"The plan was rescheduled ({document.name})."


def test_cancelling_its_payment_opens_it_again(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	quote = settle.an_open_quote(invoice)
	settle.receive(quote).cancel()
	frappe.db.commit()
	assert state(quote) == ("Open", quote.plan) and quote.payment_entry is None
	settle.receive(quote)
	assert state(quote) == ("Paid", None)


def test_cancelling_its_payment_after_its_day_voids_it(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	quote = settle.an_open_quote(invoice)
	payment = settle.receive(quote)
	frappe.db.set_value("Settlement Quote", quote.name, "valid_until", add_days(nowdate(), -1))
	payment.cancel()
	frappe.db.commit()
	assert state(quote) == ("Void", None)
	assert quote.void_reason == f"Its payment {payment.name} no longer settles it."
	assert steps.outstanding(invoice) == [100, 100, 100]


def test_it_ends_by_itself_after_its_day(site: ModuleType) -> None:
	invoice, other = steps.a_plan_invoice(), steps.a_plan_invoice()
	ended, last_day = settle.an_open_quote(invoice), settle.an_open_quote(other)
	frappe.db.set_value("Settlement Quote", ended.name, "valid_until", add_days(nowdate(), -1))
	frappe.db.set_value("Settlement Quote", last_day.name, "valid_until", nowdate())
	assert expire_settlement_quotes() == [ended.name]
	assert state(ended) == ("Expired", None) and pointer(invoice) is None
	assert state(last_day) == ("Open", last_day.plan)
	with pytest.raises(InstalmentPlanError, match=f"{ended.name} is Expired and cannot be paid"):
		settle.receive(ended)


def test_a_payment_dated_after_its_last_day_is_refused(site: ModuleType) -> None:
	quote = settle.an_open_quote(steps.a_plan_invoice())
	with pytest.raises(InstalmentPlanError, match=f"{quote.name} was valid until"):
		settle.receive(quote, posting_date=str(add_days(quote.valid_until, 1)))


def test_it_is_withdrawn_by_hand_and_its_paid_one_is_not(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	quote = settle.an_open_quote(invoice)
	quote.cancel()
	assert state(quote) == ("Void", None) and quote.void_reason == "Withdrawn by Administrator."
	assert pointer(invoice) is None
	paid = settle.an_open_quote(invoice)
	payment = settle.receive(paid)
	with pytest.raises(InstalmentPlanError, match=f"{paid.name} was paid by {payment.name}"):
		paid.cancel()


@pytest.mark.parametrize("paid", [False, True])
def test_cancelling_the_invoice_voids_it(site: ModuleType, paid: bool) -> None:
	invoice = steps.a_plan_invoice()
	quote = settle.an_open_quote(invoice)
	if paid:
		settle.receive(quote)
	invoice.reload().cancel()
	frappe.db.commit()
	assert state(quote) == ("Void", None)
	assert quote.void_reason == f"The invoice {invoice.name} was cancelled."


def test_settings_hold_in_the_request_that_makes_them(site: ModuleType) -> None:
	assert settings_of(make.COMPANY).quote_days == 7
	settle.settings(quote_days=3)
	assert settings_of(make.COMPANY).quote_days == 3
	frappe.delete_doc("Instalment Settings", make.COMPANY, force=True)
	assert settings_of(make.COMPANY).quote_days == 7


def test_a_rebate_needs_its_account(site: ModuleType) -> None:
	settle.settings(rebate_account=None)
	with pytest.raises(InstalmentPlanError, match="Enter the Rebate Account in the Instalment Settings"):
		settle.a_quote(steps.a_plan_invoice()).submit()


@pytest.mark.parametrize(
	("values", "said"),
	[
		({"rebate_amount": 300}, r"300\.00 leaves nothing of 300\.00"),
		({"rebate_amount": 0}, r"The rebate is 0\.00"),
		({"rebate_kind": "Percent", "rebate_percent": 100}, "rebate of 100 % cannot be given"),
		({"valid_until": "2020-01-01"}, "before its settlement day"),
	],
)
def test_what_is_no_quote_is_refused(site: ModuleType, values: dict[str, object], said: str) -> None:
	with pytest.raises(InstalmentPlanError, match=said):
		settle.a_quote(steps.a_plan_invoice(), **values)


def test_a_settled_plan_has_nothing_to_quote(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 300)
	with pytest.raises(InstalmentPlanError, match="there is nothing to settle"):
		settle.a_quote(invoice)


def test_a_rebate_above_the_limit_is_for_the_role(site: ModuleType) -> None:
	settle.settings(rebate_limit=10)
	invoice = steps.a_plan_invoice()
	clerk = make.a_user("clerk@example.test", "Accounts User")
	boss = change.an_approver("boss@example.test")
	frappe.set_user(clerk)
	quote = settle.a_quote(invoice, rebate_amount=30.01)
	with pytest.raises(
		frappe.PermissionError, match=r"30\.01 is more than the .*30\.00 that you may give.*Accounts Manager"
	):
		quote.submit()
	frappe.set_user(boss)
	frappe.get_doc("Settlement Quote", quote.name).submit().cancel()
	frappe.set_user(clerk)
	settle.a_quote(invoice, rebate_amount=30).submit()


def test_the_unearned_margin_needs_no_approval(site: ModuleType) -> None:
	settle.settings()
	invoice = steps.a_plan_invoice()
	settle.with_margin(invoice, 10)
	frappe.set_user(make.a_user("clerk@example.test", "Accounts User"))
	assert settle.a_quote(invoice, rebate_kind="Unearned Margin").submit().rebate == 30


def test_figures_sent_by_a_program_are_computed_anew(site: ModuleType) -> None:
	quote = settle.a_quote(steps.a_plan_invoice())
	quote.update({"amount_to_pay": 1, "rebate": 299, "outstanding": 5, "status": "Paid"})
	quote.submit()
	assert (quote.outstanding, quote.rebate, quote.amount_to_pay, quote.status) == (300, 30, 270, "Open")


def test_who_may_not_receive_payments_cannot_pay_it(site: ModuleType) -> None:
	quote = settle.an_open_quote(steps.a_plan_invoice())
	frappe.set_user(make.a_user("seller@example.test", "Sales User"))
	with pytest.raises(frappe.PermissionError):
		receive_payment(quote.name, paid_to=make.account("Cash"))


def test_a_late_plan_is_quoted_as_at_a_day(site: ModuleType) -> None:
	invoice = change.an_overdue_invoice(months_ago=2)
	quote = settle.a_quote(invoice, as_of=add_months(nowdate(), 2), valid_until=add_months(nowdate(), 3))
	assert quote.late == 300


def test_the_letter_says_what_to_pay_and_until_when(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 50)
	quote = settle.an_open_quote(invoice)
	with print_language("ar"):
		html = frappe.get_print(quote.doctype, quote.name, print_format="Early Settlement Letter")
	body = re.sub(r"<style>.*?</style>", " ", html[html.index('class="sti"') :], flags=re.S)
	text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>|\u200e", " ", body))
	assert text.startswith('class="sti" dir="rtl"> خطاب سداد مبكر Early Settlement Letter')
	assert "المتبقي من الأقساط Outstanding 250.00 SAR الإبراء Rebate 30.00 SAR" in text
	assert "المبلغ المطلوب سداده Amount to pay 220.00 SAR" in text and "فقط مئتان وعشرون ريالاً سعودياً" in text
	assert f"إذا وصلنا مبلغ 220.00 SAR في موعد أقصاه {quote.valid_until}" in re.sub(r"\s+", " ", text)
	settle.receive(quote)
	assert "Paid: this offer was taken up" in frappe.get_print(
		quote.doctype, quote.name, print_format="Early Settlement Letter"
	)


def test_a_settlement_day_that_has_passed_is_refused(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	with pytest.raises(
		InstalmentPlanError, match="has passed: margin that was earned since would be given away"
	):
		settle.a_quote(invoice, as_of=add_days(nowdate(), -1))


def test_who_may_not_approve_gives_the_unearned_margin_for_the_usual_days_only(site: ModuleType) -> None:
	settle.settings(quote_days=7)
	invoice = steps.a_plan_invoice()
	settle.with_margin(invoice, 10)
	clerk = make.a_user("settling-clerk@example.test", "Accounts User")
	frappe.set_user(clerk)
	wide = settle.a_quote(
		invoice, rebate_kind="Unearned Margin", rebate_amount=0, valid_until=add_days(nowdate(), 8)
	)
	with pytest.raises(frappe.PermissionError, match="A quote with a rebate stands until"):
		wide.submit()
	same = settle.a_quote(invoice, rebate_amount=30)
	with pytest.raises(frappe.PermissionError, match=r"more than the .* 0\.00 that you may give"):
		same.submit()
	good = settle.a_quote(invoice, rebate_kind="Unearned Margin", rebate_amount=0)
	assert good.submit().rebate == 30


def test_a_paid_quote_stays_paid_when_a_reschedule_is_undone(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	moved = change.rescheduled(invoice)
	quote = settle.an_open_quote(invoice)
	payment = settle.receive(quote)
	steps.commit(moved.reload().cancel())
	assert state(quote) == ("Paid", None)
	steps.commit(payment.cancel())
	assert state(quote)[0] == "Open"
