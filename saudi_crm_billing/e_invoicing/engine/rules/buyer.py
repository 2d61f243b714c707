"""Rules on the buyer."""

from __future__ import annotations

import re

from saudi_crm_billing.e_invoicing.engine.rules.code_lists import BUYER_SCHEMES
from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	Element,
	every,
	filled,
	first,
	text_of,
	value,
)
from saudi_crm_billing.e_invoicing.engine.rules.parties import (
	ADDRESS_PARTS,
	BUYER,
	IDENTIFIER,
	NAME,
	VAT_NUMBER,
	number_form,
	ten_digits,
)
from saudi_crm_billing.e_invoicing.engine.rules.rule import (
	Outcome,
	Rule,
	length,
	rule,
	simplified,
	standard,
)
from saudi_crm_billing.e_invoicing.engine.rules.view import View

ADDRESS = f"{BUYER}/cac:PostalAddress"
CONTACT = f"{BUYER}/cac:Contact"
COUNTRY = f"{ADDRESS}/cac:Country"
EXEMPT_CITIZENS = {"VATEX-SA-EDU", "VATEX-SA-HEA"}


def _saudi(view: View) -> tuple[Element, ...]:
	"""The buyer's address, where it is in Saudi Arabia."""
	addresses = view.nodes(ADDRESS)
	return tuple(node for node in addresses if value(node, "cac:Country/cbc:IdentificationCode") == "SA")


RULES: list[Rule] = [
	length("BR-KSA-F-06-C27", WARNING, "/", f"{ADDRESS}/cbc:CountrySubentity", "BT-54", 127),
	length("BR-KSA-F-06-C11", WARNING, "/", f"{ADDRESS}/cbc:AdditionalStreetName", "BT-51", 127),
	length("BR-KSA-F-06-C12", WARNING, "/", f"{BUYER}/{NAME}", "BT-44", 1000, 1, when=standard),
	length("BR-KSA-F-06-C32", WARNING, "/", f"{BUYER}/{NAME}", "BT-44", 1000, when=simplified),
	length(
		"BR-KSA-F-06-C23",
		WARNING,
		"/",
		f"{ADDRESS}/cbc:StreetName",
		"BT-50",
		1000,
		1,
		missing=True,
		when=standard,
	),
	length("BR-KSA-F-06-C24", WARNING, "/", f"{ADDRESS}/cbc:StreetName", "BT-50", 1000, when=simplified),
	length("BR-KSA-F-06-C26", WARNING, "/", f"{ADDRESS}/cbc:CityName", "BT-52", 127),
	length("BR-KSA-F-06-C29", WARNING, _saudi, "cbc:CitySubdivisionName", "KSA-4", 127, when=standard),
	length("BR-KSA-F-06-C37", WARNING, CONTACT, "cbc:Name", "BT-56", 1000),
	length("BR-KSA-F-06-C38", WARNING, CONTACT, "cbc:Note", "KSA-35", 1000),
]


@rule(
	RULES,
	"BR-KSA-F-06-C25",
	WARNING,
	"/",
	when=standard,
	at=f"{ADDRESS}/cbc:CityName",
	en="The buyer city (BT-52) is missing. Add cbc:CityName to the buyer's address.",
	ar="حقل «مدينة المشتري» (BT-52) غير موجود أو فارغ. أضِف العنصر cbc:CityName إلى عنوان المشتري.",
)
def city(view: View, invoice: Element) -> bool:
	return not text_of(first(invoice, f"{ADDRESS}/cbc:CityName"))


@rule(
	RULES,
	"BR-KSA-F-06-C28",
	WARNING,
	_saudi,
	when=standard,
	at="cbc:CitySubdivisionName",
	en="The buyer district (KSA-4) is missing. Add cbc:CitySubdivisionName to the buyer's address.",
	ar="حقل «حي المشتري» (KSA-4) غير موجود أو فارغ. أضِف العنصر cbc:CitySubdivisionName إلى عنوان المشتري.",
)
def district(view: View, address: Element) -> bool:
	return not text_of(first(address, "cbc:CitySubdivisionName"))


