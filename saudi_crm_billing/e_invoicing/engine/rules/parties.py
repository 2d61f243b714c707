"""Rules on the seller, and those that seller and buyer share."""

from __future__ import annotations

import re

from saudi_crm_billing.e_invoicing.engine.rules.code_lists import BUYER_SCHEMES, SELLER_SCHEMES
from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	Element,
	every,
	filled,
	first,
	is_vat,
	text_of,
	value,
)
from saudi_crm_billing.e_invoicing.engine.rules.rule import Nodes, Outcome, Rule, length, required, rule
from saudi_crm_billing.e_invoicing.engine.rules.view import View

SELLER = "cac:AccountingSupplierParty/cac:Party"
BUYER = "cac:AccountingCustomerParty/cac:Party"
PARTIES = ("cac:AccountingSupplierParty", "cac:AccountingCustomerParty")
ADDRESS = f"{SELLER}/cac:PostalAddress"
VAT_NUMBER = "cac:PartyTaxScheme/cbc:CompanyID"
NAME = "cac:PartyLegalEntity/cbc:RegistrationName"
IDENTIFIER = "cac:PartyIdentification/cbc:ID"
ADDRESS_PARTS = (
	"cbc:StreetName",
	"cbc:BuildingNumber",
	"cbc:CitySubdivisionName",
	"cbc:CityName",
	"cbc:PostalZone",
	"cac:Country/cbc:IdentificationCode",
)
# Eight equal digits, or eight that count up or down: nobody's number.
_RUNS = "0123456789"
PREDICTABLE = tuple(digit * 8 for digit in _RUNS) + tuple(
	row[start : start + 8] for row in (_RUNS, _RUNS[::-1]) for start in range(3)
)


def _saudi_buyer(view: View) -> bool:
	return view.value(f"{BUYER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode") == "SA"


RULES: list[Rule] = [
	required("BR-06", WARNING, "/", f"{SELLER}/{NAME}", "BT-27"),
	length("BR-KSA-F-06-C10", WARNING, "/", f"{SELLER}/{NAME}", "BT-27", 1000, 1),
	length("BR-KSA-F-06-C8", WARNING, "/", f"{ADDRESS}/cbc:CountrySubentity", "BT-39", 127),
	length("BR-KSA-F-06-C4", WARNING, ADDRESS, "cbc:StreetName", "BT-35", 1000, 1),
	length("BR-KSA-F-06-C6", WARNING, ADDRESS, "cbc:AdditionalStreetName", "BT-36", 127),
	length("BR-KSA-F-06-C7", WARNING, ADDRESS, "cbc:CityName", "BT-37", 127, 1),
	length("BR-KSA-F-06-C9", WARNING, ADDRESS, "cbc:CitySubdivisionName", "KSA-3", 127, 1, when=_saudi_buyer),
	required("BR-09", WARNING, ADDRESS, "cac:Country/cbc:IdentificationCode", "BT-40"),
]


@rule(
	RULES,
	"BR-08",
	WARNING,
	"/",
	at=ADDRESS,
	en="The seller's address (BG-5) is missing. Add cac:PostalAddress to the seller.",
	ar="عنوان البائع (BG-5) غير موجود. أضِف العنصر cac:PostalAddress إلى بيانات البائع.",
)
def seller_address(view: View, invoice: Element) -> bool:
	return first(invoice, ADDRESS) is None


@rule(
	RULES,
	"BR-KSA-09",
	WARNING,
	ADDRESS,
	en="The seller's national address lacks: {missing}. Complete it.",
	ar="العنوان الوطني للبائع تنقصه العناصر: {missing}. أكمل العنوان.",
)
def seller_address_parts(view: View, address: Element) -> Outcome:
	absent = [part for part in ADDRESS_PARTS if first(address, part) is None]
	return {"missing": ", ".join(absent)} if absent else None


@rule(
	RULES,
	"BR-KSA-66",
	WARNING,
	ADDRESS,
	at="cbc:PostalZone",
	en='The seller\'s postal code is "{value}". Write its five digits.',
	ar="الرمز البريدي للبائع هو «{value}». اكتبه من خمسة أرقام.",
)
def seller_postal_code(view: View, address: Element) -> Outcome:
	code = text_of(first(address, "cbc:PostalZone"))
	return None if re.fullmatch(r"[0-9]{5}", code) else {"value": code}


@rule(
	RULES,
	"BR-KSA-37",
	WARNING,
	SELLER,
	at="cac:PostalAddress/cbc:BuildingNumber",
	en='The seller\'s building number is "{value}". Write its four digits.',
	ar="رقم مبنى البائع هو «{value}». اكتبه من أربعة أرقام.",
)
def seller_building(view: View, party: Element) -> Outcome:
	written = text_of(first(party, "cac:PostalAddress/cbc:BuildingNumber"))
	return None if re.fullmatch(r"[0-9]{4}", written) else {"value": written}


@rule(
	RULES,
	"BR-KSA-39",
	ERROR,
	"/",
	at=f"{SELLER}/{VAT_NUMBER}",
	en="The seller's VAT number (BT-31) is missing. Add it, with the tax scheme VAT.",
	ar="الرقم الضريبي للبائع (BT-31) غير موجود. أضِفه مع نظام الضريبة VAT.",
)
def seller_vat_missing(view: View, invoice: Element) -> bool:
	schemes = every(invoice, f"{SELLER}/cac:PartyTaxScheme")
	numbered = any(filled(scheme, "cbc:CompanyID") for scheme in schemes)
	return not (numbered and any(value(scheme, "cac:TaxScheme/cbc:ID") == "VAT" for scheme in schemes))


