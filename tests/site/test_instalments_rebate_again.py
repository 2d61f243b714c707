"""No margin is rebated twice and no line credited beyond itself, whatever credit note of a rebate stands."""

from __future__ import annotations

from decimal import Decimal
from types import ModuleType

import e_invoicing_helpers as zatca
import factories as make
import frappe
import instalments_helpers as steps
import instalments_margin_helpers as credit
import pytest
import settling_helpers as settle
from e_invoicing_fixtures import gateway, sandbox, unit
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.model.document import Document

from saudi_crm_billing.instalments.errors import InstalmentPlanError

__all__ = ["gateway", "sandbox", "unit"]

MARGIN = {"rebate_kind": "Unearned Margin", "rebate_amount": 0}


def a_margin_invoice() -> Document:
	"""1,150 of goods and a margin of 230 without VAT in ten of 138; three months of margin are kept."""
	credit.a_company_with_margins()
	accounts = {"rebate_by": "Credit Note", "rebate_account": settle.an_account("Rebates Granted")}
	frappe.get_doc("Instalment Settings", make.COMPANY).update({**accounts, "kept_months": 3}).save()
	template = credit.a_margin_template(credit.EXEMPT, margin_percent=24)
	items = [make.line(rate=1000)]
	values = {"customer": zatca.a_business(), "scb_plan_template": template, "disable_rounded_total": 1}
	return steps.commit(make.a_sales_invoice(items=items, **values).insert().submit())


def credited(invoice: Document) -> Decimal:
	"""On the margin's line, by all notes that stand."""
	filters = {"sales_invoice_item": invoice.items[-1].name, "docstatus": 1}
	amounts = frappe.get_all("Sales Invoice Item", filters, pluck="net_amount")
	return -sum(map(steps.money, amounts), Decimal(0))


@pytest.mark.parametrize("by", ["Credit Note", "Deduction"])
def test_the_margin_that_a_standing_note_gave_is_not_given_again(unit: Document, by: str) -> None:
	invoice = a_margin_invoice()
	quote = settle.an_open_quote(invoice, **MARGIN)
	assert (quote.unearned, quote.rebate, quote.outstanding) == (161, 161, 1380)
	payment = settle.receive(quote)
	payment.reload().cancel()
	frappe.db.commit()
	assert frappe.db.get_value("Sales Invoice", quote.credit_note, "docstatus") == 1
	frappe.get_doc("Instalment Settings", make.COMPANY).update({"rebate_by": by}).save()
	again = settle.an_open_quote(invoice, **MARGIN)
	assert (again.unearned, again.rebate, again.amount_to_pay) == (0, 0, 1219)
	assert sum(row.unearned for row in again.rows) == 0
	settle.receive(again)
	assert invoice.reload().outstanding_amount == 0
	assert credited(invoice) == 161


def credit_by_hand(invoice: Document, *rates: float) -> None:
	"""As many of the last lines as there are rates."""
	note = make_sales_return(invoice.name)
	note.set("items", note.items[-len(rates) :])
	for row, rate in zip(note.items, rates, strict=True):
		row.rate = rate
	note.update({"update_outstanding_for_self": 0, "disable_rounded_total": 1})
	note.insert().submit()
	frappe.db.commit()


@pytest.mark.parametrize(("rates", "unearned", "margin"), [([100], 61, 161), ([500, 115], 115, 230)])
def test_what_was_credited_by_hand(
	unit: Document, rates: list[float], unearned: float, margin: float
) -> None:
	"""Of the margin alone it is given; with half of the goods it belonged to the five instalments that it settles."""
	invoice = a_margin_invoice()
	credit_by_hand(invoice, *rates)
	quote = settle.an_open_quote(invoice, **MARGIN)
	assert (quote.unearned, sum(row.unearned for row in quote.rows)) == (unearned, unearned)
	settle.receive(quote)
	assert invoice.reload().outstanding_amount == 0 and credited(invoice) == margin


def test_a_rebate_beyond_what_its_lines_have_left_is_refused(site: ModuleType) -> None:
	"""Of 690 are 575 freight, which no rebate lowers."""
	settle.settings(rebate_by="Credit Note")
	freight = {
		"charge_type": "Actual",
		"account_head": make.account("Freight and Forwarding Charges"),
		"description": "Freight",
		"tax_amount": 575,
	}
	values = {"scb_plan_template": steps.a_template(), "disable_rounded_total": 1}
	invoice = make.a_sales_invoice(
		items=[make.line(rate=100)], taxes=[zatca.vat_row(), freight], **values
	).insert()
	steps.commit(invoice.submit())
	with pytest.raises(InstalmentPlanError, match=r"300\.00 .* 115\.00"):
		settle.a_quote(invoice, rebate_amount=300).submit()
