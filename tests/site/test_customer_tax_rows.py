"""The VAT row among other taxes, inclusive prices, and notes that correct an invoice."""

from __future__ import annotations

from decimal import Decimal
from types import ModuleType

import pytest
from customer_tax_helpers import (
	EXPORT,
	MEDICINES,
	TAXABLE,
	a_customer_of,
	a_special_class,
	an_item_of,
	enable_tax_classes,
	percent_of,
	snapshot,
	vat_amount,
	vat_in_ledger,
	vat_rows,
)
from factories import COMPANY, a_sales_invoice, account, insert, line


@pytest.fixture
def setup(site: ModuleType):
	return enable_tax_classes()


@pytest.fixture
def freight(site: ModuleType) -> str:
	return insert(
		"Account",
		account_name="Freight Out",
		company=COMPANY,
		parent_account=account("Indirect Expenses"),
		account_type="Chargeable",
	).name


def a_tax_template(*rows: dict, **values) -> str:
	return insert(
		"Sales Taxes and Charges Template", title="Our taxes", company=COMPANY, taxes=list(rows), **values
	).name


def actual(account_head: str, amount: float) -> dict:
	row = {"charge_type": "Actual", "account_head": account_head, "tax_amount": amount}
	return {**row, "description": "Freight"}


def on_net_total(account_head: str, rate: float) -> dict:
	return {"charge_type": "On Net Total", "account_head": account_head, "rate": rate, "description": "VAT"}


def on_previous_total(account_head: str, rate: float, row_id: int) -> dict:
	row = {"charge_type": "On Previous Row Total", "account_head": account_head, "rate": rate}
	return {**row, "row_id": str(row_id), "description": "Fee"}


def test_freight_is_kept_beside_the_vat_row(setup, site, freight) -> None:
	invoice = a_sales_invoice(a_customer_of(TAXABLE), taxes=[actual(freight, 50)]).insert()
	assert [(row.account_head, row.tax_amount) for row in invoice.taxes] == [
		(freight, 50),
		(setup.vat_account, 150),
	]
	assert invoice.grand_total == 1200


def test_vat_that_covers_the_freight_goes_on_covering_it(setup, site, freight) -> None:
	template = a_tax_template(actual(freight, 50), on_previous_total(setup.vat_account, 5, row_id=1))
	invoice = a_sales_invoice(a_customer_of(TAXABLE), taxes_and_charges=template).insert()
	invoice.reload()
	invoice.save()
	assert [(row.charge_type, row.row_id, row.rate, row.tax_amount) for row in invoice.taxes] == [
		("Actual", None, 0, 50),
		("On Previous Row Total", "1", 15, 157.5),
	]
	assert invoice.grand_total == 1207.5


def test_vat_is_on_the_items_alone_where_prices_include_it(site, freight) -> None:
	setup = enable_tax_classes(price_includes_vat=1)
	rows = [actual(freight, 50), on_previous_total(setup.vat_account, 15, row_id=1)]
	invoice = a_sales_invoice(a_customer_of(TAXABLE), [line(rate=1150)], taxes=rows).insert()
	assert (invoice.taxes[1].charge_type, invoice.grand_total) == ("On Net Total", 1200)


def test_vat_row_of_the_chosen_template_is_replaced_and_the_document_says_so(setup, site, freight) -> None:
	template = a_tax_template(on_net_total(setup.vat_account, 5), actual(freight, 50))
	invoice = a_sales_invoice(a_customer_of(TAXABLE), taxes_and_charges=template).insert()
	assert [(row.account_head, row.rate, row.tax_amount) for row in invoice.taxes] == [
		(setup.vat_account, 15, 150),
		(freight, 0, 50),
	]
	note = f"The tax class replaced the VAT row (5%) of the tax template {template}."
	assert note in invoice.scb_tax_decision
	invoice.reload()
	invoice.save()
	assert note in invoice.scb_tax_decision


def test_default_template_of_the_company_still_brings_its_other_rows(setup, site, freight) -> None:
	a_tax_template(actual(freight, 50), is_default=1)
	invoice = a_sales_invoice(a_customer_of(TAXABLE)).insert()
	assert [row.account_head for row in invoice.taxes] == [freight, setup.vat_account]


def test_two_vat_rows_become_one_and_rows_that_count_on_them_follow(setup, site, freight) -> None:
	rows = [
		actual(freight, 50),
		on_net_total(setup.vat_account, 5),
		on_net_total(setup.vat_account, 10),
		on_previous_total(freight, 1, row_id=3),
	]
	invoice = a_sales_invoice(a_customer_of(TAXABLE), taxes=rows).insert()
	assert [(row.idx, row.account_head, row.row_id, row.tax_amount) for row in invoice.taxes] == [
		(1, freight, None, 50),
		(2, setup.vat_account, None, 150),
		(3, freight, "2", 12),
	]
	assert len(vat_rows(invoice)) == 1


