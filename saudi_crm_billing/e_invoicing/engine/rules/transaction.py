"""Rules on what kind of transaction the invoice says it is, and what each kind must carry."""

from __future__ import annotations

import re

from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	Element,
	first,
	text_of,
	to_date,
	value,
)
from saudi_crm_billing.e_invoicing.engine.rules.rule import (
	Outcome,
	Rule,
	length,
	rule,
	simplified_summary,
	standard,
)
from saudi_crm_billing.e_invoicing.engine.rules.view import View

TYPE = "cbc:InvoiceTypeCode"
BUYER = "cac:AccountingCustomerParty/cac:Party"

RULES: list[Rule] = [
	length(
		"BR-KSA-F-06-C14",
		WARNING,
		"cac:PaymentMeans",
		"cac:PayeeFinancialAccount/cbc:PaymentNote",
		"KSA-22",
		1000,
		1,
	),
	length("BR-KSA-F-06-C15", WARNING, "cac:PaymentMeans", "cac:PayeeFinancialAccount/cbc:ID", "BT-84", 127),
]


@rule(
	RULES,
	"BR-KSA-06",
	ERROR,
	TYPE,
	at="@name",
	en='The transaction code (KSA-2) is "{value}". Write 01 or 02, then five to seven flags of 0 or 1, e.g. 0100000.',
	ar="رمز المعاملة (KSA-2) هو «{value}». اكتب 01 أو 02 ثم من خمس إلى سبع خانات من 0 أو 1، مثل 0100000.",
)
def structure(view: View, kind: Element) -> Outcome:
	code = kind.get("name") or ""
	return None if re.fullmatch(r"0[12][01]{5,7}", code) else {"value": code}


@rule(
	RULES,
	"BR-KSA-F-06-C40",
	WARNING,
	TYPE,
	at="@name",
	en="The transaction code (KSA-2) has {count} characters. Write 7 to 9.",
	ar="عدد خانات رمز المعاملة (KSA-2) هو {count}. اكتب من 7 إلى 9 خانات.",
)
def code_length(view: View, kind: Element) -> Outcome:
	count = len(kind.get("name") or "")
	return None if 7 <= count <= 9 else {"count": count}


@rule(
	RULES,
	"BR-KSA-07",
	ERROR,
	TYPE,
	at="@name",
	en="An export invoice cannot be self-billed. Clear flag 5 (export) or flag 7 (self-billed) of the transaction "
	"code.",
	ar="لا يجوز أن تكون فاتورة التصدير فوترة ذاتية. اجعل الخانة 5 (تصدير) أو الخانة 7 (فوترة ذاتية) صفرًا في رمز المعاملة.",
)
def self_billed_export(view: View, kind: Element) -> bool:
	code = kind.get("name") or ""
	return code[4:5] == "1" and code[6:7] == "1"


@rule(
	RULES,
	"BR-KSA-31",
	ERROR,
	TYPE,
	at="@name",
	en='A simplified invoice cannot be self-billed: its transaction code is "{value}". Set flag 7 to 0.',
	ar="لا يجوز أن تكون الفاتورة المبسطة فوترة ذاتية: رمز المعاملة فيها «{value}». اجعل الخانة 7 صفرًا.",
)
def self_billed_simplified(view: View, kind: Element) -> Outcome:
	code = kind.get("name") or ""
	return {"value": code} if code.startswith("02") and not re.match(r"02[01]{4}0", code) else None


@rule(
	RULES,
	"BR-KSA-92",
	ERROR,
	"/",
	at="cac:ContractDocumentReference/cbc:ID",
	en="An invoice to government (transaction code, flag 9) needs the contract number (BT-12). Add it.",
	ar="تتطلب فاتورة الجهات الحكومية (الخانة 9 في رمز المعاملة) رقم العقد (BT-12). أضِفه.",
)
def government_contract(view: View, invoice: Element) -> bool:
	return view.transaction[8:9] == "1" and not value(invoice, "cac:ContractDocumentReference/cbc:ID")


