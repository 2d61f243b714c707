"""What forms show of a plan and of all plans of a customer: figures, states, days, and to whom."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_helpers as plans
import pytest
from frappe.model.document import Document
from frappe.utils import add_days, getdate, nowdate
from rescheduling_helpers import rescheduled

from saudi_crm_billing.common.dates import to_hijri
from saudi_crm_billing.instalments.api import plan_balances
from saudi_crm_billing.instalments.panels import cards
from saudi_crm_billing.instalments.panels import customer as customers
from saudi_crm_billing.instalments.panels.api import customer_panel, plan_panel


def a_late_invoice(
	customer: str | None = None, days: int = 10, grace: int = 0, total: float = 300
) -> Document:
	"""Of three months, whose first instalment was due `days` ago."""
	template = plans.a_template(f"Grace {grace}", grace_days=grace)
	return plans.a_plan_invoice(
		total,
		template,
		customer=customer or make.a_customer(),
		posting_date=add_days(nowdate(), -days - 20),
		scb_first_due_date=add_days(nowdate(), -days),
	)


def test_a_late_plan_says_what_is_late_since_when_and_what_is_next(site: ModuleType) -> None:
	invoice = a_late_invoice()
	plans.pay(invoice, 30)
	panel = plan_panel(invoice.scb_instalment_plan)
	due = getdate(add_days(nowdate(), -10))
	assert (panel["paid"], panel["outstanding"], panel["late"]) == (30, 270, 70)
	assert panel["next"] == {
		"number": 1,
		"due_date": due,
		"due_date_hijri": to_hijri(due),
		"outstanding": 70.0,
		"in_days": -10,
		"days_late": 10,
	}
	assert [(row["state"], row["days_late"]) for row in panel["rows"]] == [
		("Late", 10),
		("Not due yet", 0),
		("Not due yet", 0),
	]


def test_the_grace_days_count_before_an_instalment_is_late(site: ModuleType) -> None:
	within = plan_panel(a_late_invoice(days=5, grace=5).scb_instalment_plan)
	assert (within["late"], within["next"]["days_late"], within["rows"][0]["state"]) == (0, 0, "Due")
	beyond = plan_panel(a_late_invoice(days=6, grace=5).scb_instalment_plan)
	assert (beyond["late"], beyond["next"]["days_late"], beyond["rows"][0]["state"]) == (100, 1, "Late")


def test_what_books_no_debt_is_planned_and_nothing_of_it_is_late(site: ModuleType) -> None:
	order = make.a_sales_order(scb_plan_template=plans.a_template()).insert().submit().reload()
	panel = plan_balances("Sales Order", order.name)
	assert (panel["is_owed"], panel["next"], panel["late"]) == (False, None, 0)
	assert {row["state"] for row in panel["rows"]} == {"Planned"}


def test_a_cancelled_plan_says_so(site: ModuleType) -> None:
	invoice = plans.a_plan_invoice()
	invoice.cancel()
	panel = plan_balances("Sales Invoice", invoice.name)
	assert {row["state"] for row in panel["rows"]} == {"Cancelled"} and panel["next"] is None


def test_what_happened_is_told_newest_first(site: ModuleType) -> None:
	invoice = plans.a_plan_invoice()
	payment = plans.pay(invoice, 100)
	plans.a_credit_note(invoice.reload(), 50)
	payment.reload().cancel()
	frappe.db.commit()
	events = plan_panel(invoice.scb_instalment_plan)["events"]
	assert [(event["kind"], event["outstanding"]) for event in events] == [
		("undone", 250),
		("credited", 150),
		("paid", 200),
		("known", 300),
	]
	assert "Payment undone" in events[0]["text"] and "100.00" in events[0]["text"]
	assert events[0]["cause_doctype"] == "Payment Entry" and events[0]["cause_name"]


def test_a_plan_names_those_before_and_after_it(site: ModuleType) -> None:
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	order = make.a_sales_order(scb_plan_template=plans.a_template()).insert().submit()
	invoice = make_sales_invoice(order.name).insert()
	of_order = plan_balances("Sales Order", order.name)
	of_invoice = plan_balances("Sales Invoice", invoice.name)
	assert [plan["reference_name"] for plan in of_order["lineage"]] == [invoice.name]
	assert [plan["reference_name"] for plan in of_invoice["lineage"]] == [order.name]


def test_a_customers_plans_are_summed_with_the_oldest_days(site: ModuleType) -> None:
	customer = make.a_customer("Panel Customer")
	older = a_late_invoice(customer, days=40)
	newer = a_late_invoice(customer, days=4, total=600)
	done = plans.a_plan_invoice(customer=customer)
	plans.pay(done, 300)
	panel = customer_panel(customer)
	assert [plan["sales_invoice"] for plan in panel["plans"]] == [older.name, newer.name]
	late = 100 + 200 + (100 if add_days(nowdate(), -40) <= add_days(nowdate(), -35) else 0)
	assert panel["plans"][0]["days_late"] == 40 and panel["plans"][1]["late"] == 200
	(sums,) = panel["sums"]
	assert (sums["plans"], sums["outstanding"], sums["days_late"]) == (2, 900, 40)
	assert sums["late"] == panel["plans"][0]["late"] + 200 <= late
	assert (str(sums["next_due"]), sums["next_amount"]) == (add_days(nowdate(), -40), 100)


def test_the_sums_are_of_all_plans_though_a_part_is_shown(
	site: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
	monkeypatch.setattr(customers, "SHOWN", 2)
	customer = make.a_customer("Many More Plans")
	for days in (40, 30):
		a_late_invoice(customer, days=days)
	assert not customer_panel(customer)["is_cut"]
	a_late_invoice(customer, days=40, total=600)
	panel = customer_panel(customer)
	assert (len(panel["plans"]), panel["is_cut"]) == (2, True)
	(sums,) = panel["sums"]
	assert (sums["plans"], sums["outstanding"], sums["days_late"]) == (3, 1_200, 40)
	assert (str(sums["next_due"]), sums["next_amount"]) == (add_days(nowdate(), -40), 300)


def test_a_customer_without_live_plans_has_an_empty_panel(site: ModuleType) -> None:
	panel = customer_panel(make.a_customer("Nothing Live"))
	assert panel == {"plans": [], "sums": [], "is_cut": False}


def test_the_customer_panel_costs_two_queries_however_many_plans(site: ModuleType) -> None:
	customer = make.a_customer("Many Plans")
	for _number in range(2):
		a_late_invoice(customer)
	few = queries(customer)
	for _number in range(3):
		a_late_invoice(customer)
	assert queries(customer) == few


def queries(customer: str) -> int:
	ran, run = [], frappe.db.sql

	def count(*arguments: object, **named: object) -> object:
		ran.append(arguments[0])
		return run(*arguments, **named)

	with pytest.MonkeyPatch.context() as patch:
		patch.setattr(frappe.local.db, "sql", count)
		customer_panel(customer)
	return len(ran)


def test_a_plan_of_another_company_is_not_in_the_panel(site: ModuleType) -> None:
	invoice = a_late_invoice(make.a_customer("Of One Company"))
	make.insert("Company", company_name="Far Co", abbr="FAR", country="Saudi Arabia", default_currency="SAR")
	user = make.a_user("far-panel@example.com", "Accounts User")
	make.insert("User Permission", user=user, allow="Company", for_value="Far Co")
	frappe.set_user(user)
	assert customer_panel(invoice.customer)["plans"] == []
	with pytest.raises(frappe.PermissionError):
		plan_panel(invoice.scb_instalment_plan)


def test_whoever_may_read_no_plans_sees_no_panel(site: ModuleType) -> None:
	invoice = a_late_invoice()
	frappe.set_user(make.a_user("stock-panel@example.com", "Stock User"))
	for call in (lambda: customer_panel(invoice.customer), lambda: plan_panel(invoice.scb_instalment_plan)):
		with pytest.raises(frappe.PermissionError):
			call()


def test_the_cards_count_what_is_late_and_due_and_sum_what_is_owed(site: ModuleType) -> None:
	before = figures()
	a_late_invoice(days=10)  # of 300: 100 late, the next in more than a week
	a_late_invoice(days=2, grace=5)  # within its grace days
	plans.a_plan_invoice(scb_first_due_date=nowdate())
	after = figures()
	assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 900]
	late = cards.late_instalments()
	assert late["route"] == ["List", "Instalment Plan"]
	assert late["route_options"] == {
		"Instalment.outstanding": [">", 0],
		"Instalment.grace_until": ["<", nowdate()],
	}


def figures() -> list[float]:
	found = (cards.late_instalments(), cards.due_this_week(), cards.instalments_outstanding())
	return [card["value"] for card in found]


def test_the_cards_leave_out_what_belongs_to_other_companies(site: ModuleType) -> None:
	a_late_invoice()
	make.insert("Company", company_name="Far Co", abbr="FAR", country="Saudi Arabia", default_currency="SAR")
	user = make.a_user("far-cards@example.com", "Accounts User")
	stranger = make.a_user("stock-cards@example.com", "Stock User")
	make.insert("User Permission", user=user, allow="Company", for_value="Far Co")
	frappe.set_user(user)
	assert figures() == [0, 0, 0]
	frappe.set_user(stranger)
	with pytest.raises(frappe.PermissionError):
		cards.late_instalments()


def test_without_a_company_of_his_own_the_card_sums_the_books_of_one_currency(
	site: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
	invoice = a_late_invoice()
	monkeypatch.setattr(frappe.defaults, "get_user_default", lambda key: None)
	frappe.db.set_default("currency", "SAR")
	whole = figures()[2]
	assert whole >= 300
	frappe.db.set_value("Company", invoice.company, "default_currency", "USD")
	assert figures()[2] == whole - all_of(invoice.company)


def all_of(company: str) -> float:
	filters = {"company": company, "parenttype": "Instalment Plan", "outstanding": (">", 0)}
	return sum(frappe.get_all("Instalment", filters, pluck="base_outstanding"))


def test_what_happened_names_its_document_and_a_reschedule(site: ModuleType) -> None:
	invoice = plans.a_plan_invoice()
	payment = plans.pay(invoice, 100)
	reschedule = rescheduled(invoice)
	events = plan_panel(invoice.scb_instalment_plan)["events"]
	assert [(event["kind"], event["cause_doctype"], event["cause_name"]) for event in events] == [
		("moved", "Instalment Reschedule", reschedule.name),
		("paid", "Payment Entry", payment.name),
		("known", "Sales Invoice", invoice.name),
	]
	assert events[0]["text"] == "Rescheduled: version 2"


def test_the_workspace_leads_to_what_there_is_and_has_the_cards(site: ModuleType) -> None:
	workspace = frappe.get_doc("Workspace", "Instalments")
	shown = [row.number_card_name for row in workspace.number_cards]
	assert shown == ["Late Instalments", "Due This Week", "Instalments Outstanding"]
	targets = [(row.link_type, row.link_to) for row in workspace.links if row.type == "Link"]
	targets += [(row.type, row.link_to) for row in workspace.shortcuts]
	assert [target for target in targets if not frappe.db.exists(*target)] == []


def test_an_accountant_may_see_the_cards_of_the_workspace(site: ModuleType) -> None:
	names = ("Late Instalments", "Due This Week", "Instalments Outstanding")
	frappe.set_user(make.a_user("accountant-cards@example.com", "Accounts User"))
	assert all(frappe.get_doc("Number Card", name).has_permission("read") for name in names)


def test_what_a_journal_entry_settles_is_not_called_paid(site: ModuleType) -> None:
	invoice = plans.a_plan_invoice()
	journal = plans.a_journal_receipt(invoice, 40)
	event = plan_panel(invoice.scb_instalment_plan)["events"][0]
	assert event["text"].startswith("Settled by a journal entry: ") and event["cause_name"] == journal.name
