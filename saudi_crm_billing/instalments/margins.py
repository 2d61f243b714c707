"""The only writer of a document's margin lines and of `scb_margin`, `scb_margin_treatment`, `scb_margin_percent`.

What is typed on the lines is the cash price. The margin of a sale on credit stands on lines of its own, of an item that
Instalment Settings name, made anew from the cash price at every save: so it is never put on twice, however the
document was made. Core's calculation and the tax classes treat them as any other line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import fmt_money

from saudi_crm_billing.common.money import split, to_decimal, to_money
from saudi_crm_billing.instalments.agreement import agreed_template, cash_terms
from saudi_crm_billing.instalments.engine.margin import margin_of, months_of
from saudi_crm_billing.instalments.errors import refuse
from saudi_crm_billing.instalments.origins import origin_of, sources_of
from saudi_crm_billing.instalments.settings import margin_items, settings_of
from saudi_crm_billing.instalments.templates import NO_MARGIN

IN_PRICE, EXEMPT, FEE = "Part of the taxable price", "Separate exempt line", "Taxable service fee"
LINES_CHANGED_HOOK = "scb_lines_changed"
"""Functions of (document) that are told when lines were put on it or taken off, before core validates."""
MARGIN_FIELDS = ("scb_margin_treatment", "scb_margin_percent", "scb_margin")
EXEMPT_CODE = "VATEX-SA-29"


@dataclass(frozen=True)
class Margin:
	"""What was agreed: one of the three treatments, and a flat percentage a year."""

	treatment: str
	percent: Decimal


def put_margin(doc: Document) -> None:
	"""Before core validates: the lines that the plan's margin asks for, or none. Refuses two margins in one document."""
	_refuse_two_percents(doc)
	agreed = _agreed_margin(doc)
	if not agreed:
		_take_off(doc)
		return
	_refuse_mixture(doc, agreed)
	goods, lines = _parted(doc)
	cash = without_margin(doc, goods)
	margin = _margin_of(cash, agreed)
	doc.update({"scb_margin_treatment": agreed.treatment, "scb_margin_percent": float(agreed.percent)})
	doc.flags.scb_cash_total = to_decimal(cash.grand_total)
	if _write_lines(doc, goods, lines, _wanted(doc, agreed, margin, cash)):
		tell_lines_changed(doc)
	if agreed.treatment == EXEMPT:
		_check_exempt(doc)


def write_margin(doc: Document) -> None:
	"""After core's totals: what the lines have added, with their tax. Refuses a discount that core spread over them too."""
	_refuse_document_discount(doc)
	cash = doc.flags.pop("scb_cash_total", None)
	if cash is not None:
		doc.scb_margin = float(to_decimal(doc.grand_total) - cash)


def without_margin(doc: Document, goods: Sequence[Document]) -> Document:
	"""The document as a cash sale, its totals computed; a copy that nobody saves."""
	kept = {id(row) for row in goods}
	cash = frappe.get_doc(doc.as_dict())
	cash.flags.ignore_permissions = doc.flags.ignore_permissions
	cash.items = [copy for copy, row in zip(cash.items, doc.items, strict=True) if id(row) in kept]
	cash.set_missing_values()
	cash.calculate_taxes_and_totals()
	return cash


def _agreed_margin(doc: Document) -> Margin | None:
	"""Of the documents that the plan was agreed in before, else of the template."""
	if not doc.get("scb_plan_template"):
		return None
	template = agreed_template(doc)
	agreed: Any = template
	if has_margin(template) or doc.get("scb_margin_treatment"):
		agreed = origin_of(doc) or template
	treatment, percent = agreed.margin_treatment, agreed.margin_percent
	if not treatment or treatment == NO_MARGIN or not percent:
		return None
	return Margin(treatment, to_decimal(percent))


def has_margin(template: Document) -> bool:
	return bool(template.margin_percent and (template.margin_treatment or NO_MARGIN) != NO_MARGIN)


def _take_off(doc: Document) -> None:
	"""No margin is agreed: lines that were put on for one go, lines that a person sold stay."""
	if doc.get("scb_margin_treatment"):
		goods, lines = _parted(doc)
		if lines and goods:
			_set_items(doc, goods)
			tell_lines_changed(doc)
	doc.update({"scb_margin_treatment": None, "scb_margin_percent": 0, "scb_margin": 0})


def _parted(doc: Document) -> tuple[list[Document], list[Document]]:
	"""The goods, and the margin lines."""
	items = margin_items(doc.company)
	lines = [row for row in doc.items if row.item_code in items]
	return [row for row in doc.items if row.item_code not in items], lines


def _margin_of(cash: Document, agreed: Margin) -> Decimal:
	terms = cash_terms(cash, to_money(cash.grand_total))
	return margin_of(terms.rest, agreed.percent, months_of(terms))


def _wanted(
	doc: Document, agreed: Margin, margin: Decimal, cash: Document
) -> list[tuple[str, str | None, Decimal]]:
	"""Item, Item Tax Template and amount of each line. In the price it bears the goods' taxes, each its part."""
	settings = settings_of(doc.company)
	if agreed.treatment == FEE:
		return [(_needed(settings, "fee_item"), None, margin)]
	item = _needed(settings, "margin_item")
	if agreed.treatment == EXEMPT:
		return [(item, _needed(settings, "exempt_margin_template"), margin)]
	taxed: dict[str | None, Decimal] = {}
	for row in cash.items:
		if not row.get("is_alternative") and row.net_amount:
			template = row.item_tax_template or None
			taxed[template] = taxed.get(template, Decimal(0)) + to_decimal(row.net_amount)
	if not taxed:
		refuse(_("The lines come to nothing, so there is no price to put a margin on. Add items or rates."))
	parts = zip(taxed, split(margin, list(taxed.values())), strict=True)
	return [(item, template, part) for template, part in parts if part]