@rule(
	RULES,
	"BR-KSA-15",
	WARNING,
	"/",
	when=standard,
	at="cac:Delivery/cbc:ActualDeliveryDate",
	en="A tax invoice must say when it was supplied. Add the supply date (KSA-5).",
	ar="يجب أن تذكر الفاتورة الضريبية تاريخ التوريد. أضِف تاريخ التوريد (KSA-5).",
)
def supply_date(view: View, invoice: Element) -> bool:
	is_tax_invoice = view.transaction.startswith("01") and view.type_code == "388"
	return is_tax_invoice and not view.filled("cac:Delivery/cbc:ActualDeliveryDate")


@rule(
	RULES,
	"BR-KSA-35",
	WARNING,
	"cac:Delivery/cbc:LatestDeliveryDate",
	en="There is a supply end date (KSA-24) without a supply date (KSA-5). Add cbc:ActualDeliveryDate.",
	ar="يوجد تاريخ نهاية التوريد (KSA-24) دون تاريخ التوريد (KSA-5). أضِف العنصر cbc:ActualDeliveryDate.",
)
def supply_begin(view: View, end: Element) -> bool:
	delivery = end.parent
	return delivery is not None and not value(delivery, "cbc:ActualDeliveryDate")


@rule(
	RULES,
	"BR-KSA-36",
	WARNING,
	"cac:Delivery/cbc:LatestDeliveryDate",
	en="The supply ends on {end}, before it begins on {begin}. Correct one of the dates.",
	ar="تاريخ نهاية التوريد {end} يسبق تاريخ التوريد {begin}. صحِّح أحد التاريخين.",
)
def supply_order(view: View, end: Element) -> Outcome:
	delivery = end.parent
	if delivery is None:
		return None
	begin, finish = value(delivery, "cbc:ActualDeliveryDate"), text_of(end).strip()
	first_day, last_day = to_date(begin), to_date(finish)
	backwards = first_day is not None and last_day is not None and last_day < first_day
	return {"begin": begin, "end": finish} if backwards else None


@rule(
	RULES,
	"BR-KSA-72",
	ERROR,
	f"{BUYER}/cac:PostalAddress/cac:Country",
	when=simplified_summary,
	en="A simplified summary invoice must say which days it covers. Add the supply date (KSA-5) and the supply end "
	"date (KSA-24).",
	ar="يجب أن تذكر الفاتورة المبسطة المجمعة الفترة التي تغطيها. أضِف تاريخ التوريد (KSA-5) وتاريخ نهايته (KSA-24).",
)
def summary_period(view: View, country: Element) -> bool:
	# The authority's validator asks for it only where the buyer's country is Saudi Arabia.
	if value(country, "cbc:IdentificationCode") != "SA":
		return False
	return not (view.nodes("cbc:ActualDeliveryDate") and view.nodes("cbc:LatestDeliveryDate"))


@rule(
	RULES,
	"BR-KSA-71",
	WARNING,
	"/",
	when=simplified_summary,
	at=f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName",
	en="A simplified summary invoice must name the buyer. Add the buyer name (BT-44).",
	ar="يجب أن تذكر الفاتورة المبسطة المجمعة اسم المشتري. أضِف اسم المشتري (BT-44).",
)
def summary_buyer(view: View, invoice: Element) -> bool:
	return not view.filled(f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName")


@rule(
	RULES,
	"BR-49",
	WARNING,
	"cac:PaymentMeans",
	when=standard,
	at="cbc:PaymentMeansCode",
	en="A way of paying has no code (BT-81). Add cbc:PaymentMeansCode, e.g. 10 cash, 42 bank account, 48 card.",
	ar="وسيلة الدفع بلا رمز (BT-81). أضِف العنصر cbc:PaymentMeansCode، مثل 10 نقدًا أو 42 حساب بنكي أو 48 بطاقة.",
)
def payment_code(view: View, means: Element) -> bool:
	return first(means, "cbc:PaymentMeansCode") is None
