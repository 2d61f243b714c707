"""A rebate given by credit note: price and VAT are lowered together with the payment, and both are taken back together."""

from __future__ import annotations

import json
from decimal import Decimal
from types import ModuleType
from typing import Any

import customer_tax_helpers as tax
import e_invoicing_helpers as zatca
import factories as make
import frappe
import instalments_helpers as steps
import instalments_margin_helpers as credit
import pytest
import settling_helpers as settle
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.instalments.errors import InstalmentPlanError

__all__ = ["gateway", "sandbox", "unit"]

ZERO_RATED = "Nothing on this one"


def by_credit_note(**values: Any) -> None:
	settle.settings(rebate_by="Credit Note", **values)


def zero_rated_line(rate: float) -> dict[str, Any]:
	taxes = [{"tax_type": zatca.vat_account(), "tax_rate": 0}]
	if not frappe.db.exists("Item Tax Template", {"title": ZERO_RATED}):
		make.insert("Item Tax Template", title=ZERO_RATED, company=make.COMPANY, taxes=taxes)
	template = frappe.db.get_value("Item Tax Template", {"title": ZERO_RATED})
	return make.line(make.an_item("SCB-MEDICINE"), rate=rate, item_tax_template=template)


def a_mixed_invoice(**values: Any) -> Document:
	"""1,000 with VAT of 15 % and 500 without: 1,650 in three instalments."""
	defaults = {"items": [make.line(rate=1000), zero_rated_line(500)], "taxes": [zatca.vat_row()]}
	return planned(**{**defaults, **values})


def planned(**values: Any) -> Document:
	invoice = make.a_sales_invoice(
		scb_plan_template=steps.a_template(), disable_rounded_total=1, **values
	).insert()
	return steps.commit(invoice.submit())


def note_of(quote: Document) -> Document:
	return frappe.get_doc("Sales Invoice", quote.credit_note)


def assert_settled(invoice: Document, quote: Document) -> None:
	assert steps.outstanding(invoice) == [0, 0, 0]
	assert invoice.reload().outstanding_amount == 0
	assert frappe.db.get_value("Instalment Plan", quote.plan, "status") == "Completed"
	assert (quote.reload().status, quote.open_key) == ("Paid", None)


def test_price_and_vat_are_lowered_in_the_invoices_own_proportion(site: ModuleType) -> None:
	by_credit_note()
	invoice = a_mixed_invoice()
	quote = settle.an_open_quote(invoice, rebate_amount=165)
	payment = settle.receive(quote)
	note = note_of(quote)
	assert (note.is_return, note.return_against, note.update_stock) == (1, invoice.name, 0)
	assert [(row.net_amount, row.qty, row.sales_invoice_item) for row in note.items] == [
		(-100, 0, invoice.items[0].name),
		(-50, 0, invoice.items[1].name),
	]
	assert settle.posted(note) == {
		make.account("Rebates Granted"): 150,
		make.account("VAT 15%"): 15,
		make.account("Debtors"): -165,
	}
	assert settle.posted(payment) == {make.account("Cash"): 1485, make.account("Debtors"): -1485}
	assert quote.rebate_by == "Credit Note" and note.outstanding_amount == 0
	assert_settled(invoice, quote)


@pytest.mark.parametrize("rebate", [0.01, 0.04, 33.33, 100.07, 819.19])
def test_whatever_the_vat_rounds_to_nothing_is_left(site: ModuleType, rebate: float) -> None:
	by_credit_note()
	invoice = a_mixed_invoice()
	quote = settle.an_open_quote(invoice, rebate_amount=rebate)
	payment = settle.receive(quote)
	note = abs(steps.money(note_of(quote).grand_total))
	residue = sum((steps.money(row.amount) for row in payment.deductions), Decimal(0))
	assert note + residue == steps.money(rebate) and 0 <= residue <= Decimal("0.02")
	assert steps.money(payment.paid_amount) == steps.money(1650) - steps.money(rebate)
	assert_settled(invoice, quote)


def test_a_halala_that_no_vat_makes_is_the_payments_deduction(site: ModuleType) -> None:
	by_credit_note()
	invoice = planned(items=[make.line(rate=1000)], taxes=[zatca.vat_row()])
	quote = settle.an_open_quote(invoice, rebate_amount=0.04)
	payment = settle.receive(quote)
	assert settle.posted(note_of(quote))[make.account("Debtors")] == -0.03
	assert settle.posted(payment)[make.account("Rebates Granted")] == 0.01
	assert_settled(invoice, quote)


