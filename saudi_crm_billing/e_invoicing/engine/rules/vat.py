"""Rules on the VAT breakdown: category, rate, amount, and the reason where there is none."""

from __future__ import annotations

from collections.abc import Callable

from saudi_crm_billing.e_invoicing.engine.rules.code_lists import EXEMPTION_REASONS
from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	HALALA,
	LINE,
	Element,
	category,
	every,
	first,
	is_vat,
	number,
	to_cents,
	to_number,
	value,
)
from saudi_crm_billing.e_invoicing.engine.rules.rule import (
	Nodes,
	Outcome,
	Rule,
	length,
	required,
	rule,
	two_decimals,
)
from saudi_crm_billing.e_invoicing.engine.rules.vat_categories import (
	ALLOWANCE,
	BREAKDOWN,
	CHARGE,
	ITEM,
	SUBTOTAL,
	allowance_categories,
	charge_categories,
	of_scheme,
)
from saudi_crm_billing.e_invoicing.engine.rules.view import View

REASON = "cbc:TaxExemptionReason"
REASON_CODE = "cbc:TaxExemptionReasonCode"


def _without_vat(codes: str = "ZEO") -> Callable[[View], list[Element]]:
	return lambda view: [node for node in view.nodes(BREAKDOWN) if category(node) in set(codes)]


def _coded(view: View) -> list[Element]:
	return [node for node in _without_vat()(view) if first(node, REASON_CODE) is not None]


RULES: list[Rule] = [
	required("BR-45", ERROR, SUBTOTAL, "cbc:TaxableAmount", "BT-116", blank=True),
	required("BR-46", ERROR, SUBTOTAL, "cbc:TaxAmount", "BT-117", blank=True),
	two_decimals("BR-DEC-19", WARNING, SUBTOTAL, "cbc:TaxableAmount", "BT-116"),
	two_decimals("BR-DEC-20", WARNING, SUBTOTAL, "cbc:TaxAmount", "BT-117"),
	length("BR-KSA-F-06-C16", WARNING, _without_vat(), REASON, "BT-120", 1000, 1),
	required("BR-KSA-83", WARNING, _coded, REASON, "BT-120"),
	required("BR-KSA-69", WARNING, _without_vat("Z"), REASON_CODE, "BT-121"),
	required("BR-KSA-23", WARNING, _without_vat("E"), REASON_CODE, "BT-121"),
	required("BR-KSA-24", WARNING, _without_vat("O"), REASON_CODE, "BT-121"),
]


@rule(
	RULES,
	"BR-47",
	ERROR,
	SUBTOTAL,
	at="cac:TaxCategory/cbc:ID",
	en="A VAT breakdown has no category (BT-118). Add cac:TaxCategory with cbc:ID and the tax scheme VAT.",
	ar="تفصيل الضريبة بلا فئة (BT-118). أضِف العنصر cac:TaxCategory مع cbc:ID ونظام الضريبة VAT.",
)
def category_missing(view: View, subtotal: Element) -> bool:
	taxes = every(subtotal, "cac:TaxCategory")
	return not any(is_vat(tax) and first(tax, "cbc:ID") is not None for tax in taxes)


@rule(
	RULES,
	"BR-48",
	ERROR,
	SUBTOTAL,
	at="cac:TaxCategory/cbc:Percent",
	en="A VAT breakdown has no rate (BT-119). Add cbc:Percent; only the category O may be without.",
	ar="تفصيل الضريبة بلا نسبة (BT-119). أضِف العنصر cbc:Percent؛ والفئة O وحدها يجوز أن تخلو منه.",
)
def rate_missing(view: View, subtotal: Element) -> bool:
	taxes = [tax for tax in every(subtotal, "cac:TaxCategory") if is_vat(tax)]
	return not any(first(tax, "cbc:Percent") is not None or category(tax) == "O" for tax in taxes)


def _off(view: View, subtotal: Element, percent: str) -> Outcome:
	"""Broken where the VAT is further from taxable amount × rate than a halala for each line."""
	tax, taxable = number(subtotal, "cbc:TaxAmount"), number(subtotal, "cbc:TaxableAmount")
	rate = to_number(percent)
	if tax is None or taxable is None or rate is None:
		return {"stated": value(subtotal, "cbc:TaxAmount") or "-", "expected": "-"}
	exact = taxable * rate / 100
	expected = to_cents(exact)
	# Half a halala goes up by the standard, to the even one in a validator: near means near to both.
	furthest = max(abs(tax - expected), abs(tax - round(exact, 2)))
	near = furthest <= len(view.nodes(LINE)) * HALALA
	return None if near else {"stated": tax, "expected": expected}


