"""A rebate's credit note beside its payment: whose rights it needs, and where in the books it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import factories as make
import frappe
import instalments_helpers as steps
import pytest
import settling_helpers as settle
from frappe.permissions import add_permission, update_permission_property

CASHIER = "Rebate Cashier"


def a_cashier() -> str:
	"""Who cancels payments, and invoices not."""
	if not frappe.db.exists("Role", CASHIER):
		make.insert("Role", role_name=CASHIER)
	add_permission("Payment Entry", CASHIER)
	for right in ("read", "write", "submit", "cancel"):
		update_permission_property("Payment Entry", CASHIER, 0, right, 1)
	return make.a_user("rebate-cashier@example.com", CASHIER)


def test_who_may_not_cancel_the_note_is_told_who_may(site: ModuleType) -> None:
	settle.settings(rebate_by="Credit Note")
	quote = settle.an_open_quote(steps.a_plan_invoice())
	payment = settle.receive(quote)
	site.set_user(a_cashier())
	with pytest.raises(frappe.PermissionError) as refused:
		payment.reload().cancel()
	assert f"{payment.name} is settled together with the credit note {quote.credit_note}" in str(
		refused.value
	)
	assert "Accounts Manager" in str(refused.value) and CASHIER not in str(refused.value)


def a_dimension(doctype: str) -> None:
	"""Of a field that the lines of invoices have anyway; a new one would alter tables, which commits."""
	dimension = frappe.get_doc({"doctype": "Accounting Dimension", "document_type": doctype})
	dimension.set_fieldname_and_label()
	dimension.db_insert()
	frappe.flags.accounting_dimensions = None


@pytest.fixture
def forgotten_dimensions() -> Iterator[None]:
	"""Core keeps the list beyond the rollback."""
	yield
	frappe.flags.accounting_dimensions = None


def test_the_note_is_of_the_lines_project_and_dimensions(
	site: ModuleType, forgotten_dimensions: None
) -> None:
	settle.settings(rebate_by="Credit Note")
	a_dimension("Brand")
	brand = make.insert("Brand", brand="Rebated brand").name
	project = make.insert("Project", project_name="Rebated project", company=make.COMPANY).name
	item = make.an_item("SCB-BRANDED", brand=brand)
	items = [make.line(item, rate=300, project=project)]
	values = {"scb_plan_template": steps.a_template(), "disable_rounded_total": 1}
	invoice = steps.commit(make.a_sales_invoice(items=items, **values).insert().submit())
	quote = settle.an_open_quote(invoice)
	settle.receive(quote)
	note = frappe.get_doc("Sales Invoice", quote.credit_note)
	assert [(row.project, row.brand) for row in note.items] == [(project, brand)]
	rebate = {"voucher_no": quote.credit_note, "account": make.account("Rebates Granted")}
	assert frappe.get_all("GL Entry", rebate, pluck="project") == [project]
