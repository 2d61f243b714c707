"""Rules on the invoice's totals: each must follow from the lines, allowances, charges and VAT."""

from __future__ import annotations

from decimal import Decimal

from saudi_crm_billing.e_invoicing.engine.rules.allowances import document_allowances, document_charges
from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	LINE,
	Element,
	every,
	first,
	number,
	text_of,
	to_cents,
	total,
	value,
)
from saudi_crm_billing.e_invoicing.engine.rules.rule import Outcome, Rule, required, rule, two_decimals
from saudi_crm_billing.e_invoicing.engine.rules.view import View

TOTAL = "cac:LegalMonetaryTotal"
NET = "cbc:LineExtensionAmount"
ALLOWANCES = "cbc:AllowanceTotalAmount"
CHARGES = "cbc:ChargeTotalAmount"
EXCLUSIVE = "cbc:TaxExclusiveAmount"
INCLUSIVE = "cbc:TaxInclusiveAmount"
PREPAID = "cbc:PrepaidAmount"
ROUNDING = "cbc:PayableRoundingAmount"
PAYABLE = "cbc:PayableAmount"
TAX_TOTAL = "/cac:TaxTotal"
SUBTOTAL = "cac:TaxSubtotal"


def with_subtotals(view: View) -> list[Element]:
	return [node for node in view.nodes(TAX_TOTAL) if first(node, SUBTOTAL) is not None]


def without_subtotals(view: View) -> list[Element]:
	return [node for node in view.nodes(TAX_TOTAL) if first(node, SUBTOTAL) is None]


def _in_document_currency(view: View) -> list[Element]:
	return [
		node for node in view.nodes("/cac:TaxTotal/cbc:TaxAmount") if node.get("currencyID") == view.currency
	]


def _in_tax_currency(view: View) -> list[Element]:
	currency = view.value("cbc:TaxCurrencyCode")
	return [node for node in view.nodes("/cac:TaxTotal/cbc:TaxAmount") if node.get("currencyID") == currency]


RULES: list[Rule] = [
	required("BR-13", WARNING, TOTAL, EXCLUSIVE, "BT-109", blank=True),
	required("BR-14", ERROR, TOTAL, INCLUSIVE, "BT-112", blank=True),
	required("BR-15", ERROR, TOTAL, PAYABLE, "BT-115", blank=True),
	two_decimals("BR-DEC-09", WARNING, TOTAL, NET, "BT-106"),
	two_decimals("BR-DEC-10", WARNING, TOTAL, ALLOWANCES, "BT-107"),
	two_decimals("BR-DEC-11", WARNING, TOTAL, CHARGES, "BT-108"),
	two_decimals("BR-DEC-12", WARNING, TOTAL, EXCLUSIVE, "BT-109"),
	two_decimals("BR-DEC-14", WARNING, TOTAL, INCLUSIVE, "BT-112"),
	two_decimals("BR-DEC-16", WARNING, TOTAL, PREPAID, "BT-113"),
	two_decimals("BR-DEC-17", WARNING, TOTAL, ROUNDING, "BT-114"),
	two_decimals("BR-DEC-18", WARNING, TOTAL, PAYABLE, "BT-115"),
	two_decimals("BR-DEC-13", WARNING, _in_document_currency, "", "BT-110"),
	two_decimals("BR-DEC-15", WARNING, _in_tax_currency, "", "BT-111"),
]


def _lines(view: View) -> Decimal:
	return view.once(LINE, lambda: total(view.nodes(LINE), NET))


def _differs(node: Element, path: str, expected: Decimal | None) -> Outcome:
	"""Broken unless the amount at `path` is exactly `expected`."""
	stated = number(node, path)
	if stated is not None and stated == expected:
		return None
	return {"stated": value(node, path) or "-", "expected": "-" if expected is None else expected}


def _sum_of(view: View, node: Element, path: str, parts: list[Element]) -> Outcome:
	"""Broken unless `path` is the sum of the parts' amounts; without parts it may be left out."""
	if first(node, path) is None and not parts:
		return None
	return _differs(node, path, view.once(path, lambda: to_cents(total(parts, "cbc:Amount"))))


