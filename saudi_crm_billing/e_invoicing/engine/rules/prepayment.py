"""Rules on lines that settle a prepayment: the invoice of the advance, its amounts and its VAT."""

from __future__ import annotations

import re
from decimal import Decimal

from saudi_crm_billing.e_invoicing.engine.rules.code_lists import PREPAYMENT_EXEMPTION_REASONS
from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	HALALA,
	Element,
	category,
	decimal_places,
	every,
	first,
	is_vat,
	number,
	text_of,
	to_cents,
	to_number,
	total,
	value,
)
from saudi_crm_billing.e_invoicing.engine.rules.rule import Outcome, Rule, length, required, rule
from saudi_crm_billing.e_invoicing.engine.rules.view import View

PREPAID = "/cac:LegalMonetaryTotal/cbc:PrepaidAmount"
LINE = "/cac:InvoiceLine"
REFERENCE = f"{LINE}/cac:DocumentReference"
SUBTOTAL = f"{LINE}/cac:TaxTotal/cac:TaxSubtotal"
CATEGORY = f"{SUBTOTAL}/cac:TaxCategory"
REASON = "cbc:TaxExemptionReason"
REASON_CODE = "cbc:TaxExemptionReasonCode"
TIME = re.compile(
	r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)(?:Z|[+-]\d{2}:\d{2})?", re.ASCII
)


def prepaid(view: View) -> Decimal:
	return to_number(view.value(PREPAID)) or Decimal(0)


def _settles(view: View) -> bool:
	return prepaid(view) > 0


def _references(view: View) -> tuple[Element, ...]:
	return view.nodes(REFERENCE) if _settles(view) else ()


def _references_or_lines(view: View) -> tuple[Element, ...]:
	return _references(view) or (view.nodes(LINE) if _settles(view) else ())


def _without_vat(view: View) -> list[Element]:
	return [node for node in view.nodes(CATEGORY) if category(node) in {"Z", "E", "O"}]


RULES: list[Rule] = [
	length(
		"BR-KSA-F-06-C39",
		WARNING,
		_without_vat,
		REASON,
		"KSA-42",
		1000,
		1,
	),
]


@rule(
	RULES,
	"BR-KSA-73",
	WARNING,
	_references_or_lines,
	en="A prepaid amount is deducted, but the reference to the prepayment invoice lacks: {missing}. Add a line with "
	"cac:DocumentReference.",
	ar="خُصم مبلغ مدفوع مقدمًا، لكن الإشارة إلى فاتورة الدفعة المقدمة تنقصها العناصر: {missing}. أضِف بندًا فيه العنصر "
	"cac:DocumentReference.",
)
def referenced(view: View, node: Element) -> Outcome:
	parts = ("cbc:ID", "cbc:IssueDate", "cbc:IssueTime", "cbc:DocumentTypeCode")
	absent = [part for part in parts if first(node, part) is None]
	if "InvoiceLine" in node.place.name:
		absent = ["cac:DocumentReference"]
	return {"missing": ", ".join(absent)} if absent else None


@rule(
	RULES,
	"BR-KSA-74",
	ERROR,
	_references,
	at="cbc:DocumentTypeCode",
	en='The document that was prepaid is of type "{value}". A prepayment invoice has the type 386.',
	ar="نوع مستند الدفعة المقدمة هو «{value}». نوع فاتورة الدفعة المقدمة هو 386.",
)
def document_type(view: View, reference: Element) -> Outcome:
	code = value(reference, "cbc:DocumentTypeCode")
	return {"value": code} if first(reference, "cbc:DocumentTypeCode") is not None and code != "386" else None