@rule(
	RULES,
	"BR-CO-17",
	WARNING,
	SUBTOTAL,
	at="cbc:TaxAmount",
	en="The VAT of the category is {stated}; taxable amount × rate is {expected}. Correct it.",
	ar="مبلغ ضريبة الفئة هو {stated}، بينما المبلغ الخاضع للضريبة × النسبة يساوي {expected}. صحِّحه.",
)
def tax_amount(view: View, subtotal: Element) -> Outcome:
	tax = next((node for node in every(subtotal, "cac:TaxCategory") if is_vat(node)), None)
	return _off(view, subtotal, "" if tax is None else value(tax, "cbc:Percent"))


def _standard(view: View) -> list[Element]:
	return [node for node in of_scheme(BREAKDOWN)(view) if category(node) == "S"]


@rule(
	RULES,
	"BR-S-09",
	WARNING,
	_standard,
	en="The VAT of the standard rate is {stated}; taxable amount × rate is {expected}. Correct it.",
	ar="مبلغ الضريبة بالنسبة الأساسية هو {stated}، بينما المبلغ الخاضع للضريبة × النسبة يساوي {expected}. صحِّحه.",
)
def standard_tax(view: View, tax: Element) -> Outcome:
	subtotal = tax.parent
	return None if subtotal is None else _off(view, subtotal, value(tax, "cbc:Percent"))


@rule(
	RULES,
	"BR-S-10",
	WARNING,
	_standard,
	en="The standard rate has a reason of exemption. Remove it, or correct the category.",
	ar="يوجد سبب إعفاء لفئة النسبة الأساسية. احذفه أو صحِّح الفئة.",
)
def standard_reason(view: View, tax: Element) -> bool:
	return first(tax, REASON) is not None or first(tax, REASON_CODE) is not None


@rule(
	RULES,
	"BR-KSA-CL-04",
	WARNING,
	_without_vat(),
	at=REASON_CODE,
	en='"{value}" is no reason of exemption (BT-121) for the category {code}. Use one of: {codes}.',
	ar="«{value}» ليس رمز سبب إعفاء (BT-121) للفئة {code}. استخدم أحد الرموز: {codes}.",
)
def reason_listed(view: View, tax: Element) -> Outcome:
	code, reason = category(tax), value(tax, REASON_CODE)
	if not reason or reason in EXEMPTION_REASONS[code]:
		return None
	return {"value": reason, "code": code, "codes": ", ".join(sorted(EXEMPTION_REASONS[code]))}


def _positive(id: str, severity: str, nodes: Nodes, field: tuple[str, str]) -> Rule:
	"""BR-S-05, -06, -07: the standard rate is above zero."""

	def not_positive(view: View, tax: Element) -> Outcome:
		rate = number(tax, "cbc:Percent")
		return (
			None
			if category(tax) != "S" or (rate is not None and rate > 0)
			else {"value": value(tax, "cbc:Percent") or "-"}
		)

	return Rule(
		id,
		ERROR if severity == ERROR else WARNING,
		nodes,
		not_positive,
		f"The standard VAT rate of {field[0]} is {{value}}. Set 15 or 5, or correct the category.",
		f"النسبة الأساسية للضريبة على {field[1]} هي {{value}}. اجعلها 15 أو 5، أو صحِّح الفئة.",
		"cbc:Percent",
	)


RULES += [
	_positive("BR-S-05", WARNING, of_scheme(ITEM), ("the item (BT-152)", "الصنف (BT-152)")),
	_positive("BR-S-06", ERROR, allowance_categories, ALLOWANCE),
	_positive("BR-S-07", WARNING, charge_categories, CHARGE),
]


def _all_categories(view: View) -> list[Element]:
	paths = (
		"/cac:AllowanceCharge/cac:TaxCategory",
		BREAKDOWN,
		f"/{ITEM}",
		f"/{LINE}/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory",
	)
	return [node for path in paths for node in of_scheme(path)(view)]


@rule(
	RULES,
	"BR-KSA-84",
	ERROR,
	_all_categories,
	at="cbc:Percent",
	en="The standard VAT rate is {value}. In Saudi Arabia it is 15 (or 5 for supplies before July 2020).",
	ar="النسبة الأساسية للضريبة هي {value}. النسبة في المملكة 15 (أو 5 للتوريدات قبل يوليو 2020).",
)
def saudi_rate(view: View, tax: Element) -> Outcome:
	if category(tax) != "S" or first(tax, "cbc:Percent") is None:
		return None
	rate = number(tax, "cbc:Percent")
	# As the authority's validator has it: 15 and its fractions pass, 5 only exactly.
	return (
		None if rate == 5 or (rate is not None and 15 <= rate < 16) else {"value": value(tax, "cbc:Percent")}
	)
