"""The arithmetic of a document: line amounts, VAT by category, totals. Nothing else in the app computes them.

VAT is computed on the category's taxable amount and rounded once, half up (XML standard, section 10); line VAT is
informative and may differ from it by halalas.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing.engine.errors import InvalidInvoice, term
from saudi_crm_billing.e_invoicing.engine.model import Allowance, Invoice, Line, Vat

HUNDRED = Decimal(100)
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class LineTotals:
	"""Net amount [BT-131], its VAT [KSA-11] and their sum [KSA-12]."""

	net: Decimal
	tax: Decimal
	gross: Decimal


@dataclass(frozen=True)
class CategoryTotals:
	"""One VAT category, rate and exemption code: taxable amount [BT-116] and its VAT [BT-117]."""

	vat: Vat
	taxable: Decimal
	tax: Decimal


@dataclass(frozen=True)
class Totals:
	"""All computed amounts, two decimals, in the document's currency; `tax_sar` in riyals [BT-111]."""

	lines: tuple[LineTotals, ...]
	categories: tuple[CategoryTotals, ...]
	line_net: Decimal
	allowance: Decimal
	charge: Decimal
	taxable: Decimal
	tax: Decimal
	tax_sar: Decimal
	inclusive: Decimal
	prepaid: Decimal
	rounding: Decimal
	payable: Decimal


def compute(invoice: Invoice) -> Totals:
	"""The totals of `invoice`; `InvalidInvoice` if they cannot be those of a document."""
	_check(invoice)
	lines = tuple(line_totals(line) for line in invoice.lines)
	categories = _categories(invoice, lines)
	for number, line in enumerate(lines, start=1):
		_positive("line-net", line.net, line=number)
	for category in categories:
		_positive("category-taxable", category.taxable, category=category.vat.category.value)
	line_net = sum((line.net for line in lines), ZERO)
	allowance = sum((to_money(row.amount) for row in invoice.allowances if not row.charge), ZERO)
	charge = sum((to_money(row.amount) for row in invoice.allowances if row.charge), ZERO)
	taxable = line_net - allowance + charge
	tax = sum((category.tax for category in categories), ZERO)
	prepaid = sum(
		(to_money(row.taxable_amount) + to_money(row.tax_amount) for row in invoice.prepayments), ZERO
	)
	rounding = to_money(invoice.rounding)
	return Totals(
		lines=lines,
		categories=categories,
		line_net=line_net,
		allowance=allowance,
		charge=charge,
		taxable=taxable,
		tax=tax,
		tax_sar=to_money(tax * (invoice.exchange_rate or 1)) if invoice.currency != "SAR" else tax,
		inclusive=taxable + tax,
		prepaid=prepaid,
		rounding=rounding,
		payable=taxable + tax - prepaid + rounding,
	)


def line_totals(line: Line) -> LineTotals:
	"""Net, VAT and gross of one line; the net amount is rounded once, from quantity x price / base quantity."""
	net = to_money(line.quantity * line.unit_price / line.base_quantity) + _signed(line.allowances)
	tax = to_money(net * line.vat.rate / HUNDRED)
	return LineTotals(net=net, tax=tax, gross=net + tax)


def price_for(
	net_amount: Decimal, quantity: Decimal, asked: Decimal | None = None
) -> tuple[Decimal, Decimal]:
	"""Unit price and base quantity that give exactly `net_amount` (2 decimals) for `quantity` above zero.

	The price that was `asked` where it gives the amount. Where the plain price is not finite in six decimals, the
	price is the whole amount for the whole quantity.
	"""
	if asked is not None and to_money(quantity * asked) == net_amount:
		return asked, Decimal(1)
	price = (net_amount / quantity).quantize(Decimal("0.000001")).normalize()
	if price * quantity == net_amount:
		return price, Decimal(1)
	return net_amount, quantity


def _signed(allowances: tuple[Allowance, ...]) -> Decimal:
	return sum((to_money(row.amount) * (1 if row.charge else -1) for row in allowances), ZERO)


def _categories(invoice: Invoice, lines: tuple[LineTotals, ...]) -> tuple[CategoryTotals, ...]:
	taxable: dict[tuple[str, Decimal, str], Decimal] = {}
	shown: dict[tuple[str, Decimal, str], Vat] = {}

	def add(vat: Vat, amount: Decimal) -> None:
		key = (vat.category.value, vat.rate, vat.exemption_code)
		shown.setdefault(key, vat)
		taxable[key] = taxable.get(key, ZERO) + amount

	for line, amounts in zip(invoice.lines, lines, strict=True):
		add(line.vat, amounts.net)
	for row in invoice.allowances:
		add(row.vat, _signed((row,)))
	for prepayment in invoice.prepayments:
		# A category that only an advance has needs its breakdown too (BR-S-01).
		add(prepayment.vat, ZERO)
	return tuple(
		CategoryTotals(vat, taxable[key], to_money(taxable[key] * vat.rate / HUNDRED))
		for key, vat in shown.items()
	)


def _check(invoice: Invoice) -> None:
	if not invoice.lines:
		raise InvalidInvoice("no-lines", number=invoice.number)
	if invoice.icv < 1:
		raise InvalidInvoice("counter", value=invoice.icv)
	rate = invoice.exchange_rate
	if invoice.currency != "SAR" and (rate is None or not rate.is_finite() or rate <= 0):
		raise InvalidInvoice("exchange-rate", currency=invoice.currency)
	_finite("rounding", invoice.rounding)
	for number, line in enumerate(invoice.lines, start=1):
		_check_line(number, line)
	for row in invoice.allowances:
		_positive("allowance", row.amount)
	for prepayment in invoice.prepayments:
		_positive("prepayment", prepayment.taxable_amount)
		_positive("prepayment-tax", prepayment.tax_amount)


def _check_line(number: int, line: Line) -> None:
	_positive("line-quantity", line.quantity, line=number)
	_positive("line-price", line.unit_price, line=number)
	_positive("line-rate", line.vat.rate, line=number)
	for row in line.allowances:
		_positive("line-allowance", row.amount, line=number)
	if not (line.base_quantity.is_finite() and line.base_quantity > 0):
		raise InvalidInvoice("base-quantity", line=number, value=line.base_quantity)


def _positive(field: str, value: Decimal, **place: object) -> None:
	_finite(field, value, **place)
	if value < 0:
		raise InvalidInvoice("negative-amount", field=term(field, **place), value=value)


def _finite(field: str, value: Decimal, **place: object) -> None:
	if not value.is_finite():
		raise InvalidInvoice("not-a-number", field=term(field, **place), value=value)