@rule(
	RULES,
	"BR-KSA-75",
	WARNING,
	_references,
	en="The line that settles a prepayment lacks: {missing}. State the taxable amount, VAT, category and rate of the "
	"prepayment.",
	ar="بند تسوية الدفعة المقدمة تنقصه العناصر: {missing}. اذكر المبلغ الخاضع للضريبة والضريبة والفئة والنسبة للدفعة المقدمة.",
)
def settled_amounts(view: View, reference: Element) -> Outcome:
	line = reference.parent
	parts = ("cbc:TaxableAmount", "cbc:TaxAmount", "cac:TaxCategory/cbc:ID", "cac:TaxCategory/cbc:Percent")
	absent = [
		part
		for part in parts
		if line is not None and first(line, f"cac:TaxTotal/cac:TaxSubtotal/{part}") is None
	]
	return {"missing": ", ".join(absent)} if absent else None


@rule(
	RULES,
	"BR-KSA-82",
	ERROR,
	_references,
	en="The line that settles a prepayment must itself be worth nothing, but states {values}. Write 0.00.",
	ar="يجب أن تكون قيمة بند تسوية الدفعة المقدمة صفرًا، لكنه يذكر {values}. اكتب 0.00.",
)
def worth_nothing(view: View, reference: Element) -> Outcome:
	line = reference.parent
	if line is None:
		return None
	paths = [
		"cbc:LineExtensionAmount",
		"cac:TaxTotal/cbc:TaxAmount",
		"cac:TaxTotal/cbc:RoundingAmount",
		"cac:Price/cbc:PriceAmount",
	]
	if first(line, "cac:AllowanceCharge") is not None:
		paths.append("cac:AllowanceCharge/cbc:Amount")
	worth = [path for path in paths if not any(to_number(text_of(node)) == 0 for node in every(line, path))]
	return {"values": ", ".join(f"{path} {value(line, path) or '-'}" for path in worth)} if worth else None


@rule(
	RULES,
	"BR-KSA-79",
	WARNING,
	SUBTOTAL,
	at="cbc:TaxAmount",
	en="The VAT of the prepayment is {stated}; its taxable amount × rate is {expected}. Correct it.",
	ar="ضريبة الدفعة المقدمة هي {stated}، بينما المبلغ الخاضع للضريبة × النسبة يساوي {expected}. صحِّحها.",
)
def settled_tax(view: View, subtotal: Element) -> Outcome:
	taxes = [node for node in every(subtotal, "cac:TaxCategory") if is_vat(node)]
	code, percent = value(subtotal, "cac:TaxCategory/cbc:ID"), value(taxes[0], "cbc:Percent") if taxes else ""
	tax, taxable, rate = (
		number(subtotal, "cbc:TaxAmount"),
		number(subtotal, "cbc:TaxableAmount"),
		to_number(percent),
	)
	untaxed = code in {"Z", "E"} or (code != "S" and not percent)
	expected = to_cents((taxable or Decimal(0)) * (rate or Decimal(0)) / 100)
	if untaxed:
		kept = tax == 0 and expected == 0
	else:
		kept = None not in (tax, taxable, rate) and abs((tax or Decimal(0)) - expected) <= HALALA
	return None if kept else {"stated": value(subtotal, "cbc:TaxAmount") or "-", "expected": expected}


@rule(
	RULES,
	"BR-KSA-80",
	WARNING,
	"/",
	at="cac:LegalMonetaryTotal/cbc:PrepaidAmount",
	en="The prepaid amount is {stated}; the prepayments that the lines settle come to {expected} with VAT, each by an "
	"invoice of type 386. Correct it.",
	ar="المبلغ المدفوع مقدمًا هو {stated}، بينما الدفعات المقدمة التي تسويها البنود تبلغ {expected} شاملة الضريبة، ولكل منها فاتورة "
	"من النوع 386. صحِّحه.",
)
def settled_total(view: View, invoice: Element) -> Outcome:
	subtotals = view.nodes(SUBTOTAL)
	settled = total(subtotals, "cbc:TaxableAmount") + total(subtotals, "cbc:TaxAmount")
	stated = prepaid(view)
	types = [text_of(node).strip() for node in view.nodes(f"{REFERENCE}/cbc:DocumentTypeCode")]
	foreign = stated != 0 and settled > 0 and any(code != "386" for code in types)
	if (
		stated.quantize(HALALA) == settled.quantize(HALALA)
		and not foreign
		and not (stated == 0 and subtotals)
	):
		return None
	return {"stated": stated, "expected": settled}