def test_prices_that_include_vat(site: ModuleType) -> None:
	by_credit_note()
	taxes = [zatca.vat_row(included_in_print_rate=1)]
	invoice = planned(items=[make.line(rate=1150), zero_rated_line(500)], taxes=taxes)
	quote = settle.an_open_quote(invoice, rebate_amount=165)
	settle.receive(quote)
	note = note_of(quote)
	posted = settle.posted(note)
	assert (note.taxes[0].included_in_print_rate, note.grand_total) == (0, -165)
	assert (posted[make.account("Rebates Granted")], posted[make.account("VAT 15%")]) == (150, 15)
	assert_settled(invoice, quote)


def test_a_discount_and_a_charge_of_the_invoice_are_not_credited_twice(site: ModuleType) -> None:
	by_credit_note()
	freight = {
		"charge_type": "Actual",
		"account_head": make.account("Freight and Forwarding Charges"),
		"description": "Freight",
		"tax_amount": 50,
	}
	invoice = planned(
		items=[make.line(rate=1100)],
		taxes=[zatca.vat_row(), freight],
		apply_discount_on="Net Total",
		discount_amount=100,
	)
	assert invoice.grand_total == 1200
	quote = settle.an_open_quote(invoice, rebate_amount=115)
	settle.receive(quote)
	assert settle.posted(note_of(quote)) == {
		make.account("Rebates Granted"): 100,
		make.account("VAT 15%"): 15,
		make.account("Debtors"): -115,
	}
	assert_settled(invoice, quote)


def test_what_was_returned_before_bears_no_part_of_it(site: ModuleType) -> None:
	by_credit_note()
	invoice = a_mixed_invoice()
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	returned = make_sales_return(invoice.name)
	returned.update({"update_outstanding_for_self": 0, "disable_rounded_total": 1})
	returned.set("items", returned.items[1:])
	returned.calculate_taxes_and_totals()
	returned.insert().submit()
	frappe.db.commit()
	quote = settle.an_open_quote(invoice, rebate_amount=115)
	settle.receive(quote)
	assert [(row.net_amount, row.item_tax_template) for row in note_of(quote).items] == [(-100, None)]
	assert_settled(invoice, quote)


def test_dollars_come_to_zero_in_both_currencies(site: ModuleType) -> None:
	by_credit_note()
	invoice = steps.a_dollar_invoice("Gulf Buyer", 100.01)
	quote = settle.an_open_quote(invoice, rebate_kind="Percent", rebate_percent=7.77)
	payment = settle.receive(quote)
	assert settle.posted(note_of(quote)) == {
		make.account("Rebates Granted"): 29.14,
		make.account("Debtors USD"): -29.14,
	}
	owed = {"account": make.account("Debtors USD"), "is_cancelled": 0, "party": invoice.customer}
	entries = frappe.get_all("GL Entry", owed, ["debit", "credit"])
	assert payment.difference_amount == 0
	assert round(sum(entry.debit - entry.credit for entry in entries), 2) == 0
	assert_settled(invoice, quote)


@pytest.mark.parametrize(
	("treatment", "category", "vat"),
	[(credit.IN_PRICE, "S", 17.25), (credit.EXEMPT, "E", 0), (credit.FEE, "S", 17.25)],
)
def test_the_margins_rebate_lowers_the_margins_own_lines(
	site: ModuleType, treatment: str, category: str, vat: float
) -> None:
	credit.a_company_with_margins()
	settings = frappe.get_doc("Instalment Settings", make.COMPANY)
	settings.update(
		{"rebate_by": "Credit Note", "rebate_account": settle.an_account("Rebates Granted")}
	).save()
	invoice = steps.commit(credit.sold(treatment).submit())
	quote = settle.an_open_quote(invoice, rebate_kind="Unearned Margin", rebate_amount=0)
	settle.receive(quote)
	note = note_of(quote)
	assert [row.scb_vat_category for row in note.items] == [category]
	assert note.items[0].sales_invoice_item == invoice.items[-1].name
	assert -tax.vat_amount(note) == steps.money(vat)
	assert invoice.reload().outstanding_amount == 0 and quote.reload().status == "Paid"


def test_it_is_a_381_with_its_reason(unit: Document) -> None:
	by_credit_note()
	tax.enable_tax_classes()
	medicine = tax.an_item_of(tax.MEDICINES, "MEDICINE")
	invoice = planned(
		customer=zatca.a_business(), items=[make.line(rate=1000), make.line(medicine, rate=500)]
	)
	zatca.sent(invoice)
	quote = settle.an_open_quote(invoice, rebate_amount=165)
	settle.receive(quote)
	document = zatca.sent(note_of(quote))
	assert document.state == "Cleared", document.last_message_en
	assert '<cbc:InvoiceTypeCode name="0100000">381</cbc:InvoiceTypeCode>' in document.xml
	assert "تعديل" in document.xml and "Amendment of the supply value agreed in advance" in document.xml
	assert f"<cbc:ID>{invoice.name}</cbc:ID>" in document.xml
	assert (document.tax_total, document.grand_total) == (15, 165)
	zatca.assert_fatoority(document)


