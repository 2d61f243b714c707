"""What was written off is shown as that, and not as paid: panel, reports and prints; and what was recovered beside it."""

from __future__ import annotations

import re
from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
import settling_helpers as settle
from frappe.model.document import Document
from frappe.translate import print_language
from frappe.utils import add_months, nowdate

from saudi_crm_billing.instalments.panels.plan import panel


@pytest.fixture
def invoice(site: ModuleType) -> Document:
	"""Of 3 × 100 the first is half paid, the second written off, and 40 came after all."""
	invoice = steps.a_plan_invoice()
	steps.pay(invoice, 50)
	document = settle.a_write_off(invoice, scope="Chosen Instalments")
	document.rows[1].chosen = 1
	document.save()
	settle.recovered(steps.commit(document.submit()), 40)
	return invoice


def report(name: str, **filters: object) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
	from frappe.desk.query_report import run

	answer = run(name, {"company": make.COMPANY, **filters})
	rows = [row for row in answer["result"] if isinstance(row, dict)]
	return rows, answer["report_summary"]


def test_the_panel_tells_it_from_what_is_paid(invoice: Document) -> None:
	shown = panel(invoice.scb_instalment_plan)
	rows = [(row["paid"], row["written_off"], row["outstanding"], row["state"]) for row in shown["rows"]]
	assert rows == [
		(50, 0, 50, "Partly Paid"),
		(0, 100, 0, "Written Off"),
		(0, 0, 100, "Not due yet"),
	]
	assert (shown["paid"], shown["written_off"], shown["recovered"]) == (50, 100, 40)
	told = [(event["kind"], event["text"]) for event in shown["events"]]
	assert [kind for kind, _text in told[:2]] == ["paid", "gone"]
	assert re.match(r"Recovered after the write-off: .*40\.00", told[0][1])
	assert re.match(r"Written off: .*100\.00", told[1][1])


def test_undoing_it_is_told_as_that(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	document = settle.written_off(invoice)
	document.cancel()
	frappe.db.commit()
	shown = panel(invoice.scb_instalment_plan)
	assert shown["events"][0]["text"].startswith("Write-off undone") and shown["written_off"] == 0


def test_instalments_due_has_a_state_and_a_column_for_it(invoice: Document) -> None:
	span = {"from_date": nowdate(), "to_date": add_months(nowdate(), 4), "customer": invoice.customer}
	rows, figures = report("Instalments Due", **span)
	found = [
		(row["number"], row["paid"], row["written_off"], row["state"]) for row in rows if row.get("number")
	]
	assert found == [(1, 50, 0, "Not Due"), (2, 0, 100, "Written Off"), (3, 0, 0, "Not Due")]
	assert {one["label"]: one["value"] for one in figures}["Written Off"] == 100
	assert [
		row["number"]
		for row in report("Instalments Due", state="Written Off", **span)[0]
		if row.get("number")
	] == [2]
	assert [row for row in report("Instalments Due", state="Paid", **span)[0] if row.get("number")] == []


def test_the_statement_names_the_write_off_and_what_it_settled(invoice: Document) -> None:
	chosen = {"customer": invoice.customer, "from_date": nowdate(), "to_date": add_months(nowdate(), 4)}
	rows, figures = report("Customer Statement of Instalments", **chosen)
	write_off = frappe.db.get_value("Instalment Write-Off", {"sales_invoice": invoice.name})
	(line,) = [row for row in rows if row.get("document") == write_off]
	assert (line["document_type"], line["credit"]) == ("Instalment Write-Off", 100)
	assert line["settles"].startswith("2:")
	summed = {one["label"]: one["value"] for one in figures}
	assert (summed["Written Off"], summed["Recovered after the Write-Off"]) == (100, 40)
	rows, _figures = report("Customer Statement of Instalments", view="Instalments", **chosen)
	assert [row["state"] for row in rows if row.get("number")] == ["Not Due", "Written Off", "Not Due"]


@pytest.mark.parametrize(("language", "said"), [("en", "Written Off"), ("ar", "مشطوب")])
def test_the_schedule_prints_it(invoice: Document, language: str, said: str) -> None:
	with print_language(language):
		html = frappe.get_print(
			"Sales Invoice", invoice.name, print_format="Sales Invoice Instalment Schedule"
		)
	rows = re.findall(r"<tr class=.*?</tr>", html[html.index('class="sti-lines') :], flags=re.S)
	second = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", rows[1]))
	assert re.search(rf"100.00 0.00 100.00 0.00 {said}", second)


@pytest.mark.parametrize(("language", "said"), [("en", "Write-Off"), ("ar", "شطب")])
def test_the_customers_statement_prints_it(invoice: Document, language: str, said: str) -> None:
	frappe.defaults.set_user_default("Company", make.COMPANY)
	with print_language(language):
		html = frappe.get_print("Customer", invoice.customer, print_format="Customer Instalment Statement")
	text = re.sub(
		r"\s+", " ", re.sub(r"<[^>]+>|[\u2066-\u2069\u200e]", " ", html[html.index('class="sti"') :])
	)
	assert f"{said} (2)" in text, text[text.index("WOFF") - 80 :][:120]
	assert "100.00 SAR" in text and "40.00 SAR" in text