def test_second_row_that_looks_like_vat_is_kept_and_pointed_out(setup, site) -> None:
	other = insert(
		"Account",
		account_name="Municipality Fee",
		company=COMPANY,
		parent_account=account("Duties and Taxes"),
		account_type="Tax",
	).name
	invoice = a_sales_invoice(a_customer_of(TAXABLE), taxes=[on_net_total(other, 5)]).insert()
	assert invoice.grand_total == 1200
	assert f"{other} also charges 5% on the net total" in invoice.scb_tax_decision


def test_price_includes_vat_by_the_setup(site) -> None:
	enable_tax_classes(price_includes_vat=1)
	invoice = a_sales_invoice(a_customer_of(TAXABLE), [line(rate=1150)]).insert()
	assert (invoice.grand_total, invoice.net_total, vat_amount(invoice)) == (1150, 1000, Decimal("150.0"))


def test_price_includes_vat_with_mixed_lines(site) -> None:
	enable_tax_classes(price_includes_vat=1)
	items = [line(rate=115), line(an_item_of(MEDICINES, "MEDICINE"), rate=200)]
	invoice = a_sales_invoice(a_customer_of(TAXABLE), items).insert()
	assert [row.net_amount for row in invoice.items] == [100, 200]
	assert (invoice.grand_total, vat_amount(invoice)) == (315, Decimal("15.0"))


def test_a_document_keeps_whether_its_prices_include_vat(site) -> None:
	setup = enable_tax_classes(price_includes_vat=1)
	invoice = a_sales_invoice(a_customer_of(TAXABLE), [line(rate=1150)]).insert()
	setup.update({"price_includes_vat": 0}).save()
	invoice.reload()
	invoice.save()
	assert invoice.grand_total == 1150


def test_discount_on_the_net_total_is_taxed_by_line(setup, site) -> None:
	items = [line(rate=1000), line(an_item_of(MEDICINES, "MEDICINE"), rate=1000)]
	values = {"apply_discount_on": "Net Total", "additional_discount_percentage": 10}
	invoice = a_sales_invoice(a_customer_of(TAXABLE), items, **values).insert()
	assert (vat_amount(invoice), invoice.grand_total) == (percent_of(900, 15), 1935)


def test_foreign_currency_invoice_is_taxed_in_both_currencies(setup, site) -> None:
	values = {"currency": "USD", "conversion_rate": 3.75}
	receivable = insert(
		"Account",
		account_name="Debtors USD",
		company=COMPANY,
		parent_account=account("Accounts Receivable"),
		account_type="Receivable",
		account_currency="USD",
	).name
	customer = a_customer_of(TAXABLE, "Gulf Traders")
	invoice = a_sales_invoice(customer, debit_to=receivable, **values).insert()
	(row,) = vat_rows(invoice)
	assert (row.tax_amount, row.base_tax_amount) == (150, 562.5)


def make_return(invoice: str):
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	return make_sales_return(invoice)


def test_credit_note_keeps_the_originals_class(setup, site) -> None:
	"""The customer has become taxable since; the note still reverses a zero-rated sale."""
	invoice = a_sales_invoice(a_customer_of(EXPORT, "Changing Co")).insert()
	invoice.submit()
	a_customer_of(TAXABLE, "Changing Co")
	note = make_return(invoice.name).insert()
	note.submit()
	assert snapshot(note.items[0]) == snapshot(invoice.items[0])
	assert (note.grand_total, note.scb_tax_class) == (-1000, EXPORT)
	assert note.scb_tax_decision == (
		"VAT: Zero-rated – Export of goods (VATEX-SA-32), because the invoice that this one corrects was taxed as "
		f"Zero-rated export of goods. This document corrects {invoice.name} and keeps its tax classes."
	)


def test_credit_note_reverses_a_mixed_invoice_to_the_halala(setup, site) -> None:
	items = [line(rate=333.33, qty=3), line(an_item_of(MEDICINES, "MEDICINE"), rate=200)]
	invoice = a_sales_invoice(a_customer_of(TAXABLE, "Changing Co"), items).insert()
	invoice.submit()
	a_customer_of(EXPORT, "Changing Co")
	note = make_return(invoice.name).insert()
	note.submit()
	assert [(row.scb_vat_category, row.scb_vat_rate) for row in note.items] == [("S", 15), ("Z", 0)]
	ledger = [vat_in_ledger(name, setup.vat_account) for name in (invoice.name, note.name)]
	assert ledger == [Decimal("150.00"), Decimal("-150.00")]