@rule(
	RULES,
	"BR-CO-10",
	WARNING,
	TOTAL,
	at=NET,
	en="The sum of line net amounts is {stated}; the lines add up to {expected}. Correct it.",
	ar="مجموع صافي مبالغ البنود هو {stated}، بينما مجموع البنود {expected}. صحِّحه.",
)
def line_sum(view: View, totals: Element) -> Outcome:
	return _differs(totals, NET, to_cents(_lines(view)))


@rule(
	RULES,
	"BR-CO-11",
	ERROR,
	TOTAL,
	at=ALLOWANCES,
	en="The sum of document allowances is {stated}; the allowances add up to {expected}. Correct it.",
	ar="مجموع الخصومات على مستوى الفاتورة هو {stated}، بينما مجموع مبالغها {expected}. صحِّحه.",
)
def allowance_sum(view: View, totals: Element) -> Outcome:
	return _sum_of(view, totals, ALLOWANCES, document_allowances(view))


@rule(
	RULES,
	"BR-CO-12",
	ERROR,
	TOTAL,
	at=CHARGES,
	en="The sum of document charges is {stated}; the charges add up to {expected}. Correct it, or remove an empty "
	"element.",
	ar="مجموع الرسوم الإضافية على مستوى الفاتورة هو {stated}، بينما مجموع مبالغها {expected}. صحِّحه أو احذف العنصر الفارغ.",
)
def charge_sum(view: View, totals: Element) -> Outcome:
	return _sum_of(view, totals, CHARGES, document_charges(view))


@rule(
	RULES,
	"BR-CO-13",
	WARNING,
	TOTAL,
	at=EXCLUSIVE,
	en="The total without VAT is {stated}; lines less allowances plus charges are {expected}. Correct it.",
	ar="إجمالي الفاتورة غير شامل الضريبة هو {stated}، بينما البنود ناقصًا الخصومات زائدًا الرسوم تساوي {expected}. صحِّحه.",
)
def exclusive(view: View, totals: Element) -> Outcome:
	allowances, charges = number(totals, ALLOWANCES), number(totals, CHARGES)
	if first(totals, ALLOWANCES) is None and first(totals, CHARGES) is None:
		return _differs(totals, EXCLUSIVE, number(totals, NET))
	return _differs(totals, EXCLUSIVE, to_cents(_lines(view) + (charges or 0) - (allowances or 0)))


@rule(
	RULES,
	"BR-CO-15",
	ERROR,
	"/",
	at=f"{TOTAL}/{INCLUSIVE}",
	en="The total with VAT is {stated}; the total without VAT plus the VAT of all categories is {expected}. Correct it, and "
	"state the VAT total in the invoice's currency.",
	ar="إجمالي الفاتورة شامل الضريبة هو {stated}، بينما الإجمالي غير الشامل مع ضريبة جميع الفئات يساوي {expected}. صحِّحه واذكر "
	"إجمالي الضريبة بعملة الفاتورة.",
)
def inclusive(view: View, invoice: Element) -> Outcome:
	if first(invoice, "cbc:DocumentCurrencyCode") is None:
		return None
	net, taxes = number(invoice, f"{TOTAL}/{EXCLUSIVE}"), every(invoice, f"cac:TaxTotal/{SUBTOTAL}")
	expected = None if net is None else to_cents(net + total(taxes, "cbc:TaxAmount"))
	broken = _differs(invoice, f"{TOTAL}/{INCLUSIVE}", expected)
	if broken or _in_document_currency(view):
		return broken
	return {"stated": value(invoice, f"{TOTAL}/{INCLUSIVE}") or "-", "expected": expected}


@rule(
	RULES,
	"BR-CO-16",
	WARNING,
	TOTAL,
	at=PAYABLE,
	en="The amount due is {stated}; the total with VAT less the prepaid amount plus rounding is {expected}. Correct it.",
	ar="المبلغ المستحق هو {stated}، بينما الإجمالي شامل الضريبة ناقصًا المدفوع مقدمًا زائدًا التقريب يساوي {expected}. صحِّحه.",
)
def payable(view: View, totals: Element) -> Outcome:
	gross, due = number(totals, INCLUSIVE), number(totals, PAYABLE)
	prepaid, rounding = number(totals, PREPAID), number(totals, ROUNDING)
	if gross is None or due is None:
		return {"stated": value(totals, PAYABLE) or "-", "expected": "-"}
	# Only a difference is rounded: without a prepaid amount the total must be met as it stands.
	owed = gross if prepaid is None else to_cents(gross - prepaid)
	settled = due if rounding is None else to_cents(due - rounding)
	return None if settled == owed else {"stated": due, "expected": owed + (rounding or 0)}


