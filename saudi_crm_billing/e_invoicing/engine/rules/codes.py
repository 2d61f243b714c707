"""Rules on codes: currencies, countries, document types, categories, means of payment, attachments."""

from __future__ import annotations

from saudi_crm_billing.e_invoicing.engine.rules.code_lists import (
	COUNTRIES,
	CURRENCIES,
	DOCUMENT_TYPES,
	KSA_DOCUMENT_TYPES,
	KSA_PAYMENT_MEANS,
	KSA_TAX_CATEGORIES,
	MIME_TYPES,
	PAYMENT_MEANS,
	TAX_CATEGORIES,
)
from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import Element, first, text_of, value
from saudi_crm_billing.e_invoicing.engine.rules.rule import Outcome, Rule, one_of, rule
from saudi_crm_billing.e_invoicing.engine.rules.view import View

ISO_4217 = ("ISO 4217", "قائمة العملات ISO 4217")
ISO_3166 = ("ISO 3166-1", "قائمة الدول ISO 3166-1")
UNTDID_1001 = ("UNTDID 1001", "قائمة أنواع المستندات UNTDID 1001")
ZATCA_TYPES = ("388, 386, 381, 383", "الأنواع 388 و386 و381 و383")
UNTDID_4461 = ("UNTDID 4461", "قائمة وسائل الدفع UNTDID 4461")
UNCL_5305 = ("UNCL 5305", "قائمة فئات الضريبة UNCL 5305")
ZATCA_CATEGORIES = ("S, Z, E, O", "الفئات S وZ وE وO")
IANA = ("the media types allowed for attachments", "أنواع المحتوى المسموح بها للمرفقات")

CATEGORY_CODES = (
	"/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID",
	"/cac:InvoiceLine/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID",
	"/cac:AllowanceCharge/cac:TaxCategory/cbc:ID",
	"/cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID",
)
AMOUNTS = tuple(
	f"cbc:{name}"
	for name in (
		"Amount BaseAmount PriceAmount LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount AllowanceTotalAmount "
		"ChargeTotalAmount PrepaidAmount PayableRoundingAmount PayableAmount"
	).split()
)
LINE_TAX = "cac:InvoiceLine/cac:TaxTotal"
IN_DOCUMENT_CURRENCY = (
	*AMOUNTS,
	"/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount",
	"/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount",
	f"{LINE_TAX}/cbc:TaxAmount",
	f"{LINE_TAX}/cbc:RoundingAmount",
	f"{LINE_TAX}/cac:TaxSubtotal/cbc:TaxAmount",
	f"{LINE_TAX}/cac:TaxSubtotal/cbc:TaxableAmount",
)


def _with_currency(view: View) -> list[Element]:
	paths = (*AMOUNTS, "cbc:TaxAmount", "cbc:TaxableAmount")
	return [node for path in paths for node in view.nodes(path) if node.currency]


RULES: list[Rule] = [
	one_of("BR-CL-01", ERROR, "cbc:InvoiceTypeCode", DOCUMENT_TYPES, "BT-3", UNTDID_1001),
	one_of("BR-KSA-05", ERROR, "cbc:InvoiceTypeCode", KSA_DOCUMENT_TYPES, "BT-3", ZATCA_TYPES),
	one_of("BR-CL-03", ERROR, _with_currency, CURRENCIES, "currency", ISO_4217, attribute="currencyID"),
	one_of("BR-CL-04", ERROR, "cbc:DocumentCurrencyCode", CURRENCIES, "BT-5", ISO_4217),
	one_of("BR-CL-05", ERROR, "cbc:TaxCurrencyCode", CURRENCIES, "BT-6", ISO_4217),
	one_of("BR-CL-14", WARNING, "cac:Country/cbc:IdentificationCode", COUNTRIES, "country", ISO_3166),
	one_of("BR-CL-16", WARNING, "cac:PaymentMeans/cbc:PaymentMeansCode", PAYMENT_MEANS, "BT-81", UNTDID_4461),
	one_of(
		"BR-KSA-16", WARNING, "cac:PaymentMeans/cbc:PaymentMeansCode", KSA_PAYMENT_MEANS, "BT-81", UNTDID_4461
	),
	one_of("BR-CL-18", ERROR, CATEGORY_CODES, TAX_CATEGORIES, "BT-118", UNCL_5305),
	one_of("BR-KSA-18", ERROR, CATEGORY_CODES, KSA_TAX_CATEGORIES, "BT-118", ZATCA_CATEGORIES, optional=True),
	one_of(
		"BR-KSA-CL-03",
		ERROR,
		"cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject",
		MIME_TYPES,
		"mime",
		IANA,
		attribute="mimeCode",
	),
	one_of("BR-KSA-CL-01", ERROR, "cbc:DocumentCurrencyCode", CURRENCIES, "BT-5", ISO_4217),
	one_of(
		"BR-KSA-CL-01",
		ERROR,
		(
			f"{LINE_TAX}/cac:TaxSubtotal/cbc:TaxAmount",
			f"{LINE_TAX}/cac:TaxSubtotal/cbc:TaxableAmount",
			"cac:LegalMonetaryTotal/cbc:PayableRoundingAmount",
		),
		CURRENCIES,
		"currency",
		ISO_4217,
		attribute="currencyID",
		optional=True,
	),
]


