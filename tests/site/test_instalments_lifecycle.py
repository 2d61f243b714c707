"""A plan through the life of its document: taken off, deleted, amended, updated; and what the app seeds and takes back."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from frappe.model.document import Document
from frappe.utils import add_days, add_months, getdate, nowdate

from saudi_crm_billing.common.dates import to_hijri
from saudi_crm_billing.instalments.install import CUSTOM_FIELDS, seed, unseed


def amounts(doc: Document) -> list[float]:
	return [row.payment_amount for row in doc.payment_schedule]


def test_taking_the_plan_off_a_draft_gives_core_its_schedule_back(site: ModuleType) -> None:
	invoice = make.a_sales_invoice(scb_plan_template=steps.a_template()).insert()
	plan = invoice.scb_instalment_plan
	invoice.scb_plan_template = None
	invoice.save().reload()
	assert not frappe.db.exists("Instalment Plan", plan)
	assert not frappe.db.exists("Instalment", {"parent": plan})
	assert invoice.scb_instalment_plan is None
	assert [(row.payment_term, row.invoice_portion) for row in invoice.payment_schedule] == [(None, 100)]
	assert getdate(invoice.due_date) == getdate(invoice.posting_date)


@pytest.mark.parametrize("maker", [make.a_quotation, make.a_sales_order, make.a_sales_invoice])
def test_a_deleted_draft_takes_its_plan_along(site: ModuleType, maker: object) -> None:
	document = maker(scb_plan_template=steps.a_template()).insert()
	plan = document.scb_instalment_plan
	assert frappe.db.get_value("Instalment Plan", plan, "status") == "Draft"
	frappe.delete_doc(document.doctype, document.name)
	assert not frappe.db.exists("Instalment Plan", plan)
	assert not frappe.db.exists("Instalment", {"parent": plan})


def test_an_amended_invoice_gets_a_plan_of_its_own(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	invoice.cancel()
	amended = frappe.copy_doc(invoice)
	amended.update({"amended_from": invoice.name, "docstatus": 0})
	amended.insert().submit()
	frappe.db.commit()
	plan = frappe.get_doc("Instalment Plan", amended.scb_instalment_plan)
	assert plan.previous_plan == invoice.scb_instalment_plan
	assert plan.version == 2
	assert steps.outstanding(amended) == [100, 100, 100]


def test_a_credit_note_carries_no_plan(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice()
	note = steps.a_credit_note(invoice, 100)
	assert note.scb_plan_template is None
	assert note.scb_instalment_plan is None
	assert note.payment_schedule == []


def test_cores_overdue_status_follows_the_instalments(site: ModuleType) -> None:
	start = add_months(nowdate(), -2)
	invoice = steps.a_plan_invoice(posting_date=start, due_date=start, scb_first_due_date=add_days(start, 5))
	assert invoice.status == "Overdue"
	steps.pay(invoice, 200)
	invoice.reload()
	assert invoice.status == "Partly Paid"


def test_a_plan_longer_than_the_seeded_terms_makes_its_terms(site: ModuleType) -> None:
	invoice = steps.a_plan_invoice(150_000, scb_instalment_count=150)
	assert invoice.payment_schedule[-1].payment_term == "Instalment 150"
	assert frappe.db.exists("Payment Term", "Instalment 150")


def test_seeding_twice_changes_nothing_and_keeps_what_a_site_changed(site: ModuleType) -> None:
	frappe.db.set_value("Instalment Plan Template", "12 Months", "instalment_count", 10)
	before = frappe.db.count("Payment Term"), frappe.db.count("Instalment Plan Template")
	seed()
	assert (frappe.db.count("Payment Term"), frappe.db.count("Instalment Plan Template")) == before
	assert frappe.db.get_value("Instalment Plan Template", "12 Months", "instalment_count") == 10


def test_unseeding_keeps_the_terms_that_posted_rows_use(site: ModuleType) -> None:
	steps.a_plan_invoice()
	unseed()
	left = frappe.get_all("Payment Term", filters={"name": ("like", "Instalment %")}, pluck="name")
	assert set(left) >= {"Instalment 001", "Instalment 002", "Instalment 003"}
	assert "Instalment 121" not in left
	assert "Instalment 119" not in left


def test_all_fields_are_on_the_site(site: ModuleType) -> None:
	for doctype, fields in CUSTOM_FIELDS.items():
		meta = frappe.get_meta(doctype)
		assert [field["fieldname"] for field in fields if not meta.has_field(field["fieldname"])] == []


def test_a_save_that_skips_validation_keeps_the_rows(site: ModuleType) -> None:
	invoice = make.a_sales_invoice(scb_plan_template=steps.a_template()).insert()
	before = steps.schedule(invoice, "name", "payment_term", "payment_amount", "due_date")
	again = frappe.get_doc("Sales Invoice", invoice.name)
	again.flags.ignore_validate = True
	again.save()
	assert steps.schedule(again, "name", "payment_term", "payment_amount", "due_date") == before
	assert len(before) == 3


def test_updating_the_items_of_an_order_spreads_the_new_total(site: ModuleType) -> None:
	from erpnext.controllers.accounts_controller import update_child_qty_rate

	order = make.a_sales_order(
		items=[make.line(rate=1_000_000)], scb_plan_template=steps.a_template(), scb_instalment_count=60
	)
	order.insert().submit()
	line = order.items[0]
	change = {
		"docname": line.name,
		"item_code": line.item_code,
		"qty": 1,
		"rate": 1_234_567,
		"name": line.name,
	}
	change["delivery_date"] = str(line.delivery_date)
	update_child_qty_rate("Sales Order", frappe.as_json([change]), order.name)
	order.reload()
	assert sum(map(steps.money, amounts(order))) == 1_234_567
	assert max(amounts(order)) - min(amounts(order)) < 0.0101
	plan = frappe.get_doc("Instalment Plan", order.scb_instalment_plan)
	assert (plan.total, plan.status) == (1_234_567, "Active")
	assert [row.amount for row in plan.instalments] == amounts(order)


def test_deleting_a_cancelled_invoice_takes_plan_and_history_along(site: ModuleType) -> None:
	frappe.db.set_single_value("Accounts Settings", "delete_linked_ledger_entries", 1)
	invoice = steps.a_plan_invoice()
	invoice.cancel()
	frappe.db.commit()
	frappe.delete_doc("Sales Invoice", invoice.name)
	assert not frappe.db.exists("Instalment Plan", invoice.scb_instalment_plan)
	assert not frappe.db.exists("Instalment Balance Event", {"sales_invoice": invoice.name})


@pytest.mark.parametrize(
	("language", "down_payment", "first"),
	[
		("ar", "الدفعة المقدمة ({} هـ)", "القسط 1 ({} هـ)"),
		("en", "Down payment ({} AH)", "Instalment 1 ({} AH)"),
	],
)
def test_rows_are_described_in_the_documents_language_whoever_saves_it(
	site: ModuleType, language: str, down_payment: str, first: str
) -> None:
	"""Not in the language of the user, who may read another one than the customer; the terms keep their names."""
	frappe.local.lang = "ar" if language == "en" else "en"
	order = make.a_sales_order(make.a_customer("Najd Furniture", language=language))
	order.update({"language": language, "scb_plan_template": steps.a_template(), "scb_down_payment": 100})
	order.insert()
	rows = order.payment_schedule[:2]
	assert [row.payment_term for row in rows] == ["Instalment 000 (down payment)", "Instalment 001"]
	assert [row.description for row in rows] == [
		text.format(to_hijri(getdate(row.due_date)))
		for text, row in zip((down_payment, first), rows, strict=True)
	]