@rule(
	RULES,
	"BR-CO-14",
	ERROR,
	with_subtotals,
	at="cbc:TaxAmount",
	en="The total VAT is {stated}; the VAT of the categories adds up to {expected}. Correct it.",
	ar="إجمالي الضريبة هو {stated}، بينما مجموع ضريبة الفئات {expected}. صحِّحه.",
)
def tax_sum(view: View, tax_total: Element) -> Outcome:
	return _differs(tax_total, "cbc:TaxAmount", to_cents(total(every(tax_total, SUBTOTAL), "cbc:TaxAmount")))


@rule(
	RULES,
	"BR-CO-18",
	ERROR,
	"/",
	at=f"cac:TaxTotal/{SUBTOTAL}",
	en="The invoice has no VAT breakdown (BG-23). Add a cac:TaxSubtotal for each VAT category.",
	ar="لا تحتوي الفاتورة على تفصيل للضريبة (BG-23). أضِف العنصر cac:TaxSubtotal لكل فئة ضريبة.",
)
def breakdown(view: View, invoice: Element) -> bool:
	return not with_subtotals(view)


@rule(
	RULES,
	"BR-KSA-EN16931-08",
	WARNING,
	"/",
	at="cac:TaxTotal",
	en="There are {count} tax totals with a breakdown. Give exactly one, in the invoice's currency.",
	ar="عدد إجماليات الضريبة المفصلة هو {count}. اذكر إجماليًا واحدًا فقط بعملة الفاتورة.",
)
def one_breakdown(view: View, invoice: Element) -> Outcome:
	count = len(with_subtotals(view))
	return None if count == 1 else {"count": count}


@rule(
	RULES,
	"BR-KSA-EN16931-09",
	WARNING,
	"/cbc:TaxCurrencyCode",
	en="There are {count} tax totals without a breakdown. Give exactly one, in SAR.",
	ar="عدد إجماليات الضريبة غير المفصلة هو {count}. اذكر إجماليًا واحدًا فقط بالريال السعودي.",
)
def one_accounting_total(view: View, currency: Element) -> Outcome:
	count = len(without_subtotals(view))
	return None if count == 1 else {"count": count}


@rule(
	RULES,
	"BR-53",
	WARNING,
	"/",
	at="cac:TaxTotal",
	en="The VAT total in accounting currency (BT-111) must be stated in {currency}. Correct its amount or currency.",
	ar="يجب ذكر إجمالي الضريبة بعملة الاحتساب (BT-111) وهي {currency}. صحِّح المبلغ أو العملة.",
)
def accounting_total(view: View, invoice: Element) -> Outcome:
	currency = first(invoice, "cbc:TaxCurrencyCode")
	if currency is None:
		return None
	amounts = [first(node, "cbc:TaxAmount") for node in without_subtotals(view)]
	code = text_of(currency)
	right = all(amount is not None and amount.get("currencyID") == code for amount in amounts)
	return None if right else {"currency": code}


@rule(
	RULES,
	"BR-KSA-97",
	WARNING,
	"/",
	at="cac:TaxTotal",
	en="The VAT total is {value} both in {currency} and in SAR. Convert it at the exchange rate.",
	ar="إجمالي الضريبة هو {value} بعملة {currency} وبالريال السعودي معًا. حوِّله بسعر الصرف.",
)
def converted(view: View, invoice: Element) -> Outcome:
	if view.currency in {"", "SAR"}:
		return None
	own = [number(node, "cbc:TaxAmount") or Decimal(0) for node in with_subtotals(view)]
	accounted = [number(node, "cbc:TaxAmount") or Decimal(0) for node in without_subtotals(view)]
	same = {to_cents(amount) for amount in own if amount > 0} & {
		to_cents(amount) for amount in accounted if amount > 0
	}
	return {"value": same.pop(), "currency": view.currency} if same else None
