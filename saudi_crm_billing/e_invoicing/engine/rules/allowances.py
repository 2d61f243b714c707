"""Rules on allowances and charges, of the document and of its lines."""

from __future__ import annotations

from decimal import Decimal

from saudi_crm_billing.e_invoicing.engine.rules.code_lists import CHARGE_REASONS
from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	Element,
	category,
	decimal_places,
	every,
	first,
	is_allowance,
	is_charge,
	is_vat,
	number,
	text_of,
	to_cents,
	to_number,
	value,
)
from saudi_crm_billing.e_invoicing.engine.rules.rule import (
	Outcome,
	Rule,
	length,
	one_of,
	required,
	rule,
	two_decimals,
)
from saudi_crm_billing.e_invoicing.engine.rules.view import View

ANYWHERE = "cac:AllowanceCharge"
OF_DOCUMENT = "/cac:AllowanceCharge"
OF_LINE = "cac:InvoiceLine/cac:AllowanceCharge"
REASON = "cbc:AllowanceChargeReason"
REASON_CODE = "cbc:AllowanceChargeReasonCode"
FACTOR = "cbc:MultiplierFactorNumeric"


def document_allowances(view: View) -> list[Element]:
	return view.once("allowances", lambda: [node for node in view.nodes(OF_DOCUMENT) if is_allowance(node)])


def document_charges(view: View) -> list[Element]:
	return view.once("charges", lambda: [node for node in view.nodes(OF_DOCUMENT) if is_charge(node)])


def line_allowances(view: View) -> list[Element]:
	return [node for node in view.nodes(OF_LINE) if is_allowance(node)]


def line_charges(view: View) -> list[Element]:
	return [node for node in view.nodes(OF_LINE) if is_charge(node)]


def _all_charges(view: View) -> list[Element]:
	return document_charges(view) + line_charges(view)


def _charge_codes(view: View) -> list[Element]:
	return [code for charge in _all_charges(view) for code in every(charge, REASON_CODE)]


RULES: list[Rule] = [
	required("BR-31", ERROR, document_allowances, "cbc:Amount", "BT-92", blank=True),
	two_decimals("BR-DEC-01", WARNING, document_allowances, "cbc:Amount", "BT-92"),
	two_decimals("BR-DEC-02", WARNING, document_allowances, "cbc:BaseAmount", "BT-93"),
	length("BR-KSA-F-06-C35", WARNING, document_allowances, REASON, "BT-97", 1000, 1),
	required("BR-36", WARNING, document_charges, "cbc:Amount", "BT-99", blank=True),
	required("BR-37", WARNING, document_charges, "cac:TaxCategory/cbc:ID", "BT-102", blank=True),
	two_decimals("BR-DEC-05", WARNING, document_charges, "cbc:Amount", "BT-99"),
	two_decimals("BR-DEC-06", WARNING, document_charges, "cbc:BaseAmount", "BT-100"),
	required("BR-KSA-19", WARNING, document_charges, REASON_CODE, "BT-105"),
	required("BR-KSA-21", WARNING, document_charges, REASON, "BT-104"),
	length("BR-KSA-F-06-C33", WARNING, document_charges, REASON, "BT-104", 1000, 1),
	required("BR-41", ERROR, line_allowances, "cbc:Amount", "BT-136", blank=True),
	two_decimals("BR-DEC-24", WARNING, line_allowances, "cbc:Amount", "BT-136"),
	two_decimals("BR-DEC-25", WARNING, line_allowances, "cbc:BaseAmount", "BT-137"),
	length("BR-KSA-F-06-C36", WARNING, line_allowances, REASON, "BT-139", 1000, 1),
	required("BR-43", WARNING, line_charges, "cbc:Amount", "BT-141", blank=True),
	two_decimals("BR-DEC-27", WARNING, line_charges, "cbc:Amount", "BT-141"),
	two_decimals("BR-DEC-28", WARNING, line_charges, "cbc:BaseAmount", "BT-142"),
	required("BR-KSA-20", WARNING, line_charges, REASON_CODE, "BT-145"),
	required("BR-KSA-22", WARNING, line_charges, REASON, "BT-144"),
	length("BR-KSA-F-06-C34", WARNING, line_charges, REASON, "BT-144", 1000, 1),
	one_of(
		"BR-KSA-CL-06",
		WARNING,
		_charge_codes,
		CHARGE_REASONS,
		"BT-105",
		("UNTDID 7161", "قائمة UNTDID 7161"),
		optional=True,
	),
]


