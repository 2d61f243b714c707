"""Rules that every VAT category has in its own wording: breakdown, taxable amount, no VAT, zero rate."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from saudi_crm_billing.e_invoicing.engine.rules.allowances import document_allowances, document_charges
from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	LINE,
	Element,
	category,
	every,
	is_allowance,
	is_charge,
	is_vat,
	number,
	total,
	value,
)
from saudi_crm_billing.e_invoicing.engine.rules.rule import (
	Outcome,
	Rule,
	rate_zero,
)
from saudi_crm_billing.e_invoicing.engine.rules.view import View

SUBTOTAL = "/cac:TaxTotal/cac:TaxSubtotal"
BREAKDOWN = f"{SUBTOTAL}/cac:TaxCategory"
ITEM = "cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory"
USED = ("cac:AllowanceCharge/cac:TaxCategory", "cac:ClassifiedTaxCategory")
ALLOWANCE = ("the document allowance (BT-96)", "الخصم على مستوى الفاتورة (BT-96)")
CHARGE = ("the document charge (BT-103)", "الرسم الإضافي على مستوى الفاتورة (BT-103)")
CODES = {
	"S": ("standard rated", "خاضعة للنسبة الأساسية"),
	"Z": ("zero rated", "خاضعة لنسبة الصفر"),
	"E": ("exempt", "معفاة"),
	"O": ("out of scope", "خارجة عن نطاق الضريبة"),
}


def of_scheme(path: str) -> Callable[[View], list[Element]]:
	return lambda view: view.once(("VAT", path), lambda: [node for node in view.nodes(path) if is_vat(node)])


def _categories(extras: list[Element], vat_only: bool) -> list[Element]:
	found = [node for extra in extras for node in every(extra, "cac:TaxCategory")]
	return [node for node in found if is_vat(node) or not vat_only]


def allowance_categories(view: View) -> list[Element]:
	extras = [node for node in view.nodes("cac:AllowanceCharge") if is_allowance(node)]
	return _categories(extras, True)


def charge_categories(view: View) -> list[Element]:
	extras = [node for node in view.nodes("cac:AllowanceCharge") if is_charge(node)]
	return _categories(extras, True)


def _document_allowance_categories(view: View) -> list[Element]:
	return _categories(document_allowances(view), False)


def _document_charge_categories(view: View) -> list[Element]:
	return _categories(document_charges(view), False)


RULES: list[Rule] = [
	rate_zero("BR-Z-05", ERROR, of_scheme(ITEM), "Z", "BT-152"),
	rate_zero("BR-E-05", ERROR, of_scheme(ITEM), "E", "BT-152"),
	rate_zero("BR-KSA-11", ERROR, f"/{ITEM}", "O", "BT-152", absent=True),
	rate_zero("BR-Z-06", ERROR, allowance_categories, "Z", "BT-96"),
	rate_zero("BR-E-06", ERROR, allowance_categories, "E", "BT-96"),
	rate_zero("BR-KSA-12", WARNING, _document_allowance_categories, "O", "BT-96", absent=True),
	rate_zero("BR-KSA-13", WARNING, _document_charge_categories, "O", "BT-103", absent=True),
]


def _codes(view: View, *paths: str) -> set[str]:
	return {category(node) for path in paths for node in of_scheme(path)(view)}


def _breakdown_missing(code: str) -> Rule:
	"""BR-S-01 and its like: a category that is used must be in the breakdown."""

	def unlisted(view: View, invoice: Element) -> bool:
		used = view.once("categories used", lambda: _codes(view, *USED))
		return code in used and code not in view.once("categories listed", lambda: _codes(view, BREAKDOWN))

	en, ar = CODES[code]
	return Rule(
		f"BR-{code}-01",
		WARNING,
		"/",
		unlisted,
		f"The invoice has something {en} ({code}), but the VAT breakdown has no such category. Add its cac:TaxSubtotal.",
		f"تحتوي الفاتورة على توريدات {ar} ({code})، وتفصيل الضريبة بلا هذه الفئة. أضِف العنصر cac:TaxSubtotal لها.",
		"cac:TaxTotal/cac:TaxSubtotal",
	)


def _holds(node: Element, path: str, code: str) -> bool:
	return any(category(tax) == code for tax in every(node, path))


def _net(view: View, code: str) -> Decimal:
	"""Lines plus charges less allowances of one VAT category."""
	lines = [
		node for node in view.nodes(f"/{LINE}") if _holds(node, "cac:Item/cac:ClassifiedTaxCategory", code)
	]
	charges = [node for node in document_charges(view) if _holds(node, "cac:TaxCategory", code)]
	allowances = [node for node in document_allowances(view) if _holds(node, "cac:TaxCategory", code)]
	net = total(lines, "cbc:LineExtensionAmount")
	return net + total(charges, "cbc:Amount") - total(allowances, "cbc:Amount")


def _used(view: View, code: str) -> bool:
	return code in _codes(view, "/cac:AllowanceCharge/cac:TaxCategory", f"/{ITEM}")


def _standard_taxable(tax_total: Element | None) -> Decimal:
	subtotals = [] if tax_total is None else every(tax_total, "cac:TaxSubtotal")
	return total([node for node in subtotals if _holds(node, "cac:TaxCategory", "S")], "cbc:TaxableAmount")


def _taxable(code: str) -> Rule:
	"""BR-S-08 and its like: the taxable amount is what was sold in the category."""

	def differs(view: View, tax: Element) -> Outcome:
		subtotal = tax.parent
		if category(tax) != code or subtotal is None:
			return None
		stated = number(subtotal, "cbc:TaxableAmount")
		if code == "S":
			tax_total = subtotal.parent
			stated = view.once(tax_total, lambda: _standard_taxable(tax_total))
		expected = view.once(code, lambda: _net(view, code))
		if stated == expected and view.once((code, "used"), lambda: _used(view, code)):
			return None
		return {"stated": "-" if stated is None else stated, "expected": expected}

	en, ar = CODES[code]
	return Rule(
		f"BR-{code}-08",
		WARNING,
		of_scheme(BREAKDOWN),
		differs,
		f"The taxable amount of the category {en} ({code}) is {{stated}}; its lines, charges and allowances come to "
		"{expected}. Correct it.",
		f"المبلغ الخاضع للضريبة لفئة التوريدات ال{ar} ({code}) هو {{stated}}، بينما بنودها ورسومها وخصوماتها تساوي "
		"{expected}. صحِّحه.",
	)


def _untaxed(code: str) -> Rule:
	"""BR-Z-09 and its like: no VAT in a category without VAT."""

	def taxed(view: View, tax: Element) -> Outcome:
		subtotal = tax.parent
		if category(tax) != code or subtotal is None or number(subtotal, "cbc:TaxAmount") == 0:
			return None
		return {"value": value(subtotal, "cbc:TaxAmount") or "-"}

	en, ar = CODES[code]
	return Rule(
		f"BR-{code}-09",
		ERROR,
		of_scheme(BREAKDOWN),
		taxed,
		f"The VAT of the category {en} ({code}) is {{value}}. It must be 0: correct the amount or the category.",
		f"ضريبة فئة التوريدات ال{ar} ({code}) هي {{value}}، ويجب أن تكون 0. صحِّح المبلغ أو الفئة.",
	)


def _charge_taxed(code: str) -> Rule:
	"""BR-Z-07 and BR-E-07: kept as soon as any allowance or charge of the document has the rate 0."""

	def taxed(view: View, invoice: Element) -> bool:
		taxes = _categories(document_charges(view), True)
		rates = view.nodes("/cac:AllowanceCharge/cac:TaxCategory")
		return any(category(tax) == code for tax in taxes) and not any(
			number(tax, "cbc:Percent") == 0 for tax in rates
		)

	en = CODES[code][0]
	return Rule(
		f"BR-{code}-07",
		ERROR,
		"/",
		taxed,
		f"A document charge is {en} ({code}), but its VAT rate (BT-103) is not 0. Set the rate to 0.",
		f"يوجد رسم إضافي على مستوى الفاتورة فئته ({code}) ونسبة ضريبته (BT-103) ليست 0. اجعل النسبة 0.",
		"cac:AllowanceCharge",
	)


RULES += [_breakdown_missing(code) for code in "SZEO"]
RULES += [_taxable(code) for code in "SZEO"]
RULES += [_untaxed(code) for code in "ZEO"]
RULES += [_charge_taxed(code) for code in "ZE"]