@rule(
	RULES,
	"BR-KSA-DEC-06",
	WARNING,
	SUBTOTAL,
	when=_settles,
	en="The amounts of a prepayment have more than two decimals. Round them to two.",
	ar="في مبالغ الدفعة المقدمة أكثر من منزلتين عشريتين. قرِّبها إلى منزلتين.",
)
def settled_decimals(view: View, subtotal: Element) -> bool:
	return any(decimal_places(value(subtotal, path)) > 2 for path in ("cbc:TaxableAmount", "cbc:TaxAmount"))


@rule(
	RULES,
	"BR-KSA-F-05",
	WARNING,
	"cac:InvoiceLine/cac:DocumentReference/cbc:IssueTime",
	en='The time of the prepayment invoice is "{value}". Write hh:mm:ss, or hh:mm:ssZ in UTC.',
	ar="وقت فاتورة الدفعة المقدمة هو «{value}». اكتبه بصيغة hh:mm:ss أو hh:mm:ssZ بالتوقيت العالمي.",
)
def issue_time(view: View, node: Element) -> Outcome:
	written = text_of(node)
	return None if TIME.fullmatch(written.strip()) else {"value": written}


def _zero_rated(id: str, code: str) -> Rule:
	def taxed(view: View, subtotal: Element) -> Outcome:
		taxes = [tax for tax in every(subtotal, "cac:TaxCategory") if is_vat(tax) and category(tax) == code]
		rates = [value(tax, "cbc:Percent") for tax in taxes]
		wrong = [rate or "-" for rate in rates if to_number(rate) != 0]
		return {"value": wrong[0]} if wrong else None

	return Rule(
		id,
		WARNING,
		SUBTOTAL,
		taxed,
		f"The VAT rate of the prepayment (KSA-34) is {{value}} with the category {code}. Set the rate to 0.",
		f"نسبة ضريبة الدفعة المقدمة (KSA-34) هي {{value}} مع الفئة {code}. اجعل النسبة 0.",
		"cac:TaxCategory/cbc:Percent",
		_settles,
	)


def _code_missing(id: str, code: str) -> Rule:
	def missing(view: View, tax: Element) -> bool:
		return category(tax) == code and not value(tax, REASON_CODE)

	return Rule(
		id,
		WARNING,
		_without_vat,
		missing,
		"The prepayment has no VAT, but no code says why (KSA-41). Add cbc:TaxExemptionReasonCode.",
		"الدفعة المقدمة بلا ضريبة دون رمز يبين السبب (KSA-41). أضِف العنصر cbc:TaxExemptionReasonCode.",
		REASON_CODE,
	)


def _coded(view: View) -> list[Element]:
	return [node for node in _without_vat(view) if first(node, REASON_CODE) is not None]


RULES += [
	_zero_rated("BR-KSA-76", "Z"),
	_zero_rated("BR-KSA-77", "E"),
	_zero_rated("BR-KSA-78", "O"),
	_code_missing("BR-KSA-93", "Z"),
	_code_missing("BR-KSA-94", "E"),
	_code_missing("BR-KSA-95", "O"),
	required("BR-KSA-96", WARNING, _coded, REASON, "KSA-42"),
]


@rule(
	RULES,
	"BR-KSA-CL-07",
	WARNING,
	_without_vat,
	at=REASON_CODE,
	en='"{value}" is no reason of exemption (KSA-41) for a prepayment of the category {code}. Use one of: {codes}.',
	ar="«{value}» ليس رمز سبب إعفاء (KSA-41) لدفعة مقدمة من الفئة {code}. استخدم أحد الرموز: {codes}.",
)
def reason_listed(view: View, tax: Element) -> Outcome:
	code, reason = category(tax), value(tax, REASON_CODE)
	if not reason or reason in PREPAYMENT_EXEMPTION_REASONS[code]:
		return None
	return {"value": reason, "code": code, "codes": ", ".join(sorted(PREPAYMENT_EXEMPTION_REASONS[code]))}