@rule(
	RULES,
	"BR-KSA-10",
	WARNING,
	"/",
	when=standard,
	at=ADDRESS,
	en="The buyer's address lacks: {missing}. A tax invoice needs at least street, city and country of the buyer.",
	ar="عنوان المشتري تنقصه العناصر: {missing}. تتطلب الفاتورة الضريبية على الأقل شارع المشتري ومدينته ودولته.",
)
def address(view: View, invoice: Element) -> Outcome:
	parts = ("cbc:StreetName", "cbc:CityName", "cac:Country/cbc:IdentificationCode")
	absent = [part for part in parts if not text_of(first(invoice, f"{ADDRESS}/{part}"))]
	return {"missing": ", ".join(absent)} if absent else None


@rule(
	RULES,
	"BR-KSA-63",
	WARNING,
	_saudi,
	when=standard,
	en="The Saudi buyer's national address lacks: {missing}. Complete it.",
	ar="العنوان الوطني للمشتري داخل المملكة تنقصه العناصر: {missing}. أكمل العنوان.",
)
def national_address(view: View, address: Element) -> Outcome:
	absent = [part for part in ADDRESS_PARTS if not value(address, part)]
	return {"missing": ", ".join(absent)} if absent else None


@rule(
	RULES,
	"BR-KSA-67",
	WARNING,
	_saudi,
	when=standard,
	at="cbc:PostalZone",
	en='The Saudi buyer\'s postal code is "{value}". Write its five digits.',
	ar="الرمز البريدي للمشتري داخل المملكة هو «{value}». اكتبه من خمسة أرقام.",
)
def postal_code(view: View, address: Element) -> Outcome:
	code = text_of(first(address, "cbc:PostalZone"))
	return None if re.fullmatch(r"[0-9]{5}", code) else {"value": code}


@rule(
	RULES,
	"BR-KSA-42",
	WARNING,
	BUYER,
	when=standard,
	at=NAME,
	en="A tax invoice must name the buyer (BT-44). Add cac:PartyLegalEntity/cbc:RegistrationName.",
	ar="يجب أن تذكر الفاتورة الضريبية اسم المشتري (BT-44). أضِف العنصر cac:PartyLegalEntity/cbc:RegistrationName.",
)
def name(view: View, party: Element) -> bool:
	return not filled(party, NAME)


@rule(
	RULES,
	"BR-KSA-44",
	ERROR,
	f"{BUYER}/{VAT_NUMBER}",
	en='The buyer\'s VAT number (BT-48) is "{value}". It has 15 digits, the first and the last of them 3.',
	ar="الرقم الضريبي للمشتري (BT-48) هو «{value}». يتكون الرقم من 15 خانة رقمية أولها وآخرها 3.",
)
def vat_number(view: View, number: Element) -> Outcome:
	written = text_of(number)
	return None if not written or re.fullmatch(r"3[0-9]{13}3", written) else {"value": written}


@rule(
	RULES,
	"BR-KSA-99",
	WARNING,
	f"{BUYER}/{VAT_NUMBER}",
	en="The buyer's VAT number (BT-48) is empty. Write it, or remove cac:PartyTaxScheme from the buyer.",
	ar="الرقم الضريبي للمشتري (BT-48) فارغ. اكتبه أو احذف العنصر cac:PartyTaxScheme من بيانات المشتري.",
)
def vat_number_empty(view: View, number: Element) -> bool:
	return not text_of(number).strip()


@rule(
	RULES,
	"BR-KSA-81",
	WARNING,
	"/",
	when=standard,
	at=f"{BUYER}/{IDENTIFIER}",
	en="The buyer has no VAT number, so a tax invoice needs another identification of the buyer (BT-46). Add one.",
	ar="ليس للمشتري رقم ضريبي، لذا تتطلب الفاتورة الضريبية معرّفًا آخر للمشتري (BT-46). أضِفه.",
)
def identified(view: View, invoice: Element) -> bool:
	return not view.nodes(f"{BUYER}/{VAT_NUMBER}") and not view.filled(f"{BUYER}/{IDENTIFIER}")