def test_cancelling_the_payment_takes_both_back(site: ModuleType) -> None:
	by_credit_note()
	invoice = a_mixed_invoice()
	quote = settle.an_open_quote(invoice, rebate_amount=165)
	payment = settle.receive(quote)
	note = note_of(quote)
	payment.reload().cancel()
	frappe.db.commit()
	assert note.reload().docstatus == 2 and settle.posted(note) == {}
	assert steps.outstanding(invoice) == [550, 550, 550]
	quote.reload()
	assert (quote.status, quote.payment_entry, quote.credit_note) == ("Open", None, None)
	settle.receive(quote)
	assert_settled(invoice, quote)


def test_the_credit_note_alone_is_not_cancelled(site: ModuleType) -> None:
	by_credit_note()
	quote = settle.an_open_quote(a_mixed_invoice(), rebate_amount=165)
	payment = settle.receive(quote)
	with pytest.raises(InstalmentPlanError, match=f"{quote.name}. Cancel its payment {payment.name}"):
		note_of(quote).cancel()


def test_the_note_goes_with_its_payment_though_a_later_charge_ended_the_quote(site: ModuleType) -> None:
	by_credit_note()
	invoice = a_mixed_invoice()
	quote = settle.an_open_quote(invoice, rebate_amount=165)
	payment = settle.receive(quote)
	note = note_of(quote)
	steps.a_journal_receipt(invoice, -40)
	frappe.db.commit()
	assert quote.reload().status == "Void"
	with pytest.raises(InstalmentPlanError, match=f"{quote.name}. Cancel its payment {payment.name}"):
		note_of(quote).cancel()
	payment.reload().cancel()
	frappe.db.commit()
	assert note.reload().docstatus == 2
	assert frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount") == 1_690


def test_an_issued_credit_note_stands_and_the_quote_says_what_to_do(unit: Document) -> None:
	by_credit_note()
	tax.enable_tax_classes()
	invoice = planned(customer=zatca.a_business(), items=[make.line(rate=1000)])
	quote = settle.an_open_quote(invoice, rebate_amount=115)
	payment = settle.receive(quote)
	frappe.clear_messages()
	payment.reload().cancel()
	said = [json.loads(entry) if isinstance(entry, str) else entry for entry in frappe.local.message_log]
	frappe.db.commit()
	assert any(
		f"{quote.credit_note} stands, though its payment is cancelled" in entry["message"] for entry in said
	)
	assert note_of(quote).docstatus == 1 and sum(steps.outstanding(invoice)) == 1035
	quote.reload()
	assert quote.status == "Void"
	assert f"its credit note {quote.credit_note} stands, so 1,035.00 is owed" in quote.void_reason
	settle.receive(settle.an_open_quote(invoice, rebate_kind="None"))
	assert invoice.reload().outstanding_amount == 0


def test_a_quote_keeps_what_it_was_made_with(site: ModuleType) -> None:
	by_credit_note()
	quote = settle.an_open_quote(a_mixed_invoice(), rebate_amount=165)
	settle.settings(rebate_by="Deduction")
	settle.receive(quote)
	assert quote.reload().credit_note


def test_an_opened_invoice_declared_its_vat_elsewhere(site: ModuleType) -> None:
	by_credit_note()
	invoice = steps.a_plan_invoice()
	invoice.db_set("is_opening", "Yes")
	with pytest.raises(InstalmentPlanError, match=f"{invoice.name} was opened from another system"):
		settle.a_quote(invoice).submit()


def test_what_fails_at_the_payment_leaves_no_credit_note(site: ModuleType) -> None:
	"""The note was there, uncommitted: what a request does after a refusal takes it back."""
	by_credit_note()
	invoice = a_mixed_invoice()
	quote = settle.an_open_quote(invoice, rebate_amount=165)
	notes = {"return_against": invoice.name, "docstatus": 1}
	frappe.db.savepoint("before_receiving")
	with pytest.raises(frappe.LinkValidationError, match="No such mode"):
		settle.receive(quote, mode_of_payment="No such mode")
	assert frappe.db.count("Sales Invoice", notes) == 1
	frappe.db.rollback(save_point="before_receiving")
	assert frappe.db.count("Sales Invoice", {"return_against": invoice.name}) == 0
