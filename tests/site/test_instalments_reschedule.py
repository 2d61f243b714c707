"""A plan changed after its invoice was submitted: dates, ledgers, core's report and status follow; undo restores."""

from __future__ import annotations

import json
import re
from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
import rescheduling_helpers as change
from frappe.model.document import Document
from frappe.translate import print_language
from frappe.utils import add_days, formatdate, getdate, nowdate

from saudi_crm_billing.common.dates import to_hijri
from saudi_crm_billing.instalments.errors import InstalmentPlanError

months = change.months_on


def assert_true(invoice: Document) -> None:
	"""Plan, schedule rows, ledgers and core's report say the same."""
	rows = change.plan_rows(
		invoice, "number", "due_date", "due_date_hijri", "amount", "outstanding", "payment_term"
	)
	assert [row[2] for row in rows] == [to_hijri(row[1]) for row in rows]
	terms = [row[5] for row in rows]
	assert len(set(terms)) == len(rows)
	expected = [(row[5], row[1], row[3], row[4]) for row in rows]
	fields = ("payment_term", "due_date", "payment_amount", "outstanding")
	assert steps.schedule(invoice, *fields) == expected
	portions = [portion for (portion,) in steps.schedule(invoice, "invoice_portion")]
	assert sum(portions) == pytest.approx(100, abs=1e-6)
	invoice.reload()
	last = max(row[1] for row in rows)
	assert invoice.due_date == last and change.ledger_due_dates(invoice) == {last}
	described = dict(steps.schedule(invoice, "payment_term", "description"))
	owed = {described[term]: left for _n, _d, _h, _a, left, term in rows if left}
	assert steps.receivable_by_term(invoice) == pytest.approx(owed)
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	open_rows = [row for row in plan.instalments if row.outstanding]
	assert (plan.next_due_date, plan.next_due_amount) == (open_rows[0].due_date, open_rows[0].outstanding)
	assert (plan.first_due_date, plan.last_due_date) == (rows[0][1], last)


def test_all_unpaid_rows_move_and_everything_follows(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 100)
	document = change.rescheduled(invoice)
	assert change.plan_rows(invoice) == [
		(1, months(1), 100),
		(2, months(4), 100),
		(3, months(5), 100),
	]
	assert_true(invoice)
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	assert (plan.version, plan.status, plan.instalment_count) == (2, "Active", 3)
	assert (document.status, document.from_version, document.to_version) == ("Applied", 1, 2)
	assert [(row.number, row.due_date) for row in document.old_rows] == [(n, months(n)) for n in (1, 2, 3)]
	assert [row.stays for row in document.new_rows] == [1, 0, 0]
	assert (document.approved_by, document.owed) == ("Administrator", 200)
	assert document.customer_name == frappe.db.get_value("Customer", invoice.customer, "customer_name")


def test_a_partly_paid_row_keeps_its_paid_part_and_the_rest_is_shared_anew(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 130)
	change.rescheduled(
		invoice,
		"New Number of Instalments",
		new_count=4,
		first_due_date=months(5),
		reason="Other",
		reason_text="x",
	)
	assert change.plan_rows(invoice, "number", "due_date", "amount", "paid", "outstanding") == [
		(1, months(1), 100, 100, 0),
		(2, months(2), 30, 30, 0),
		(3, months(5), 42.5, 0, 42.5),
		(4, months(6), 42.5, 0, 42.5),
		(5, months(7), 42.5, 0, 42.5),
		(6, months(8), 42.5, 0, 42.5),
	]
	assert steps.schedule(invoice, "paid_amount") == [(100,), (30,), (0,), (0,), (0,), (0,)]
	assert_true(invoice)