def test_credit_note_keeps_rate_and_account_when_class_and_setup_have_changed(setup, site) -> None:
	"""The item's template now says another rate and the setup another account: the past stays as it was."""
	special = a_special_class()
	items = [line(an_item_of(special, "OLD GOODS")), line(rate=500)]
	invoice = a_sales_invoice(a_customer_of(TAXABLE), items).insert()
	invoice.submit()
	assert vat_amount(invoice) == Decimal("125.0")
	site.get_doc("Customer Tax Class", special).update({"rate": 15}).save()
	other = insert(
		"Account",
		account_name="VAT new",
		company=COMPANY,
		parent_account=account("Duties and Taxes"),
		account_type="Tax",
	).name
	old_account = setup.vat_account
	setup.update({"vat_account": other}).save()
	note = make_return(invoice.name).insert()
	note.submit()
	assert vat_amount(note) == Decimal("-125.0")
	assert [row.account_head for row in note.taxes] == [old_account]


def test_credit_note_says_which_template_it_needs_when_somebody_deleted_it(setup, site) -> None:
	special = a_special_class()
	items = [line(an_item_of(special, "OLD GOODS")), line(rate=500)]
	invoice = a_sales_invoice(a_customer_of(TAXABLE), items).insert()
	invoice.submit()
	site.get_doc("Customer Tax Class", special).update({"rate": 15}).save()
	site.delete_doc("Item Tax Template", "VAT 5% (rate only) - RTC")
	with pytest.raises(site.ValidationError) as refusal:
		make_return(invoice.name).insert()
	assert "Line 1 corrects a line that was taxed at 5%. Make an Item Tax Template" in str(refusal.value)


def test_credit_note_for_an_invoice_from_before_the_setup_is_decided_on_its_date(site) -> None:
	special = a_special_class(valid_to="2026-06-30")
	invoice = a_sales_invoice(a_customer_of(special), posting_date="2026-06-30").insert()
	invoice.submit()
	enable_tax_classes()
	note = make_return(invoice.name)
	note.update({"posting_date": "2026-07-15", "set_posting_time": 1})
	note.insert()
	assert (note.items[0].scb_tax_class, note.items[0].scb_vat_rate) == (special, 5)


def test_debit_note_keeps_the_originals_class(setup, site) -> None:
	invoice = a_sales_invoice(a_customer_of(EXPORT, "Changing Co")).insert()
	invoice.submit()
	a_customer_of(TAXABLE, "Changing Co")
	note = a_sales_invoice(
		"Changing Co", [line(rate=50)], is_debit_note=1, return_against=invoice.name
	).insert()
	assert (note.items[0].scb_vatex_code, note.grand_total) == ("VATEX-SA-32", 50)


def test_invoice_that_corrects_nothing_follows_the_customer(setup, site) -> None:
	"""`return_against` may be left over from a note that became an ordinary invoice again."""
	invoice = a_sales_invoice(a_customer_of(EXPORT, "Changing Co")).insert()
	invoice.submit()
	a_customer_of(TAXABLE, "Changing Co")
	plain = a_sales_invoice("Changing Co", [line(rate=50)], return_against=invoice.name).insert()
	assert (plain.items[0].scb_vat_category, plain.grand_total) == ("S", 57.5)


def test_vat_is_rounded_half_up_under_commercial_rounding(setup, site, monkeypatch) -> None:
	"""15% of 100.30 is 15.045."""
	site.db.set_single_value("System Settings", "rounding_method", "Commercial Rounding")
	monkeypatch.setattr(site.local, "system_settings", None, raising=False)
	invoice = a_sales_invoice(a_customer_of(TAXABLE), [line(rate=100.30)]).insert()
	assert vat_amount(invoice) == percent_of(100.30, 15) == Decimal("15.05")


def test_line_that_core_taxes_at_another_rate_is_refused(setup, site) -> None:
	"""Somebody writes another VAT rate into a classified template behind the app's back."""
	item = an_item_of(MEDICINES, "MEDICINE")
	template = site.db.get_value("Item Tax", {"parent": item}, "item_tax_template")
	row = site.db.get_value("Item Tax Template Detail", {"parent": template})
	site.db.set_value("Item Tax Template Detail", row, "tax_rate", 7)
	site.clear_document_cache("Item Tax Template", template)
	with pytest.raises(site.ValidationError) as refusal:
		a_sales_invoice(a_customer_of(TAXABLE), [line(), line(item)]).insert()
	assert "Line 2, item MEDICINE: ERPNext computed VAT at 7%" in str(refusal.value)
	assert f"Correct the VAT rate of Item Tax Template {template}" in str(refusal.value)