@rule(
	RULES,
	"BR-KSA-14",
	ERROR,
	f"{BUYER}/{IDENTIFIER}",
	at="@schemeID",
	en='The scheme of the buyer\'s identification (BT-46-1) is "{value}". Use one of TIN, CRN, MOM, MLS, 700, SAG, NAT, '
	"GCC, IQA, PAS, OTH.",
	ar="نوع معرّف المشتري (BT-46-1) هو «{value}». استخدم أحد الأنواع TIN أو CRN أو MOM أو MLS أو 700 أو SAG أو NAT أو GCC "
	"أو IQA أو PAS أو OTH.",
)
def scheme(view: View, identifier: Element) -> Outcome:
	written = (identifier.get("schemeID") or "").strip()
	return None if written in BUYER_SCHEMES else {"value": written}


RULES += [
	number_form(id, f"{BUYER}/{IDENTIFIER}", scheme, rf"{start}[0-9]{{9}}", name, ten_digits(start))
	for id, scheme, start, name in (
		("BR-KSA-F-07", "TIN", "3", ("tax identification number (TIN)", "رقمًا مميزًا (TIN)")),
		("BR-KSA-F-10", "NAT", "1", ("national ID (NAT)", "رقم هوية وطنية (NAT)")),
		("BR-KSA-F-11", "IQA", "2", ("Iqama number (IQA)", "رقم إقامة (IQA)")),
	)
]


@rule(
	RULES,
	"BR-KSA-49",
	ERROR,
	"cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory",
	at="cbc:TaxExemptionReasonCode",
	en="Health care or education at the zero rate ({value}) needs the citizen's national ID. Identify the buyer (BT-46) "
	"with the scheme NAT.",
	ar="يتطلب توريد الرعاية الصحية أو التعليم بنسبة الصفر ({value}) رقم الهوية الوطنية للمواطن. عرِّف المشتري (BT-46) "
	"بالنوع NAT.",
)
def citizen(view: View, tax_category: Element) -> Outcome:
	codes = {text_of(node) for node in every(tax_category, "cbc:TaxExemptionReasonCode")} & EXEMPT_CITIZENS
	schemes = view.once(
		"buyer", lambda: {node.get("schemeID") for node in view.nodes(f"{BUYER}/{IDENTIFIER}")}
	)
	if not codes or "NAT" in schemes:
		return None
	return {"value": codes.pop()}


@rule(
	RULES,
	"BR-KSA-25",
	WARNING,
	"/",
	when=simplified,
	at=f"{BUYER}/{NAME}",
	en="A simplified invoice for health care or education at the zero rate must name the buyer (BT-44). Add the name.",
	ar="يجب أن تذكر الفاتورة المبسطة للرعاية الصحية أو التعليم بنسبة الصفر اسم المشتري (BT-44). أضِف الاسم.",
)
def citizen_name(view: View, invoice: Element) -> bool:
	codes = {text_of(node).strip() for node in view.nodes("cac:TaxCategory/cbc:TaxExemptionReasonCode")}
	return bool(codes) and codes <= EXEMPT_CITIZENS and not view.filled(f"{BUYER}/{NAME}")


@rule(
	RULES,
	"BR-KSA-85",
	WARNING,
	CONTACT,
	at="cbc:Telephone",
	en='The buyer\'s phone number (BT-57) is "{value}". Write 0 or + and then 4 to 15 digits.',
	ar="رقم هاتف المشتري (BT-57) هو «{value}». اكتب 0 أو + ثم من 4 إلى 15 رقمًا.",
)
def telephone(view: View, contact: Element) -> Outcome:
	written = text_of(first(contact, "cbc:Telephone"))
	return {"value": written} if written and not re.fullmatch(r"[0+][0-9]{4,15}", written) else None
