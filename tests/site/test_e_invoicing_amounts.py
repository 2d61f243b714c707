"""Every kind of amount through the real ERPNext, under both ways of rounding: each issued document balances.

The rules and a validator that nobody here wrote find nothing, and the amount due is ERPNext's to the halala.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random
from types import ModuleType
from typing import Any

import customer_tax_helpers as tax
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from lxml import etree

from saudi_crm_billing.e_invoicing.checks import drafts
from saudi_crm_billing.e_invoicing.engine import rules, ubl
from saudi_crm_billing.e_invoicing.engine.draft import ON_SIGNED_ONLY
from saudi_crm_billing.e_invoicing.engine.xml import NS, parse, text_at

__all__ = ["gateway", "sandbox", "unit"]

D = Decimal
METHODS = ("Banker's Rounding", "Commercial Rounding")
EXEMPT = "Exempt financial services"


@pytest.fixture
def settings(site: ModuleType) -> Iterator[Callable[..., None]]:
	"""Sets System Settings for a test, and its defaults."""

	def change(**values: Any) -> None:
		for name, value in values.items():
			frappe.db.set_single_value("System Settings", name, value)
			frappe.db.set_default(name, value)
		frappe.local.system_settings = None

	yield change
	frappe.db.rollback()
	frappe.clear_cache()
	frappe.local.system_settings = None


def freight(amount: float = 100, **values: Any) -> dict[str, Any]:
	return {
		"charge_type": "Actual",
		"account_head": make.account("Freight and Forwarding Charges"),
		"description": "Freight",
		"tax_amount": amount,
		**values,
	}


def service(rate: float = 10, **values: Any) -> dict[str, Any]:
	return {
		"charge_type": "On Net Total",
		"account_head": make.account("Service"),
		"description": "Service charge",
		"rate": rate,
		**values,
	}


def vat_on(row: int, **values: Any) -> dict[str, Any]:
	return zatca.vat_row(**{"charge_type": "On Previous Row Total", "row_id": row, **values})


def priced(rate: float, qty: float, listed: float, **values: Any) -> dict[str, Any]:
	return make.line(rate=rate, qty=qty, price_list_rate=listed, **values)


def odd_lines() -> list[dict[str, Any]]:
	rows = [make.line(rate=rate, qty=qty) for rate, qty in ((33.33, 3), (0.3, 1), (19.99, 7))]
	return [*rows, cable(1234.56, 0.125)]


def cable(rate: float, qty: float) -> dict[str, Any]:
	"""By the metre: parts of one can be sold."""
	return make.line(make.an_item("CABLE", stock_uom="Meter"), rate=rate, qty=qty)


def mixed_lines() -> list[dict[str, Any]]:
	return [
		make.line(make.an_item("TAXED"), rate=100.3, qty=3),
		make.line(tax.an_item_of(tax.MEDICINES), rate=50.55),
		make.line(tax.an_item_of(EXEMPT), rate=25.25, qty=2),
	]


def standard(items: list[dict[str, Any]], **values: Any) -> Document:
	return zatca.an_invoice(zatca.a_person(), items, **values)


def classified(items: list[dict[str, Any]], **values: Any) -> Document:
	tax.enable_tax_classes()
	return make.a_sales_invoice(zatca.a_person(), items(), disable_rounded_total=1, **values)  # type: ignore[operator]


def with_negative_line() -> Document:
	frappe.db.set_single_value("Selling Settings", "allow_negative_rates_for_items", 1)
	items = [make.line(rate=200), make.line(make.an_item("REBATE"), rate=-50)]
	return standard(items, apply_discount_on="Net Total", additional_discount_percentage=10)


def an_income_account() -> None:
	if not frappe.db.exists("Account", make.account("Service Charges")):
		parent = frappe.db.get_value(
			"Account",
			{"company": make.COMPANY, "root_type": "Income", "is_group": 1, "parent_account": ("is", "set")},
		)
		make.insert(
			"Account",
			account_name="Service Charges",
			company=make.COMPANY,
			parent_account=parent,
			account_type="Income Account",
		)


def with_service_charge(**values: Any) -> Document:
	an_income_account()
	row = service(account_head=make.account("Service Charges"), **values)
	return standard(odd_lines(), taxes=[row, vat_on(1, **values)])


def with_payable_rounding() -> Document:
	frappe.db.set_value("Currency", "SAR", "smallest_currency_fraction_value", 0.5)
	return standard(odd_lines(), disable_rounded_total=0)


def with_write_off() -> Document:
	invoice = standard([make.line(rate=100)], is_pos=1)
	invoice.append("payments", {"mode_of_payment": "Cash", "account": make.account("Cash"), "amount": 110})
	invoice.update(
		{
			"write_off_amount": 5,
			"write_off_account": make.account("Write Off"),
			"write_off_cost_center": make.account("Main"),
		}
	)
	return invoice


INCLUDED = {"included_in_print_rate": 1}
KINDS: dict[str, Callable[[], Document]] = {
	"half a halala of VAT": lambda: standard([make.line(rate=0.3)]),
	"odd amounts": lambda: standard(odd_lines()),
	"item discount in percent": lambda: standard([priced(0, 7, 99.99, discount_percentage=12.5)]),
	"item discount as an amount": lambda: standard([priced(88.88, 3, 99.99), priced(45, 1, 50)]),
	"item margin": lambda: standard(
		[priced(0, 3, 100, margin_type="Percentage", margin_rate_or_amount=20, discount_percentage=5)]
	),
	"free item": lambda: standard([make.line(rate=100), priced(0, 1, 60, discount_percentage=100)]),
	"discount on net total": lambda: standard(
		odd_lines(), apply_discount_on="Net Total", additional_discount_percentage=7.5
	),
	"discount on grand total": lambda: standard(
		odd_lines(), apply_discount_on="Grand Total", discount_amount=17.77
	),
	"both discounts": lambda: standard(
		[priced(88.88, 3, 99.99), priced(45, 1, 50)], apply_discount_on="Net Total", discount_amount=10
	),
	"negative line and discount": with_negative_line,
	"freight": lambda: standard(odd_lines(), taxes=[freight(33.35), vat_on(1)]),
	"freight and discount on grand total": lambda: standard(
		odd_lines(), taxes=[freight(33.35), vat_on(1)], apply_discount_on="Grand Total", discount_amount=20
	),
	"freight with a VAT row of its own": lambda: standard(
		odd_lines(), taxes=[freight(33.35), vat_on(1, charge_type="On Previous Row Amount"), zatca.vat_row()]
	),
	"rebate as a row": lambda: standard(odd_lines(), taxes=[freight(-12.34), vat_on(1)]),
	"service charge": with_service_charge,
	"service charge in the price": lambda: with_service_charge(**INCLUDED),
	"prices with VAT": lambda: standard(odd_lines(), taxes=[zatca.vat_row(**INCLUDED)]),
	"prices with VAT, item discount": lambda: standard(
		[priced(88.88, 3, 99.99)], taxes=[zatca.vat_row(**INCLUDED)]
	),
	"prices with VAT, discount on grand total": lambda: standard(
		odd_lines(), taxes=[zatca.vat_row(**INCLUDED)], apply_discount_on="Grand Total", discount_amount=20
	),
	"prices with VAT, discount on net total": lambda: standard(
		odd_lines(), taxes=[zatca.vat_row(**INCLUDED)], apply_discount_on="Net Total", discount_amount=20
	),
	"several categories": lambda: classified(mixed_lines),
	"several categories, freight": lambda: classified(mixed_lines, taxes=[freight(33.35), vat_on(1)]),
	"several categories, discount": lambda: classified(
		mixed_lines, apply_discount_on="Grand Total", discount_amount=33.33
	),
	"dollars and discount": lambda: standard(
		odd_lines(), **zatca.in_dollars(), apply_discount_on="Net Total", discount_amount=9.99
	),
	"payable rounding": with_payable_rounding,
	"write-off at the till": with_write_off,
}


@pytest.mark.parametrize("method", METHODS)
def test_every_kind_of_amount_balances(
	unit: Document, settings: Callable[..., None], forget: Callable[[], None], method: str
) -> None:
	settings(rounding_method=method)
	failed = {}
	for kind, invoice in KINDS.items():
		if said := what_is_wrong(invoice):
			failed[kind] = said
		forget()
	assert failed == {}


def what_is_wrong(draft: Callable[[], Document]) -> str:
	"""Why the invoice is refused or does not balance; undone again, as one unit serves all kinds."""
	frappe.db.savepoint("kind")
	try:
		assert_balanced(zatca.submitted(draft()))
		return ""
	except (frappe.ValidationError, AssertionError) as error:
		return f"{type(error).__name__}: {error}"
	finally:
		frappe.db.rollback(save_point="kind")


@pytest.mark.parametrize("method", METHODS)
def test_quantities_of_six_decimals(unit: Document, settings: Callable[..., None], method: str) -> None:
	settings(rounding_method=method, float_precision="6")
	invoice = zatca.submitted(standard([cable(99.99, 0.333333), cable(7.77, 12.000001)]))
	assert [row.qty for row in invoice.items] == [0.333333, 12.000001]
	document = assert_balanced(invoice)
	assert '<cbc:InvoicedQuantity unitCode="MTR">0.333333</cbc:InvoicedQuantity>' in document.xml


def test_freight_is_charged_in_each_category_that_it_carries(unit: Document) -> None:
	invoice = zatca.submitted(classified(mixed_lines, taxes=[freight(100), vat_on(1)]))
	root = parse(assert_balanced(invoice).xml.encode())
	found = [
		(
			text_at(row, "cac:TaxCategory/cbc:ID"),
			text_at(row, "cbc:Amount"),
			text_at(row, "cbc:AllowanceChargeReason"),
		)
		for row in root.findall("cac:AllowanceCharge", NS)
	]
	assert found == [("S", "74.86", "Freight"), ("Z", "12.58", "Freight"), ("E", "12.56", "Freight")]


@pytest.mark.parametrize("method", METHODS)
def test_a_return_gives_back_discount_and_freight(
	unit: Document, settings: Callable[..., None], method: str
) -> None:
	settings(rounding_method=method)
	invoice = zatca.submitted(
		standard(
			[priced(88.88, 3, 99.99)],
			taxes=[freight(33.35), vat_on(1)],
			apply_discount_on="Net Total",
			discount_amount=10,
		)
	)
	note = zatca.submitted(zatca.return_of(invoice))
	issued, returned = assert_balanced(invoice), assert_balanced(note)
	amounts = "cac:LegalMonetaryTotal"
	assert totals(issued) == totals(returned), amounts


def a_random_draft(dice: Random, account: str) -> Document:
	"""Computed by ERPNext, not saved: lines, discounts, freight and prices with VAT in every mixture."""
	rows = [a_random_line(dice) for _number in range(dice.randint(1, 12))]
	included = dice.random() < 0.4
	with_freight = not included and dice.random() < 0.5
	table = [zatca.vat_row(included_in_print_rate=int(included))]
	if with_freight:
		covering = [vat_on(1)], [vat_on(1, charge_type="On Previous Row Amount"), zatca.vat_row()]
		table = [freight(round(dice.uniform(0.01, 500), 2)), *dice.choice(covering)]
	discount = dice.choice(
		[{}, {"additional_discount_percentage": dice.choice([1, 3.33, 12.5, 50])}, {"discount_amount": 0.37}]
	)
	invoice = zatca.an_invoice(
		zatca.a_person(),
		rows,
		taxes=table,
		apply_discount_on=dice.choice(["Net Total", "Grand Total"]),
		**discount,
	)
	invoice.update({"conversion_rate": 1, "disable_rounded_total": dice.randint(0, 1), "debit_to": account})
	invoice.run_method("calculate_taxes_and_totals")
	return invoice


def a_random_line(dice: Random) -> dict[str, Any]:
	rate = round(dice.choice([dice.uniform(0.01, 1), dice.uniform(1, 100), dice.uniform(100, 9999)]), 2)
	row = priced(rate, dice.choice([1, 3, 7, 11, 0.125, 2.333]), rate)
	if dice.random() < 0.4:
		row.update({"rate": 0, "discount_percentage": dice.choice([5, 12.5, 33.33])})
	return row


@pytest.mark.parametrize("method", METHODS)
def test_whatever_erpnext_computes_is_reconciled(
	unit: Document, settings: Callable[..., None], method: str
) -> None:
	settings(rounding_method=method)
	dice = Random(20261122)
	failed = {}
	for number in range(300):
		invoice = a_random_draft(dice, make.account("Debtors"))
		try:
			document, figures = drafts.make(invoice)
			found = rules.check(ubl.build_element(replace(document, number=f"R-{number}"), figures))
			said = {row.id for row in found} - ON_SIGNED_ONLY
			assert not said and figures.payable == D(str(invoice.rounded_total or invoice.grand_total)), said
		except (ValueError, AssertionError) as error:
			failed[number] = f"{error}: {[(row.rate, row.qty, row.net_amount) for row in invoice.items]}"
	assert failed == {}


def refused(invoice: Document, text: str) -> None:
	invoice.insert()
	with pytest.raises(frappe.ValidationError, match=text):
		invoice.submit()


def test_a_discount_after_vat_is_refused(unit: Document) -> None:
	invoice = standard(
		[make.line(rate=100)],
		apply_discount_on="Grand Total",
		discount_amount=15,
		is_cash_or_non_trade_discount=1,
		additional_discount_account=make.account("Write Off"),
	)
	refused(invoice, r"The discount of 15.00 lowers what is due and not the VAT.*Clear that box")


def test_vat_that_erpnext_rounds_row_by_row_is_refused_with_both_figures(unit: Document) -> None:
	frappe.db.set_single_value("Accounts Settings", "round_row_wise_tax", 1)
	refused(
		standard([make.line(rate=0.03) for _number in range(10)]),
		r"VAT \(S 15%: 0.05\): the e-invoice has 0.05, this invoice has 0.00, a difference of -0.05.*Row-wise",
	)


def test_a_total_that_nothing_explains_is_refused(unit: Document) -> None:
	invoice = standard([make.line(rate=100)]).insert()
	invoice.submit()
	invoice.grand_total = 115.06
	with pytest.raises(
		frappe.ValidationError, match=r"Total with VAT: .* has 115.00, .* has 115.06, .* of 0.06"
	):
		frappe.db.commit()


def test_service_charge_that_no_vat_covers_is_refused(unit: Document) -> None:
	an_income_account()
	row = service(account_head=make.account("Service Charges"))
	refused(
		standard([make.line(rate=100)], taxes=[row, zatca.vat_row()]),
		r"Row 1 of Taxes and Charges \(Service charge, 10.00\) bears VAT of 0%",
	)


def test_lines_show_the_list_price_and_their_discount(unit: Document) -> None:
	invoice = zatca.submitted(standard([priced(88.88, 3, 99.99)]))
	line = parse(zatca.document_of(invoice).xml.encode()).find("cac:InvoiceLine", NS)
	assert text_at(line, "cac:Price/cbc:PriceAmount") == "99.99"
	assert text_at(line, "cac:AllowanceCharge/cbc:Amount") == "33.33"
	assert text_at(line, "cbc:LineExtensionAmount") == "266.64"


def test_loyalty_points_are_a_payment(unit: Document) -> None:
	program = make.insert(
		"Loyalty Program",
		loyalty_program_name="Riyadh Points",
		loyalty_program_type="Single Tier Program",
		auto_opt_in=1,
		from_date="2025-01-01",
		company=make.COMPANY,
		conversion_factor=1,
		expense_account=make.account("Write Off"),
		cost_center=make.account("Main"),
		collection_rules=[{"tier_name": "One", "collection_factor": 1, "min_spent": 0}],
	)
	buyer = zatca.a_person()
	frappe.db.set_value("Customer", buyer, "loyalty_program", program.name)
	frappe.clear_document_cache("Customer", buyer)
	zatca.submitted(zatca.an_invoice(buyer, [make.line(rate=1000)]))
	redeeming = zatca.an_invoice(
		buyer,
		[make.line(rate=100)],
		redeem_loyalty_points=1,
		loyalty_points=50,
		loyalty_program=program.name,
		loyalty_redemption_account=make.account("Write Off"),
		loyalty_redemption_cost_center=make.account("Main"),
	)
	invoice = zatca.submitted(redeeming)
	assert invoice.outstanding_amount == 65
	assert totals(assert_balanced(invoice))["PayableAmount"] == 115


def assert_balanced(invoice: Document) -> Document:
	document = zatca.document_of(invoice)
	assert [found.id for found in rules.check(document.xml.encode())] == []
	zatca.assert_fatoority(document)
	due = abs(D(str(invoice.rounded_total or invoice.grand_total)))
	assert totals(document)["PayableAmount"] == due
	assert totals(document)["TaxExclusiveAmount"] == net_of(invoice)
	return document


def net_of(invoice: Document) -> Decimal:
	"""What ERPNext has without VAT: items and charges."""
	charges = [
		row.tax_amount_after_discount_amount
		for row in invoice.taxes
		if row.account_head != zatca.vat_account()
	]
	return abs(sum((D(str(amount)) for amount in (invoice.net_total, *charges)), D(0))).quantize(D("0.01"))


def totals(document: Document) -> dict[str, Decimal]:
	element = parse(document.xml.encode()).find("cac:LegalMonetaryTotal", NS)
	assert element is not None
	return {etree.QName(row).localname: D(row.text or "") for row in element}