@rule(
	RULES,
	"BR-KSA-40",
	ERROR,
	f"{SELLER}/cac:PartyTaxScheme",
	at="cbc:CompanyID",
	en='The seller\'s VAT number (BT-31) is "{value}". It has 15 digits, the first and the last of them 3.',
	ar="الرقم الضريبي للبائع (BT-31) هو «{value}». يتكون الرقم من 15 خانة رقمية أولها وآخرها 3.",
)
def seller_vat(view: View, scheme: Element) -> Outcome:
	written = first(scheme, "cbc:CompanyID")
	if written is None or not is_vat(scheme) or re.fullmatch(r"3[0-9]{13}3", text_of(written)):
		return None
	return {"value": text_of(written)}


@rule(
	RULES,
	"BR-KSA-08",
	WARNING,
	"/",
	at=f"{SELLER}/{IDENTIFIER}",
	en='The seller\'s identification (BT-29) is missing or of an unknown scheme: "{value}". Give one of CRN, MOM, MLS, '
	"SAG, OTH, 700.",
	ar="معرّف البائع (BT-29) غير موجود أو نوعه غير معروف: «{value}». استخدم أحد الأنواع CRN أو MOM أو MLS أو SAG أو OTH أو 700.",
)
def seller_identifier(view: View, invoice: Element) -> Outcome:
	schemes = [(node.get("schemeID") or "").strip() for node in every(invoice, f"{SELLER}/{IDENTIFIER}")]
	known = bool(schemes) and schemes[0] in SELLER_SCHEMES
	return None if known else {"value": ", ".join(schemes) or "-"}


def _identified(party: Element) -> tuple[str, str]:
	"""Scheme and number of a party's other identification."""
	node = first(party, f"cac:Party/{IDENTIFIER}")
	return ("", "") if node is None else (str(node.get("schemeID") or ""), text_of(node))


def number_form(
	id: str,
	nodes: Nodes,
	scheme: str,
	form: str,
	name: tuple[str, str],
	digits: tuple[str, str],
	at: str = "",
) -> Rule:
	"""An identification of `scheme` matches `form`; `at` is where it stands below the node."""

	def misfit(view: View, node: Element) -> Outcome:
		found = first(node, at) if at else node
		if found is None or (found.get("schemeID") or "").strip() != scheme:
			return None
		return None if re.fullmatch(form, text_of(found)) else {"value": text_of(found)}

	return Rule(
		id,
		WARNING,
		nodes,
		misfit,
		f'"{{value}}" is no {name[0]}. It has {digits[0]}.',
		f"القيمة «{{value}}» ليست {name[1]} صحيحًا. يتكون الرقم من {digits[1]}.",
		at,
	)


def ten_digits(first_digit: str = "") -> tuple[str, str]:
	"""How a number is described, in English and Arabic."""
	if not first_digit:
		return "ten digits", "عشر خانات رقمية"
	return f"ten digits, the first of them {first_digit}", f"عشر خانات رقمية أولها {first_digit}"


RULES += [
	number_form(
		"BR-KSA-F-08",
		PARTIES,
		"CRN",
		r"[0-9]{10}",
		("commercial registration (CRN) number", "رقم سجل تجاري (CRN)"),
		ten_digits(),
		f"cac:Party/{IDENTIFIER}",
	),
	number_form(
		"BR-KSA-F-09",
		PARTIES,
		"700",
		r"7[0-9]{9}",
		("unified number (700)", "رقمًا موحدًا (700)"),
		ten_digits("7"),
		f"cac:Party/{IDENTIFIER}",
	),
]


@rule(
	RULES,
	"BR-KSA-F-12",
	WARNING,
	PARTIES,
	at=f"cac:Party/{IDENTIFIER}",
	en='The scheme "{value}" of the identification has spaces around it. Remove them.',
	ar="يحتوي نوع المعرّف «{value}» على مسافات زائدة. احذفها.",
)
def scheme_spaces(view: View, party: Element) -> Outcome:
	scheme, _ = _identified(party)
	allowed = SELLER_SCHEMES if "Supplier" in party.place.name else BUYER_SCHEMES
	return {"value": scheme} if scheme != scheme.strip() and scheme.strip().upper() in allowed else None


@rule(
	RULES,
	"BR-KSA-F-13",
	WARNING,
	PARTIES,
	at=f"cac:Party/{IDENTIFIER}",
	en='The identification "{value}" looks made up: eight equal or successive digits. Write the real number.',
	ar="يبدو المعرّف «{value}» غير حقيقي: فيه ثماني خانات متطابقة أو متسلسلة. اكتب الرقم الصحيح.",
)
def predictable(view: View, party: Element) -> Outcome:
	written = _identified(party)[1].strip()
	made_up = written.isdecimal() and any(run in written for run in PREDICTABLE)
	return {"value": written} if made_up else None


@rule(
	RULES,
	"BR-CUSTOM-VALIDATION-01",
	ERROR,
	"/",
	at=f"{BUYER}/{VAT_NUMBER}",
	en="Seller and buyer have the same VAT number {value}. Correct the buyer's (BT-48).",
	ar="الرقم الضريبي للبائع والمشتري واحد: {value}. صحِّح الرقم الضريبي للمشتري (BT-48).",
)
def same_vat(view: View, invoice: Element) -> Outcome:
	seller = {text_of(node) for node in every(invoice, f"{SELLER}/{VAT_NUMBER}")} - {""}
	both = [text for node in every(invoice, f"{BUYER}/{VAT_NUMBER}") if (text := text_of(node)) in seller]
	return {"value": both[0]} if both else None