def _needed(settings: Document, fieldname: str) -> str:
	if not settings.get(fieldname):
		refuse(
			_(
				"The plan has a margin, but {0} is empty in the Instalment Settings of {1}. Choose it there."
			).format(_(settings.meta.get_label(fieldname)), settings.company)
		)
	return str(settings.get(fieldname))


def _write_lines(
	doc: Document,
	goods: list[Document],
	lines: list[Document],
	wanted: Sequence[tuple[str, str | None, Decimal]],
) -> bool:
	"""Earlier lines are used again, so that they keep what links them to the order; whether anything changed."""
	before = [
		(row.item_code, row.item_tax_template or None, to_money(row.rate or 0), row.qty) for row in lines
	]
	if before == [(*line, 1) for line in wanted] and doc.items == [*goods, *lines]:
		return False
	kept = [*lines[: len(wanted)]]
	while len(kept) < len(wanted):
		kept.append(doc.append("items", {"qty": 1, **_like(goods[0])}))
	for row, (item, template, amount) in zip(kept, wanted, strict=True):
		if row.item_code != item:
			row.update({"item_code": item, "item_name": None, "description": None, "income_account": None})
		row.update({"qty": 1, "item_tax_template": template, "rate": float(amount)})
		row.update({"price_list_rate": float(amount), "discount_percentage": 0, "discount_amount": 0})
		row.update({"margin_type": None, "margin_rate_or_amount": 0})
	_set_items(doc, [*goods, *kept])
	return True


def _like(row: Document) -> dict[str, object]:
	return {name: row.get(name) for name in ("delivery_date", "cost_center", "warehouse") if row.get(name)}


def _set_items(doc: Document, rows: list[Document]) -> None:
	doc.items = rows
	for number, row in enumerate(rows, start=1):
		row.idx = number


def tell_lines_changed(doc: Document) -> None:
	for listener in frappe.get_hooks(LINES_CHANGED_HOOK):
		frappe.get_attr(listener)(doc)


def _refuse_document_discount(doc: Document) -> None:
	"""On the goods' lines a discount lowers the cash price, which the margin is reckoned from, and nothing twice."""
	if doc.get("scb_margin_treatment") and doc.get("discount_amount"):
		refuse(
			_(
				"The discount of {0} {1} on the whole document would also lower the agreed margin. Clear it under "
				"Additional Discount. Discount the lines of the goods instead."
			).format(fmt_money(doc.discount_amount, precision=2), doc.currency)
		)


def _refuse_two_percents(doc: Document) -> None:
	"""Sources may have agreed on one template before and after its margin changed."""
	doctype, names = sources_of(doc)
	if not (names and doc.get("scb_plan_template")):
		return
	filters = {"name": ("in", sorted(names)), "scb_plan_template": doc.scb_plan_template}
	found = frappe.get_all(doctype, filters, ["name", "scb_margin_percent as percent"], order_by="name")
	other = next((row for row in found if row.percent != found[0].percent), None)
	if other:
		refuse(
			_(
				"{0} was agreed with a margin of {1} % a year, {2} with {3} %. Bill each by a document of its own."
			).format(found[0].name, f"{found[0].percent:g}", other.name, f"{other.percent:g}")
		)


def _refuse_mixture(doc: Document, agreed: Margin) -> None:
	"""One treatment a document: by its sources, and by its lines."""
	settings = settings_of(doc.company)
	other = settings.margin_item if agreed.treatment == FEE else settings.fee_item
	same = settings.margin_item == settings.fee_item
	mixed = next((row for row in doc.items if other and not same and row.item_code == other), None)
	if mixed:
		refuse(
			_(
				"Line {0}, item {1}, is a margin of another kind than the plan's ({2}). Remove the line."
			).format(mixed.idx, mixed.item_code, _(agreed.treatment))
		)
	doctype, names = sources_of(doc)
	filters = {"name": ("in", [*names, ""]), "scb_margin_treatment": ("not in", ["", agreed.treatment])}
	if doctype == "Quotation":
		filters["scb_chosen_template"] = ("is", "not set")
	found = frappe.get_all(doctype or doc.doctype, filters, ["name", "scb_margin_treatment"], limit=1)
	if found:
		refuse(
			_(
				"{0} was agreed with the margin as {1}, this document has it as {2}. Bill it by a document of its own."
			).format(found[0].name, _(found[0].scb_margin_treatment), _(agreed.treatment))
		)


def _check_exempt(doc: Document) -> None:
	"""Where the lines are classified, the exempt margin must come out as exempt, with its reason."""
	for row in _parted(doc)[1]:
		category = row.get("scb_vat_category")
		if category and (category, row.get("scb_vatex_code")) != ("E", EXEMPT_CODE):
			refuse(
				_(
					"Line {0}, the margin, should be exempt from VAT ({1}) but is classified {2}. Give the Item Tax "
					"Template of the exempt margin the class of financial services, or choose another treatment."
				).format(row.idx, EXEMPT_CODE, row.get("scb_vatex_code") or category)
			)
