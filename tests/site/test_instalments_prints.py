"""What customers get on paper about their instalments: the texts, the figures, and where a print is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import factories as make
import frappe
import instalments_helpers as plans
import pytest
from frappe.model.document import Document
from frappe.translate import print_language
from frappe.utils import add_days, getdate, nowdate

from saudi_crm_billing.common.dates import to_hijri
from saudi_crm_billing.instalments.directing.api import direct
from saudi_crm_billing.instalments.prints import documents
from saudi_crm_billing.instalments.prints.api import download, download_statement
from saudi_crm_billing.instalments.prints.clearance import scb_clearance_letter
from saudi_crm_billing.instalments.prints.receipts import scb_receipt_voucher
from saudi_crm_billing.instalments.prints.schedule import scb_plan_schedule
from saudi_crm_billing.instalments.prints.statement import statement

CUSTOMER_AR = "نجد للأثاث"


@pytest.fixture
def invoice(site: object) -> Iterator[Document]:
	"""300 over three months, the customer with a name in Arabic."""
	make.a_customer()
	frappe.db.set_value("Customer", make.a_customer(), "scb_name_ar", CUSTOMER_AR)
	frappe.clear_document_cache("Customer", make.a_customer())
	yield plans.a_plan_invoice()


def printed(doc: Document, print_format: str, language: str = "ar") -> str:
	with print_language(language):
		return words_of(frappe.get_print(doc.doctype, doc.name, print_format=print_format))


def words_of(html: str) -> str:
	"""The text of a print, one blank between words."""
	body = re.sub(r"<style>.*?</style>", " ", html[html.index('class="sti"') :], flags=re.S)
	return re.sub(r"\s+", " ", re.sub(r"<[^>]+>|\u200e", " ", body))


def plan_of(invoice: Document) -> Document:
	return frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)


def refusal(call: object) -> str:
	with pytest.raises(frappe.ValidationError) as raised:
		call()
	return str(raised.value)


def test_a_schedule_shows_each_instalment_in_both_calendars_with_what_is_settled(invoice: Document) -> None:
	plans.pay(invoice, 150)
	text = printed(invoice.reload(), "Sales Invoice Instalment Schedule")
	first = plan_of(invoice).instalments[0]
	assert text.startswith('class="sti" dir="rtl"> جدول الأقساط Instalment Schedule')
	assert f"القسط 1 {first.due_date} {to_hijri(first.due_date)} 100.00 100.00 0.00 مدفوع" in text
	assert "100.00 50.00 50.00 مدفوع جزئيًا" in text
	assert "الإجمالي Total 300.00 150.00 150.00" in text
	assert "فقط مئة وخمسون ريالاً سعودياً لا غير" in text and CUSTOMER_AR in text
	assert f"القسط القادم في {plan_of(invoice).instalments[1].due_date}" in text


def test_a_schedule_in_english_runs_from_left_to_right_and_has_english_first(invoice: Document) -> None:
	text = printed(invoice, "Sales Invoice Instalment Schedule", "en")
	assert text.startswith('class="sti" dir="ltr"> Instalment Schedule جدول الأقساط')
	assert "Instalment 1" in text and "Not due yet" in text and "Three Hundred" in text


def test_a_late_instalment_says_by_how_many_days(site: object) -> None:
	start = add_days(nowdate(), -40)
	invoice = plans.a_plan_invoice(posting_date=start, scb_first_due_date=add_days(nowdate(), -10))
	text = printed(invoice, "Sales Invoice Instalment Schedule")
	assert "متأخر أيام التأخر: 10 Days late: 10" in text
	assert scb_plan_schedule(invoice).days_late == 10


@pytest.mark.parametrize("doctype", ["Quotation", "Sales Order"])
def test_a_schedule_of_what_books_no_debt_shows_what_is_planned_only(site: object, doctype: str) -> None:
	made = {"Quotation": make.a_quotation, "Sales Order": make.a_sales_order}[doctype]
	doc = made(items=[make.line(rate=300)], scb_plan_template=plans.a_template(), disable_rounded_total=1)
	text = printed(doc.insert(), f"{doctype} Instalment Schedule")
	assert "مسودة — لم تُعتمد بعد" in text and "المتبقي" not in text
	assert "إجمالي الخطة Total of the plan 300.00 SAR" in text


def test_the_plan_itself_prints_the_same_schedule(invoice: Document) -> None:
	of_plan = printed(plan_of(invoice), "Instalment Plan Schedule")
	assert of_plan == printed(invoice, "Sales Invoice Instalment Schedule")


def test_a_document_without_a_plan_has_no_schedule_to_print(site: object) -> None:
	invoice = make.a_sales_invoice().insert()
	said = refusal(lambda: scb_plan_schedule(invoice))
	assert said == f"Sales Invoice {invoice.name} has no instalment plan."


def test_a_receipt_says_which_instalments_it_settled_and_what_is_left(invoice: Document) -> None:
	plans.pay(invoice, 120)
	payment = plans.pay(invoice.reload(), 130)
	text = printed(payment, "Instalment Receipt Voucher")
	second, third = plan_of(invoice).instalments[1:]
	assert "سند قبض Receipt Voucher" in text and "130.00 SAR" in text
	assert "فقط مئة وثلاثون ريالاً سعودياً لا غير" in text
	assert f"{invoice.name} القسط 2 {second.due_date} {to_hijri(second.due_date)} 80.00 0.00" in text
	assert f"{invoice.name} القسط 3 {third.due_date} {to_hijri(third.due_date)} 50.00 50.00" in text
	assert f"{invoice.name} القسط 1" not in text
	assert f"{invoice.name} 50.00 {third.due_date} / {to_hijri(third.due_date)} هـ 50.00" in text


def test_the_first_receipt_keeps_its_instalments_when_another_follows(invoice: Document) -> None:
	first = plans.pay(invoice, 120)
	before = [(row.label.en, row.settled, row.left) for row in scb_receipt_voucher(first).settled]
	plans.pay(invoice.reload(), 130)
	after = [(row.label.en, row.settled, row.left) for row in scb_receipt_voucher(first).settled]
	assert before == after == [("Instalment 1", "100.00", "0.00"), ("Instalment 2", "20.00", "80.00")]


def test_a_receipt_knows_what_a_credit_note_had_settled_before_it(invoice: Document) -> None:
	plans.a_credit_note(invoice, 100)
	payment = plans.pay(invoice.reload(), 60)
	(row,) = scb_receipt_voucher(payment).settled
	assert (row.label.en, row.settled, row.left) == ("Instalment 2", "60.00", "40.00")


def test_money_on_account_and_a_debt_without_a_plan_stand_on_the_receipt(site: object) -> None:
	receipt = plans.a_receipt(make.a_customer(), 75)
	assert scb_receipt_voucher(receipt).on_account == "75.00"
	assert "تحت الحساب" in printed(receipt, "Instalment Receipt Voucher")
	invoice = make.a_sales_invoice(items=[make.line(rate=90)], disable_rounded_total=1).insert().submit()
	(row,) = scb_receipt_voucher(plans.pay(invoice, 90)).settled
	assert (row.document, row.label.en, row.settled, row.left) == (invoice.name, "Sales Invoice", "90.00", "")


def test_a_receipt_is_for_booked_money_of_a_customer_only(invoice: Document) -> None:
	draft = make.a_payment(invoice.name, 10).insert()
	assert "is a draft. Submit it first" in refusal(lambda: scb_receipt_voucher(draft))
	draft.submit()
	draft.cancel()
	assert "was cancelled" in refusal(lambda: scb_receipt_voucher(draft))
	paid_out = frappe.get_doc({"doctype": "Payment Entry", "payment_type": "Pay", "party_type": "Supplier"})
	assert "money that a customer paid" in refusal(lambda: scb_receipt_voucher(paid_out))


def test_a_statement_runs_from_an_opening_to_a_closing_balance(site: object) -> None:
	start = add_days(nowdate(), -70)
	customer = make.a_customer("Statement Customer")
	invoice = plans.a_plan_invoice(
		customer=customer, posting_date=start, scb_first_due_date=add_days(nowdate(), -65)
	)
	plans.pay(invoice, 130)
	dues = [row.due_date for row in plan_of(invoice).instalments]
	view = statement(frappe.get_doc("Customer", customer), make.COMPANY, dues[1], getdate())
	assert (view.opening, view.debits, view.credits, view.closing) == (
		"100.00",
		money_due(dues[1:]),
		"130.00",
		f"{100 + 100 * due_by_today(dues[1:]) - 130:,.2f}",
	)
	assert view.rows[0].text.en == "Instalment 2"
	assert [row.credit for row in view.rows if row.credit] == ["130.00"]
	assert view.owed == "170.00" and view.rows[-1].balance == view.closing


def money_due(dues: list[date]) -> str:
	return f"{100 * due_by_today(dues):,.2f}"


def due_by_today(dues: list[date]) -> int:
	return sum(due <= getdate() for due in dues)


def test_a_statement_prints_in_both_languages(invoice: Document) -> None:
	customer = frappe.get_doc("Customer", invoice.customer)
	arabic = printed(customer, "Customer Instalment Statement")
	assert "كشف حساب الأقساط Statement of Instalments" in arabic and CUSTOMER_AR in arabic
	english = printed(customer, "Customer Instalment Statement", "en")
	assert "Statement of Instalments كشف حساب الأقساط" in english and "Opening balance" in english


def test_a_statement_is_refused_without_plans_and_for_days_the_wrong_way_round(site: object) -> None:
	doc = frappe.get_doc("Customer", make.a_customer("Nothing Owed Est"))
	nothing = refusal(lambda: statement(doc, make.COMPANY, getdate("2026-01-01"), getdate("2026-02-01")))
	assert nothing == f"Nothing Owed Est has no instalments in {make.COMPANY}."
	turned = refusal(lambda: statement(doc, make.COMPANY, getdate("2026-02-01"), getdate("2026-01-01")))
	assert turned == "The first day 2026-02-01 is after the last day 2026-01-01."


def test_a_clearance_letter_is_given_for_a_plan_that_is_paid(invoice: Document) -> None:
	plans.pay(invoice, 180)
	plans.a_credit_note(invoice.reload(), 100)
	plans.a_journal_receipt(invoice.reload(), 20, "Marketing Expenses")
	plan = plan_of(invoice)
	text = printed(plan, "Instalment Clearance Letter")
	assert "مخالصة وبراءة ذمة Clearance Letter" in text
	assert f"أقساط الفاتورة {invoice.name}" in text and "300.00 SAR" in text
	assert (
		"Paid 180.00 SAR" in text
		and "Settled otherwise 20.00 SAR" in text
		and "Taken off by credit notes 100.00 SAR" in text
	)
	english = printed(plan, "Instalment Clearance Letter", "en")
	assert f"has settled in full all instalments of invoice {invoice.name}" in english
	assert scb_clearance_letter(plan).settled_on.gregorian == nowdate()


def test_a_clearance_letter_is_refused_while_anything_is_owed(invoice: Document) -> None:
	plans.pay(invoice, 299.99)
	said = refusal(lambda: printed(plan_of(invoice), "Instalment Clearance Letter", "en"))
	assert f"0.01 SAR of {invoice.name} is still owed." in said


def test_a_clearance_letter_counts_a_debt_outside_the_schedule(invoice: Document) -> None:
	plans.pay(invoice, 300)
	plans.a_journal_receipt(invoice.reload(), -25)
	said = refusal(lambda: scb_clearance_letter(plan_of(invoice)))
	assert f"25.00 SAR of {invoice.name} is still owed." in said


def test_a_clearance_letter_is_refused_for_what_is_not_an_invoices_completed_plan(invoice: Document) -> None:
	order = make.a_sales_order(scb_plan_template=plans.a_template()).insert().submit()
	said = refusal(lambda: scb_clearance_letter(plan_of(order.reload())))
	assert "is the plan of a Sales Order. A clearance letter is for the plan of a Sales Invoice." in said
	invoice.cancel()
	said = refusal(lambda: scb_clearance_letter(plan_of(invoice)))
	assert said.endswith("is Cancelled. A clearance letter is for a completed plan.")


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("wanted", ["schedule", "receipt", "clearance"])
def test_each_print_comes_as_a_pdf_with_the_companys_letter_head(
	invoice: Document, wanted: str, language: str
) -> None:
	head = make.insert(
		"Letter Head", letter_head_name="Head", source="HTML", content="<p>Letterhead text</p>"
	)
	frappe.db.set_value("Company", make.COMPANY, "default_letter_head", head.name)
	frappe.clear_document_cache("Company", make.COMPANY)
	payment = plans.pay(invoice, 300)
	doc = {"schedule": invoice.reload(), "receipt": payment, "clearance": plan_of(invoice)}[wanted]
	found = documents.PRINTS[wanted]
	assert "Letterhead text" in documents.html_of(found, doc, language, make.COMPANY)
	download(wanted, doc.doctype, doc.name, language)
	assert frappe.response.filecontent.startswith(b"%PDF")
	assert frappe.response.filename == f"{wanted}-{doc.name}.pdf"


def test_a_print_is_made_of_its_own_documents_and_in_two_languages_only(invoice: Document) -> None:
	said = refusal(lambda: download("clearance", "Sales Invoice", invoice.name))
	assert said == "There is no print clearance of Sales Invoice."
	said = refusal(lambda: download("schedule", "Sales Invoice", invoice.name, "fr"))
	assert said == "A print is in Arabic or in English."


def test_whoever_may_not_read_the_document_gets_no_print(invoice: Document) -> None:
	stranger = make.a_user("stranger-prints@example.com", "Purchase User")
	frappe.set_user(stranger)
	calls = (
		lambda: download("schedule", "Sales Invoice", invoice.name),
		lambda: download_statement(invoice.customer, make.COMPANY, "2026-01-01", "2026-12-31"),
		lambda: scb_plan_schedule(invoice),
		lambda: scb_clearance_letter(plan_of(invoice)),
	)
	for call in calls:
		with pytest.raises(frappe.PermissionError):
			call()


def test_an_accountant_gets_the_statement_of_a_customer(invoice: Document) -> None:
	frappe.set_user(make.a_user("accountant-prints@example.com", "Accounts User"))
	download_statement(invoice.customer, make.COMPANY, "2026-01-01", "2026-12-31", "en")
	assert frappe.response.filecontent.startswith(b"%PDF")


def test_a_receipt_follows_the_customers_wish_and_the_companys_credit_note_rule(site: object) -> None:
	six = plans.a_template("Receipt Six", instalment_count=6)
	invoice = plans.a_plan_invoice(600, six)
	first = plans.pay(invoice, 50)
	payment = plans.pay(invoice.reload(), 150)
	direct(invoice.name, "Payment Entry", payment.name, 5, 100, "asked by phone")
	frappe.db.commit()
	later = plans.pay(invoice.reload(), 60)
	assert settled(first) == [("Instalment 1", "50.00", "50.00")]
	assert settled(payment) == [("Instalment 1", "50.00", "0.00"), ("Instalment 5", "100.00", "0.00")]
	assert settled(later) == [("Instalment 2", "60.00", "40.00")]


def settled(payment: Document) -> list[tuple[str, str, str]]:
	return [(row.label.en, row.settled, row.left) for row in scb_receipt_voucher(payment).settled]


def test_a_statement_says_which_instalments_a_receipt_settled(site: object) -> None:
	customer = make.a_customer("Statement Twin")
	invoice = plans.a_plan_invoice(customer=customer)
	plans.pay(invoice, 130)
	view = statement(frappe.get_doc("Customer", customer), make.COMPANY, getdate(nowdate()), getdate())
	assert [(row.text.en, row.text.ar, row.credit) for row in view.rows if row.credit] == [
		("Payment (1, 2)", "السداد (1, 2)", "130.00")
	]
	assert view.closing == "-130.00" and view.owed == "170.00"
