"""Rules on the form of dates, percentages and amounts, wherever they stand."""

from __future__ import annotations

from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR
from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	Element,
	decimal_places,
	every,
	text_of,
	to_date,
	value,
)
from saudi_crm_billing.e_invoicing.engine.rules.rule import Outcome, Rule, rule
from saudi_crm_billing.e_invoicing.engine.rules.view import View

LINE = "/cac:InvoiceLine"
DATES = (
	"cbc:IssueDate",
	"cbc:DueDate",
	"cac:Delivery/cbc:ActualDeliveryDate",
	"cac:Delivery/cbc:LatestDeliveryDate",
	"cbc:TaxPointDate",
)
PERCENTAGES = (
	"cac:AllowanceCharge/cac:TaxCategory/cbc:Percent",
	"cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent",
	"cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent",
)
NOT_NEGATIVE = (
	"/cac:AllowanceCharge/cbc:Amount",
	"/cac:AllowanceCharge/cbc:BaseAmount",
	"/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount",
	"/cac:LegalMonetaryTotal/cbc:LineExtensionAmount",
	"/cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount",
	"/cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount",
	"/cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount",
	"/cac:LegalMonetaryTotal/cbc:ChargeTotalAmount",
	"/cac:LegalMonetaryTotal/cbc:PrepaidAmount",
	"/cac:TaxTotal/cbc:TaxAmount",
	f"{LINE}/cac:AllowanceCharge/cbc:Amount",
	f"{LINE}/cac:AllowanceCharge/cbc:BaseAmount",
	f"{LINE}/cac:TaxTotal/cbc:TaxAmount",
	f"{LINE}/cac:Price/cbc:PriceAmount",
	f"{LINE}/cac:Price/cac:AllowanceCharge/cbc:Amount",
	f"{LINE}/cac:Price/cac:AllowanceCharge/cbc:BaseAmount",
	f"{LINE}/cbc:InvoicedQuantity",
	f"{LINE}/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount",
	f"{LINE}/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount",
	"/cac:TaxExchangeRate/cbc:CalculationRate",
)

RULES: list[Rule] = []


@rule(
	RULES,
	"BR-KSA-F-01",
	ERROR,
	DATES,
	en='The date is "{value}". Write it as YYYY-MM-DD, from the year 2000 on.',
	ar="التاريخ هو «{value}». اكتبه بصيغة YYYY-MM-DD ابتداءً من عام 2000.",
)
def calendar_date(view: View, node: Element) -> Outcome:
	written = text_of(node)
	day = to_date(written)
	fits = day is not None and day.year >= 2000
	return None if fits else {"value": written}


@rule(
	RULES,
	"BR-KSA-DEC-02",
	ERROR,
	PERCENTAGES,
	en='The VAT rate is "{value}". Write a number from 0.00 to 100.00 with at most two decimals, without %.',
	ar="نسبة الضريبة هي «{value}». اكتب رقمًا من 0.00 إلى 100.00 بمنزلتين عشريتين على الأكثر ودون علامة %.",
)
def rate(view: View, node: Element) -> Outcome:
	written = text_of(node).strip()
	percent = node.number
	fits = percent is not None and 0 <= percent <= 100 and decimal_places(written) <= 2
	return None if fits or not written else {"value": written}


def _not_negative(view: View) -> list[Element]:
	nodes = [node for path in NOT_NEGATIVE for node in view.nodes(path)]
	subtotals = view.nodes("/cac:TaxTotal/cac:TaxSubtotal")
	taxed = [node for node in subtotals if value(node, "cac:TaxCategory/cbc:ID") not in {"O", ""}]
	return nodes + [node for subtotal in taxed for node in every(subtotal, "cbc:TaxableAmount")]


@rule(
	RULES,
	"BR-KSA-F-04",
	ERROR,
	_not_negative,
	en='The amount or quantity is "{value}". Write a number that is not negative; for a reduction issue a credit note.',
	ar="المبلغ أو الكمية «{value}». اكتب رقمًا غير سالب؛ وللتخفيض أصدِر إشعارًا دائنًا.",
)
def not_negative(view: View, node: Element) -> Outcome:
	written = text_of(node).strip()
	amount = node.number
	return {"value": written} if written and (amount is None or amount < 0) else None
