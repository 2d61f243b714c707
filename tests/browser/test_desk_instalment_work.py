"""What people do about instalments in the Desk: change a draft, direct a payment, mend a drift, bring plans in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from conftest import ACCOUNTANT, ACCOUNTANT_EN, Desk, LogIn
from desk_pages import open_form, wait_for_still_dialog
from playwright.sync_api import Page, expect

Shoot = Callable[[Page, str], None]
CUSTOMER = "Najd Furniture"


def typed(page: Page, field: str, value: str) -> None:
	control = page.locator(f'.form-page [data-fieldname="{field}"] input:visible').first
	control.fill(value)
	control.press("Tab")


def dates_in_form(page: Page) -> list[str]:
	return page.evaluate("cur_frm.doc.payment_schedule.map((row) => row.due_date)")


def dates_of(schedule: str) -> list[str]:
	return [row.split()[0] for row in schedule.split("|")]


def choose_action(page: Page, group: str, label: str) -> None:
	page.locator(".inner-group-button:visible button", has_text=group).first.click()
	page.locator(".dropdown-item:visible", has_text=label).click()


def months_after(day: date, count: int) -> list[str]:
	"""The same day of the next `count` months; the day must be one that each has."""
	later = ((day.year * 12 + day.month - 1 + number) for number in range(1, count + 1))
	return [date(month // 12, month % 12 + 1, day.day).isoformat() for month in later]


def test_a_draft_keeps_its_plan_whatever_cores_form_does_to_the_schedule(
	desk: Desk, log_in: LogIn, shoot: Shoot
) -> None:
	draft = desk.call("draft_on_a_plan", CUSTOMER)
	before = desk.call("schedule_of", draft)
	page = log_in(ACCOUNTANT_EN)
	open_form(page, desk, "sales-invoice", draft)

	# A new date: core's `recalculate_terms` asks for each row's term, and empties their dates.
	new_date = (date.today() - timedelta(days=40)).replace(day=9)
	page.evaluate("cur_frm.scroll_to_field('posting_date', false)")
	typed(page, "posting_date", page.evaluate(f"frappe.datetime.str_to_user('{new_date}')"))
	page.wait_for_function("cur_frm.doc.payment_schedule.every((row) => !row.due_date)")
	page.wait_for_load_state("networkidle")
	page.keyboard.press("Control+s")
	page.wait_for_function("!cur_frm.is_dirty()")
	moved = desk.call("schedule_of", draft)
	assert dates_in_form(page) == dates_of(moved) == months_after(new_date, 6)
	assert [row.split()[1] for row in moved.split("|")] == [row.split()[1] for row in before.split("|")]

	# Terms of core's own, as its form takes them from a customer: core's rows take the place of the plan's.
	terms = desk.call("terms_of_core")
	page.evaluate(f"cur_frm.set_value('payment_terms_template', '{terms}')")
	page.wait_for_function("cur_frm.doc.payment_schedule.length === 2")
	page.wait_for_load_state("networkidle")
	page.keyboard.press("Control+s")
	page.wait_for_function("!cur_frm.is_dirty()")
	assert dates_in_form(page) == dates_of(moved)
	assert desk.call("schedule_of", draft) == moved
	shoot(page, "draft-keeps-its-plan-en")


@pytest.mark.parametrize(
	("user", "form", "words"),
	[
		(
			ACCOUNTANT_EN,
			"sales-invoice",
			("Instalments", "Direct to an Instalment…", "is directed to instalment 6"),
		),
		(ACCOUNTANT, "journal-entry", ("الأقساط", "توجيه إلى قسط…", "القسط 6")),
	],
)
def test_a_payment_is_directed_to_the_instalment_that_is_chosen(
	desk: Desk, log_in: LogIn, shoot: Shoot, user: str, form: str, words: tuple[str, str, str]
) -> None:
	group, label, said = words
	name = (
		desk.call("open_plan", CUSTOMER)
		if form == "sales-invoice"
		else desk.call("journal_payment", CUSTOMER, "150")
	)
	invoice = name if form == "sales-invoice" else desk.call("invoice_of_journal", name)
	paid = desk.call("paid_of", invoice).split("|")
	page = log_in(user)
	open_form(page, desk, form, name)
	choose_action(page, group, label)
	dialog = page.locator(".modal.show .modal-content").last
	number = dialog.locator('[data-fieldname="number"] select')
	expect(number).to_have_value("6")
	number.select_option("5")
	number.select_option("6")
	amount = dialog.locator('[data-fieldname="amount"] input')
	amount.fill("100")
	amount.press("Tab")
	dialog.locator('[data-fieldname="reason"] textarea').fill("Asked for on the phone")
	shoot(page, f"direct-{form}")
	dialog.locator(".btn-primary:visible").click()
	expect(page.locator(".desk-alert").last).to_contain_text(said)
	expect(page.locator(".modal.show")).to_have_count(0)
	now = desk.call("paid_of", invoice).split("|")
	assert now[5] == "100.00" and paid[5] == "0.00"
	assert sum(map(float, now)) == pytest.approx(sum(map(float, paid)))


def test_a_drift_is_shown_with_its_cause_and_mended(desk: Desk, log_in: LogIn, shoot: Shoot) -> None:
	invoice = desk.call("drifted_plan", CUSTOMER)
	page = log_in(ACCOUNTANT_EN)
	page.goto(f"{desk.url}/app/query-report/Instalment%20Drift")
	rows = page.locator(".dt-row:not(.dt-row-header):not(.dt-row-filter):visible", has_text=invoice)
	expect(rows.first).to_contain_text("was taken out of the ledger (Administrator, ")
	shoot(page, "drift-en")
	page.locator("button:visible", has_text="Recompute").click()
	expect(page.locator(".desk-alert").last).to_contain_text(
		re.compile(r"(\d) of \1 plans agree with the ledger now")
	)
	expect(page.locator(".report-wrapper, .layout-main-section").first).to_contain_text(
		"Every figure is what the ledger says."
	)
	expect(rows).to_have_count(0)
	assert set(desk.call("paid_of", invoice).split("|")) == {"0.00"}


def press_in_dialog(page: Page) -> None:
	wait_for_still_dialog(page)
	page.locator(".modal.show .btn-primary:visible").last.click()
	expect(page.locator(".modal.show")).to_have_count(0)


def attach(page: Page, content: str, file_name: str) -> None:
	page.locator('[data-fieldname="file"] .btn-attach:visible').click()
	uploader = page.locator(".modal.show .file-uploader")
	uploader.locator('input[type="file"]').set_input_files(
		{"name": file_name, "mimeType": "text/csv", "buffer": content.encode()}
	)
	press_in_dialog(page)
	expect(page.locator('[data-fieldname="file"] .attached-file-link:visible')).to_contain_text(
		file_name.removesuffix(".csv")
	)


def expect_status(page: Page, status: str) -> None:
	page.wait_for_function(f"cur_frm.doc.status === '{status}' && !cur_frm.is_dirty()", timeout=60_000)


def test_plans_of_another_system_are_checked_shown_and_imported(
	desk: Desk, log_in: LogIn, shoot: Shoot
) -> None:
	number = f"OLD-{uuid4().hex[:6]}"
	page = log_in(ACCOUNTANT_EN, 1400, 1300)
	page.goto(f"{desk.url}/app/instalment-opening-import/new")
	page.wait_for_selector(".form-page .form-section:visible")
	page.wait_for_load_state("networkidle")
	attach(page, desk.call("opening_file", number, "2999"), "wrong.csv")
	page.keyboard.press("Control+s")
	page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	page.locator(".page-head .primary-action:visible", has_text="Check the File").click()
	expect(page.locator(".form-message:visible")).to_contain_text(
		"The file has 1 errors. Open the error file"
	)
	error_file = page.locator('[data-fieldname="error_file"] a:visible').first
	expect(error_file).to_have_attribute("href", re.compile("/private/files/OPENING-.*-errors.*xlsx"))
	shoot(page, "opening-import-errors-en")

	page.locator('[data-fieldname="file"] [data-action="clear_attachment"]:visible').click()
	press_in_dialog(page)
	page.wait_for_function("!cur_frm.doc.file && !cur_frm.is_dirty()")
	attach(page, desk.call("opening_file", number, "3000"), "right.csv")
	# The form saves a file by itself once it has a name.
	page.wait_for_function("!cur_frm.is_dirty()")
	page.locator(".page-head .primary-action:visible", has_text="Check the File").click()
	expect(page.locator(".form-message:visible")).to_contain_text(
		"All rows are right. Nothing is posted yet."
	)
	preview = page.locator('[data-fieldname="preview_html"]')
	expect(preview.locator("tbody tr")).to_have_count(4)
	expect(preview.locator("tbody tr").last).to_contain_text("1,750.00")
	shoot(page, "opening-import-preview-en")

	page.locator(".page-head .primary-action:visible", has_text="Import").click()
	question = page.locator(".modal.show")
	expect(question).to_contain_text("Post 1 opening invoices that owe")
	press_in_dialog(page)
	expect_status(page, "Imported")
	assert desk.call("opened_by", page.evaluate("cur_frm.doc.name")) == f"{number} 1750.00"
	shoot(page, "opening-imported-en")