@rule(
	RULES,
	"BR-KSA-CL-02",
	ERROR,
	IN_DOCUMENT_CURRENCY,
	at="@currencyID",
	en='The amount is in "{value}", but the invoice is in {currency}. Only the accounting VAT total may differ; state the '
	"amount in {currency}.",
	ar="المبلغ بعملة «{value}» بينما عملة الفاتورة {currency}. لا يجوز الاختلاف إلا في إجمالي الضريبة بعملة الاحتساب؛ اذكر "
	"المبلغ بعملة {currency}.",
)
def one_currency(view: View, amount: Element) -> Outcome:
	code = amount.currency
	return None if code and code == view.currency else {"value": code, "currency": view.currency or "-"}


@rule(
	RULES,
	"BR-KSA-EN16931-02",
	ERROR,
	"cbc:TaxCurrencyCode",
	en='The VAT accounting currency (BT-6) is "{value}". VAT is accounted in SAR: write SAR.',
	ar="عملة احتساب الضريبة (BT-6) هي «{value}». تُحتسب الضريبة بالريال السعودي: اكتب SAR.",
)
def accounting_currency(view: View, currency: Element) -> Outcome:
	code = text_of(currency).strip()
	return None if code.upper() == "SAR" else {"value": code}


EXCHANGE = "/cac:TaxExchangeRate"


@rule(
	RULES,
	"BR-KSA-87",
	WARNING,
	EXCHANGE,
	en="The exchange rate (KSA-36) lacks: {missing}. Add source currency, target currency and rate.",
	ar="سعر الصرف (KSA-36) تنقصه العناصر: {missing}. أضِف عملة المصدر والعملة المستهدفة والسعر.",
)
def exchange_parts(view: View, exchange: Element) -> Outcome:
	parts = ("cbc:SourceCurrencyCode", "cbc:TargetCurrencyCode", "cbc:CalculationRate")
	absent = [part for part in parts if not value(exchange, part)]
	return {"missing": ", ".join(absent)} if absent else None


def _exchanges(view: View, exchange: Element, path: str, currency: str) -> Outcome:
	code = value(exchange, path)
	return {"value": code, "currency": currency or "-"} if code and code != currency else None


@rule(
	RULES,
	"BR-KSA-88",
	ERROR,
	EXCHANGE,
	at="cbc:SourceCurrencyCode",
	en="The exchange rate is from {value}, but the invoice is in {currency}. Write {currency}.",
	ar="عملة المصدر في سعر الصرف هي {value} بينما عملة الفاتورة {currency}. اكتب {currency}.",
)
def exchange_from(view: View, exchange: Element) -> Outcome:
	return _exchanges(view, exchange, "cbc:SourceCurrencyCode", view.currency)


@rule(
	RULES,
	"BR-KSA-89",
	ERROR,
	EXCHANGE,
	at="cbc:TargetCurrencyCode",
	en="The exchange rate is to {value}, but VAT is accounted in {currency}. Write {currency}.",
	ar="العملة المستهدفة في سعر الصرف هي {value} بينما عملة احتساب الضريبة {currency}. اكتب {currency}.",
)
def exchange_to(view: View, exchange: Element) -> Outcome:
	return _exchanges(view, exchange, "cbc:TargetCurrencyCode", view.value("cbc:TaxCurrencyCode"))


@rule(
	RULES,
	"BR-KSA-90",
	ERROR,
	EXCHANGE,
	at="cbc:CalculationRate",
	en="The exchange rate (KSA-39) has {count} characters; at most 14 are allowed. Round it.",
	ar="عدد خانات سعر الصرف (KSA-39) هو {count}، والحد الأقصى 14. قرِّبه.",
)
def exchange_digits(view: View, exchange: Element) -> Outcome:
	count = len(text_of(first(exchange, "cbc:CalculationRate")).strip())
	return None if count < 15 else {"count": count}