@rule(
	RULES,
	"BR-32",
	ERROR,
	document_allowances,
	at="cac:TaxCategory/cbc:ID",
	en="A document allowance has no VAT category (BT-95). Add cac:TaxCategory with cbc:ID and the tax scheme VAT.",
	ar="الخصم على مستوى الفاتورة بلا فئة ضريبة (BT-95). أضِف العنصر cac:TaxCategory مع cbc:ID ونظام الضريبة VAT.",
)
def allowance_category(view: View, allowance: Element) -> bool:
	categories = every(allowance, "cac:TaxCategory")
	return not any(is_vat(node) and category(node) for node in categories)


@rule(
	RULES,
	"BR-KSA-F-02",
	ERROR,
	f"{ANYWHERE}/cbc:ChargeIndicator",
	en='The charge indicator is "{value}". Write false for an allowance, true for a charge.',
	ar="مؤشر الرسم الإضافي هو «{value}». اكتب false للخصم أو true للرسم الإضافي.",
)
def indicator(view: View, node: Element) -> Outcome:
	written = text_of(node).strip()
	return None if written in {"true", "false", "1", "0"} else {"value": written}


def _allowances_not_of_price(view: View) -> list[Element]:
	prices = set(view.nodes("cac:Price/cac:AllowanceCharge"))
	return [node for node in view.nodes(ANYWHERE) if is_allowance(node) and node not in prices]


@rule(
	RULES,
	"BR-KSA-DEC-01",
	ERROR,
	_allowances_not_of_price,
	at=FACTOR,
	en="The allowance percentage is {value}. Write a number from 0.00 to 100.00 with at most two decimals, without %.",
	ar="نسبة الخصم هي {value}. اكتب رقمًا من 0.00 إلى 100.00 بمنزلتين عشريتين على الأكثر ودون علامة %.",
)
def percentage(view: View, allowance: Element) -> Outcome:
	written = value(allowance, FACTOR)
	if not written:
		return None
	factor = to_number(written)
	fits = factor is not None and 0 <= factor <= 100 and decimal_places(written) <= 2
	return None if fits else {"value": written}


def _with_base(view: View) -> list[Element]:
	"""Allowances and charges with a base, on a level where some amount is stated."""
	levels = (view.nodes(OF_DOCUMENT), view.nodes(OF_LINE))
	stated = (level for level in levels if any(first(node, "cbc:Amount") is not None for node in level))
	return [node for level in stated for node in level if first(node, "cbc:BaseAmount") is not None]


@rule(
	RULES,
	"BR-KSA-EN16931-03",
	WARNING,
	_with_base,
	at="cbc:Amount",
	en="The allowance or charge is {amount}, but {base} × {factor}% is {expected}. Correct one of the three.",
	ar="مبلغ الخصم أو الرسم الإضافي هو {amount}، بينما {base} × {factor}% يساوي {expected}. صحِّح أحد المبالغ الثلاثة.",
)
def share_of_base(view: View, node: Element) -> Outcome:
	amount, base, factor = (number(node, path) for path in ("cbc:Amount", "cbc:BaseAmount", FACTOR))
	if amount is None or base is None:
		return None
	expected = None if factor is None else to_cents(base * factor / 100)
	if expected is not None and amount.quantize(Decimal("0.01")) == expected:
		return None
	return {
		"amount": amount,
		"base": base,
		"factor": factor if factor is not None else "-",
		"expected": expected or "-",
	}


@rule(
	RULES,
	"BR-KSA-EN16931-05",
	WARNING,
	(OF_DOCUMENT, OF_LINE),
	at=FACTOR,
	en="The allowance or charge has a base amount without a percentage. Add cbc:MultiplierFactorNumeric, or remove the "
	"base amount.",
	ar="للخصم أو الرسم الإضافي مبلغ أساس دون نسبة. أضِف العنصر cbc:MultiplierFactorNumeric أو احذف المبلغ الأساس.",
)
def base_without_percentage(view: View, node: Element) -> bool:
	return first(node, "cbc:BaseAmount") is not None and first(node, FACTOR) is None


@rule(
	RULES,
	"BR-KSA-EN16931-04",
	WARNING,
	ANYWHERE,
	at="cbc:BaseAmount",
	en="The allowance or charge has a percentage without a base amount. Add cbc:BaseAmount, or remove the percentage.",
	ar="للخصم أو الرسم الإضافي نسبة دون مبلغ أساس. أضِف العنصر cbc:BaseAmount أو احذف النسبة.",
)
def percentage_without_base(view: View, node: Element) -> bool:
	return first(node, FACTOR) is not None and first(node, "cbc:BaseAmount") is None