def test_halalas_are_shared_exactly(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(100)
	change.rescheduled(invoice, "New Number of Instalments", new_count=7)
	amounts = [amount for (amount,) in change.plan_rows(invoice, "amount")]
	assert amounts == [14.29, 14.29, 14.29, 14.29, 14.28, 14.28, 14.28]
	assert_true(invoice)


def test_without_a_date_the_first_is_a_day_that_nothing_paid_keeps(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 130)
	change.rescheduled(invoice, "New Number of Instalments", new_count=2)
	assert change.plan_rows(invoice)[2:] == [(3, months(3), 85), (4, months(4), 85)]


def test_fewer_instalments_than_before(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	change.rescheduled(invoice, "New Number of Instalments", new_count=1, first_due_date=months(9))
	assert change.plan_rows(invoice) == [(1, months(9), 300)]
	assert_true(invoice)
	steps.pay(invoice, 300)
	assert frappe.db.get_value("Instalment Plan", invoice.scb_instalment_plan, "status") == "Completed"


def test_a_new_first_due_date_keeps_the_amounts(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 30)
	change.rescheduled(invoice, "New First Due Date", first_due_date=months(6))
	assert change.plan_rows(invoice) == [
		(1, months(1), 30),
		(2, months(6), 70),
		(3, months(7), 100),
		(4, months(8), 100),
	]
	assert_true(invoice)


def test_one_instalment_moves_behind_the_others(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	change.rescheduled(invoice, "Move One Instalment", moved_number=1, moved_to=months(7))
	assert change.plan_rows(invoice) == [(2, months(2), 100), (3, months(3), 100), (1, months(7), 100)]
	assert_true(invoice)
	steps.pay(invoice, 150)
	assert steps.outstanding(invoice) == [0, 50, 100]


def test_an_own_schedule(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 100)
	rows = [{"due_date": months(2), "amount": 50}, {"due_date": months(12), "amount": 150}]
	change.rescheduled(invoice, "Own Schedule", own_rows=rows)
	assert change.plan_rows(invoice) == [(1, months(1), 100), (2, months(2), 50), (3, months(12), 150)]
	assert_true(invoice)


def test_an_overdue_invoice_is_no_longer_overdue(site: ModuleType) -> None:
	invoice = change.an_overdue_invoice()
	invoice.set_status(update=True)
	assert invoice.status == "Overdue"
	change.rescheduled(invoice, "New First Due Date", first_due_date=months(1))
	assert invoice.reload().status == "Unpaid"
	assert_true(invoice)
	assert [row[1] for row in change.plan_rows(invoice)] == [months(1), months(2), months(3)]


def test_a_hijri_plan_stays_hijri(site: ModuleType) -> None:
	template = steps.a_template("Test Three Hijri Months", calendar="Hijri")
	invoice = steps.a_plan_invoice(template=template)
	before = [to_hijri(row[1]) for row in change.plan_rows(invoice)]
	change.rescheduled(invoice, shift_months=1)
	after = [to_hijri(row[1]) for row in change.plan_rows(invoice)]
	assert [day[8:] for day in after] == [day[8:] for day in before] and after[0] == before[1]
	assert_true(invoice)


def test_grace_days_go_along(site: ModuleType) -> None:
	template = steps.a_template("Test Three with Grace", grace_days=5)
	invoice = steps.a_plan_invoice(template=template)
	change.rescheduled(invoice)
	assert [row for row in change.plan_rows(invoice, "due_date", "grace_until")] == [
		(day, add_days(day, 5)) for day in (months(3), months(4), months(5))
	]


def test_advances_stay_with_what_is_paid(site: ModuleType) -> None:
	customer = make.a_customer("Advancing Customer")
	steps.a_receipt(customer, 130)
	invoice = steps.a_plan_invoice(customer=customer, allocate_advances_automatically=1)
	assert steps.outstanding(invoice) == [0, 70, 100]
	change.rescheduled(invoice)
	assert change.plan_rows(invoice, "number", "due_date", "amount", "advance", "outstanding") == [
		(1, months(1), 100, 100, 0),
		(2, months(2), 30, 30, 0),
		(3, months(4), 70, 0, 70),
		(4, months(5), 100, 0, 100),
	]
	assert steps.schedule(invoice, "payment_term", "payment_amount", "outstanding") == [
		("Instalment 003", 70, 70),
		("Instalment 004", 100, 100),
	]


def test_a_foreign_currency_keeps_its_base_total(site: ModuleType) -> None:
	invoice = an_invoice_in_dollars()
	base = sum(amount for (amount,) in steps.schedule(invoice, "base_payment_amount"))
	document = change.rescheduled(invoice, "New Number of Instalments", new_count=7)
	rows = steps.schedule(invoice, "base_payment_amount", "base_outstanding")
	assert sum(map(steps.money, (row[0] for row in rows))) == steps.money(base)
	before = [row.base_amount for row in document.old_rows]
	document.cancel()
	frappe.db.commit()
	assert [amount for (amount,) in steps.schedule(invoice, "base_payment_amount")] == before


def an_invoice_in_dollars() -> Document:
	if not frappe.db.exists("Account", make.account("Debtors USD")):
		make.insert(
			"Account",
			account_name="Debtors USD",
			parent_account=make.account("Accounts Receivable"),
			company=make.COMPANY,
			account_type="Receivable",
			account_currency="USD",
		)
	customer = make.a_customer("Dollar Customer", default_currency="USD")
	return steps.a_plan_invoice(
		100.01,
		customer=customer,
		currency="USD",
		conversion_rate=3.7512,
		debit_to=make.account("Debtors USD"),
	)


def test_undo_restores_the_old_rows(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(100)
	fields = (
		"name",
		"number",
		"due_date",
		"due_date_hijri",
		"amount",
		"principal",
		"paid",
		"outstanding",
		"grace_until",
	)
	steps.pay(invoice, 40)
	before = change.plan_rows(invoice, *fields)
	schedule = (
		"payment_term",
		"description",
		"due_date",
		"invoice_portion",
		"payment_amount",
		"base_payment_amount",
	)
	rows = steps.schedule(invoice, *schedule)
	document = change.rescheduled(invoice, "New Number of Instalments", new_count=1, first_due_date=months(8))
	document.cancel()
	frappe.db.commit()
	assert change.plan_rows(invoice, *fields) == before
	assert steps.schedule(invoice, *schedule) == rows
	assert_true(invoice)
	assert document.reload().status == "Undone" and document.undone_by == "Administrator"
	assert frappe.db.get_value("Instalment Plan", invoice.scb_instalment_plan, "version") == 1


def test_undo_keeps_what_was_paid_meanwhile(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 130)
	document = change.rescheduled(
		invoice, "New Number of Instalments", new_count=10, first_due_date=months(4)
	)
	steps.pay(invoice, 90)
	document.reload().cancel()
	frappe.db.commit()
	assert change.plan_rows(invoice, "number", "due_date", "amount", "paid", "outstanding") == [
		(1, months(1), 100, 100, 0),
		(2, months(2), 100, 100, 0),
		(3, months(3), 100, 20, 80),
	]
	assert_true(invoice)


def test_only_the_latest_reschedule_is_undone(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	first = change.rescheduled(invoice, shift_months=1)
	second = change.rescheduled(invoice, shift_months=1)
	with pytest.raises(InstalmentPlanError, match="was rescheduled again since \\(version 3\\)"):
		first.reload().cancel()
	first.reload()
	second.reload().cancel()
	first.reload().cancel()
	frappe.db.commit()
	assert change.plan_rows(invoice) == [(n, months(n), 100) for n in (1, 2, 3)]


def test_a_paid_row_does_not_move(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 100)
	with pytest.raises(InstalmentPlanError, match=r"Instalment 1 of 100\.00 is settled"):
		change.a_draft(invoice, "Move One Instalment", moved_number=1, moved_to=months(8))


def test_a_draft_that_a_payment_overtook_is_refused_until_saved_again(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	draft = change.a_draft(invoice)
	steps.pay(invoice, 30)
	with pytest.raises(
		InstalmentPlanError, match=r"Instalment 1 due .* 0\.00 was settled .* 30\.00 is settled now"
	):
		draft.submit()
	draft.reload().save().submit()
	frappe.db.commit()
	assert change.plan_rows(invoice)[0] == (1, months(1), 30)


def test_a_draft_that_another_reschedule_overtook_is_refused(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	first, second = change.a_draft(invoice), change.a_draft(invoice, shift_months=4)
	first.submit()
	with pytest.raises(InstalmentPlanError, match=r"was rescheduled meanwhile \(version 2\)"):
		second.submit()
	assert change.plan_rows(invoice)[0] == (1, months(3), 100)


def test_figures_sent_by_a_program_are_computed_anew(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	draft = change.a_draft(invoice)
	draft.new_rows[0].amount = 1
	draft.old_rows[0].settled = 99
	draft.to_version = 9
	draft.submit()
	assert change.plan_rows(invoice)[0] == (1, months(3), 100)
	assert draft.reload().to_version == 2


def test_the_plan_of_a_cancelled_invoice_is_refused_and_its_reschedules_stay_as_history(
	site: ModuleType,
) -> None:
	invoice = steps.a_plan_invoice()
	document, draft = change.rescheduled(invoice), change.a_draft(invoice, shift_months=1)
	invoice.reload().cancel()
	frappe.db.commit()
	assert document.reload().status == "Void" and document.docstatus == 1
	assert document.void_reason == f"The invoice {invoice.name} was cancelled."
	assert [row.due_date for row in document.new_rows] == [months(3), months(4), months(5)]
	with pytest.raises(frappe.CancelledLinkError, match=invoice.name):
		draft.reload().submit()
	with pytest.raises(InstalmentPlanError, match=f"Sales Invoice {invoice.name} is cancelled"):
		change.a_draft(invoice)
	with pytest.raises(InstalmentPlanError, match=f"Sales Invoice {invoice.name} is cancelled"):
		document.cancel()


def test_the_plan_of_a_quotation_is_refused(site: ModuleType) -> None:
	quotation = make.a_quotation(scb_plan_template=steps.a_template()).insert()
	with pytest.raises(InstalmentPlanError, match="is not one"):
		change.a_draft(quotation)


@pytest.mark.parametrize(
	("kind", "values", "said"),
	[
		("Own Schedule", {"own_rows": [{"due_date": "2031-01-01", "amount": 299.99}]}, r"add up to 299\.99, but 300\.00"),
		("New First Due Date", {"first_due_date": "2077-10-01"}, "outside 1343 to 1500 AH"),
		("New Number of Instalments", {"new_count": 40_000}, "cannot be spread over 40000"),
		("Move One Instalment", {"moved_number": 1, "moved_to": "2026-01-01"}, "before the effective date"),
	],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(
	site: ModuleType, kind: str, values: dict[str, object], said: str
) -> None:
	invoice = steps.a_plan_invoice()
	with pytest.raises(InstalmentPlanError, match=said):
		change.a_draft(invoice, kind, **values)
	assert change.plan_rows(invoice) == [(n, months(n), 100) for n in (1, 2, 3)]


def test_the_timeline_of_the_invoice_tells_in_both_languages(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	document = change.rescheduled(invoice)
	filters = {
		"reference_name": invoice.name,
		"comment_type": "Info",
		"content": ("like", f"%{document.name}%"),
	}
	(comment,) = frappe.get_all("Comment", filters=filters, pluck="content")
	assert "rescheduled by" in comment and "أُعيدت الجدولة بموجب" in comment


def test_what_was_known_before_is_kept(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	change.rescheduled(invoice, "New Number of Instalments", new_count=2)
	events = frappe.get_all(
		"Instalment Balance Event",
		{"plan": invoice.scb_instalment_plan},
		pluck="balances",
		order_by="recorded_at asc, creation asc",
	)
	assert [json.loads(event) for event in events] == [
		{"1": "100.00", "2": "100.00", "3": "100.00"},
		{"1": "150.00", "2": "150.00"},
	]


def test_drafting_is_for_sales_and_approving_for_the_role_of_the_settings(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	make.a_user("seller@example.test", "Sales User")
	make.a_user("bookkeeper@example.test", "Accounts User")
	change.an_approver()
	frappe.set_user("seller@example.test")
	draft = change.a_draft(invoice)
	with pytest.raises(frappe.PermissionError):
		draft.submit()
	frappe.set_user("bookkeeper@example.test")
	draft = frappe.get_doc("Instalment Reschedule", draft.name)
	with pytest.raises(frappe.PermissionError, match="approved by the role Accounts Manager"):
		draft.submit()
	frappe.set_user("approver@example.test")
	frappe.get_doc("Instalment Reschedule", draft.name).submit()
	frappe.set_user("bookkeeper@example.test")
	with pytest.raises(frappe.PermissionError, match="approved by the role Accounts Manager"):
		frappe.get_doc("Instalment Reschedule", draft.name).cancel()


def test_the_settings_name_another_role(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	make.insert("Instalment Settings", company=make.COMPANY, reschedule_approver="Sales Manager")
	frappe.set_user(change.an_approver())
	draft = change.a_draft(invoice)
	with pytest.raises(frappe.PermissionError, match="approved by the role Sales Manager"):
		draft.submit()


def test_who_drafted_does_not_approve_while_another_could(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	only = change.an_approver("only@example.test")
	for user in frappe.get_all(
		"Has Role", {"role": "Accounts Manager", "parenttype": "User"}, pluck="parent"
	):
		if user not in ("Administrator", only):
			frappe.db.set_value("User", user, "enabled", 0)
	frappe.set_user(only)
	change.a_draft(invoice).submit()
	frappe.set_user("Administrator")
	change.an_approver("second@example.test")
	frappe.set_user(only)
	draft = change.a_draft(invoice, shift_months=1)
	with pytest.raises(
		frappe.PermissionError, match="Another user with the role Accounts Manager must approve it"
	):
		draft.submit()
	frappe.set_user("second@example.test")
	frappe.get_doc("Instalment Reschedule", draft.name).submit()


def test_who_saved_the_draft_last_does_not_approve_it_alone(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	make.a_user("seller@example.test", "Sales User")
	first, second = change.an_approver("first@example.test"), change.an_approver("second@example.test")
	frappe.set_user("seller@example.test")
	draft = change.a_draft(invoice)
	frappe.set_user(first)
	mine = frappe.get_doc("Instalment Reschedule", draft.name)
	mine.update({"shift_months": 6}).save()
	with pytest.raises(frappe.PermissionError, match="You drafted this reschedule or saved it last"):
		mine.submit()
	frappe.set_user(second)
	frappe.get_doc("Instalment Reschedule", draft.name).submit()


def test_where_both_approvers_had_a_hand_in_it_the_earlier_one_approves(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	only_approvers = {change.an_approver("first@example.test"), change.an_approver("second@example.test")}
	for user in frappe.get_all(
		"Has Role", {"role": "Accounts Manager", "parenttype": "User"}, pluck="parent"
	):
		if user not in {"Administrator", *only_approvers}:
			frappe.db.set_value("User", user, "enabled", 0)
	frappe.set_user("first@example.test")
	draft = change.a_draft(invoice)
	frappe.set_user("second@example.test")
	theirs = frappe.get_doc("Instalment Reschedule", draft.name)
	theirs.update({"shift_months": 6}).save()
	with pytest.raises(frappe.PermissionError, match="Another user with the role Accounts Manager"):
		theirs.submit()
	frappe.set_user("first@example.test")
	frappe.get_doc("Instalment Reschedule", draft.name).submit()


def test_a_reschedule_is_not_dated_back(site: ModuleType) -> None:
	invoice = change.an_overdue_invoice()
	yesterday, early = add_days(nowdate(), -1), add_days(invoice.posting_date, -1)
	with pytest.raises(
		InstalmentPlanError,
		match=f"effective date {formatdate(yesterday)} is before today, {formatdate(nowdate())}",
	):
		change.a_draft(invoice, effective_date=yesterday)
	said = (
		f"{formatdate(early)} is before the posting date {formatdate(invoice.posting_date)} of Sales Invoice"
	)
	with pytest.raises(InstalmentPlanError, match=said):
		change.a_draft(invoice, effective_date=early)
	draft = change.a_draft(invoice, shift_months=6)
	draft.db_set("effective_date", yesterday)
	frappe.get_doc("Instalment Reschedule", draft.name).submit()
	assert change.plan_rows(invoice)[0] == (1, months(3), 100)


def test_a_manager_of_another_company_sees_none(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	document = change.rescheduled(invoice)
	user = make.a_user("elsewhere@example.test", "Accounts Manager")
	make.insert("User Permission", user=user, allow="Company", for_value=another_company())
	frappe.set_user(user)
	assert not document.has_permission("read")
	with pytest.raises(frappe.PermissionError):
		change.a_draft(invoice)


def another_company() -> str:
	name = frappe.db.get_value("Company", {"name": ("!=", make.COMPANY)})
	return (
		name
		or make.insert(
			"Company", company_name="Elsewhere Co", abbr="ELS", default_currency="SAR", country="Saudi Arabia"
		).name
	)


def test_a_payment_after_it_settles_the_new_rows(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	payment = steps.pay(invoice, 130)
	change.rescheduled(invoice)
	steps.pay(invoice, 120)
	assert steps.outstanding(invoice) == [0, 0, 0, 50]
	payment.cancel()
	frappe.db.commit()
	assert steps.outstanding(invoice) == [0, 10, 70, 100]
	assert_true(invoice)


def test_the_dates_are_due_days_of_reminders_at_once(site: ModuleType) -> None:
	from saudi_crm_billing.instalments.balances import open_instalments

	invoice = steps.a_plan_invoice(customer=make.a_customer("Punctual Customer"))
	change.rescheduled(invoice)
	owed = open_instalments(make.COMPANY, getdate(months(5)), [invoice.customer])
	assert [(row.number, row.due_date) for row in owed] == [(1, months(3)), (2, months(4)), (3, months(5))]


def printed(document: Document, language: str) -> str:
	with print_language(language):
		html = frappe.get_print(
			document.doctype, document.name, print_format="Instalment Reschedule Addendum"
		)
	body = re.sub(r"<style>.*?</style>", " ", html[html.index('class="sti"') :], flags=re.S)
	return re.sub(r"\s+", " ", re.sub(r"<[^>]+>|\u200e", " ", body))


def test_the_addendum_shows_both_schedules(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 130)
	document = change.rescheduled(invoice, reason_text="Salary cut")
	text = printed(document, "ar")
	assert text.startswith('class="sti" dir="rtl"> ملحق إعادة جدولة Rescheduling Addendum')
	second = f"القسط 2 {months(2)} {to_hijri(months(2))} 100.00 القسط 2 {months(2)} {to_hijri(months(2))} 30.00 30.00"
	assert second in text
	assert f"القسط 4 {months(5)} {to_hijri(months(5))} 100.00 0.00" in text
	assert (
		"المبلغ المعاد جدولته Amount rescheduled 170.00 SAR" in text
		and "فقط مئة وسبعون ريالاً سعودياً لا غير" in text
	)
	assert "طلب العميل" in text and "Salary cut" in text and "ولا يترتب على هذا التعديل أي رسم" in text
	english = printed(document, "en")
	assert english.startswith('class="sti" dir="ltr"> Rescheduling Addendum') and "Instalment 4" in english


def test_the_addendum_of_a_draft_or_a_void_reschedule_says_so(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	draft = change.a_draft(invoice)
	assert "Draft: not approved, the old schedule still holds" in printed(draft, "en")
	draft.submit()
	assert "Draft" not in printed(draft, "en")
	invoice.reload().cancel()
	assert "No longer valid" in printed(draft.reload(), "en")
