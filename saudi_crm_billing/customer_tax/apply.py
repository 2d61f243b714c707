"""Taxes a selling document by the classes of its customer and items.

The only writer of the tax snapshot (`scb_tax_class`, `scb_vat_*`, `scb_vatex_code`, on the header also
`scb_tax_decision` and `scb_tax_facts`) and of the VAT row. It runs before ERPNext validates and computes the
document, at every save, and gives the same result when nothing changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.customer_tax.basis import Basis, read_basis
from saudi_crm_billing.customer_tax.engine.decision import Decision, Why, decide
from saudi_crm_billing.customer_tax.engine.tax_class import ALLOWED_STANDARD_RATES, percent
from saudi_crm_billing.customer_tax.engine.vatex import Category, needs_national_id
from saudi_crm_billing.customer_tax.engine.wording import Explanation, Note, NoteKind, group_lines
from saudi_crm_billing.customer_tax.item_templates import class_of, rate_template, template_of, vat_rate_of
from saudi_crm_billing.customer_tax.settings import load_class, settings_for
from saudi_crm_billing.customer_tax.vat_row import VatRow, add_template_rows, write_vat_row


@dataclass(frozen=True)
class Line:
	"""A row of the items table, the Item Tax Template it came with, and what was decided for it."""

	row: Document
	template: str | None
	decision: Decision


def apply_tax_classes(doc: Document) -> None:
	"""Decide every line, write the snapshot and the VAT row; nothing for a company that is not set up."""
	settings = settings_for(doc, anew=True)
	if not settings:
		return
	basis = read_basis(doc, settings)
	lines = decide_lines(doc, basis)
	notes = [] if doc.get("is_consolidated") else tax_lines(doc, basis, lines)
	write_snapshot(doc, basis, lines, notes)


def classify_added_lines(doc: Document) -> None:
	"""Lines that core itself adds while it validates (free items of a pricing rule) get their snapshot too."""
	if all(row.get("scb_vat_category") for row in doc.items):
		return
	settings = settings_for(doc)
	if not settings:
		return
	basis = read_basis(doc, settings)
	write_snapshot(doc, basis, decide_lines(doc, basis), document_notes(doc, basis))


def decide_lines(doc: Document, basis: Basis) -> list[Line]:
	return [decide_line(row, template_of(doc, row, basis.tax_category), basis) for row in doc.items]


def decide_line(row: Document, template: str | None, basis: Basis) -> Line:
	kept = basis.original.decision_for(row) if basis.original else None
	if kept:
		return Line(row, template, kept)
	item_class = class_of(template)
	decision = decide(basis.customer_class, load_class(item_class), basis.default_class, basis.on)
	return Line(row, template, refuse_unclassified_rate(decision, template, item_class, basis))


def refuse_unclassified_rate(
	decision: Decision, template: str | None, item_class: str | None, basis: Basis
) -> Decision:
	"""A template that sets another VAT rate without naming a class leaves open why: the line is unclassified."""
	rate = None if item_class else vat_rate_of(template, basis.vat_account)
	untaxed_customer = decision.why is Why.CUSTOMER and decision.category is not Category.STANDARD
	if rate is None or rate == decision.rate or untaxed_customer:
		return decision
	return Decision(Why.UNCLASSIFIED_TEMPLATE, set_aside=decision.set_aside)


def tax_lines(doc: Document, basis: Basis, lines: list[Line]) -> list[Note]:
	"""Write the VAT row at the highest rate and let Item Tax Templates carry the lower ones; says what it replaced."""
	rates = [line.decision.rate for line in lines if line.decision.category]
	add_template_rows(doc)
	if not rates:
		return document_notes(doc, basis)
	wanted = VatRow(basis.vat_account, max(rates), price_includes_vat(basis))
	write_vat_row(doc, wanted)
	return document_notes(doc, basis) + [note for line in lines for note in fit_template(line, wanted, basis)]


def price_includes_vat(basis: Basis) -> bool:
	if basis.original and basis.original.vat_account:
		return basis.original.price_included_vat
	return basis.settings.price_includes_vat


def fit_template(line: Line, vat_row: VatRow, basis: Basis) -> list[Note]:
	"""Leave on the line a template with which core computes the decided rate; the line's own, if it does."""
	row, rate = line.row, line.decision.rate
	own_rate = vat_rate_of(line.template, vat_row.account)
	row.item_tax_template = line.template
	if line.decision.category is None or rate == (vat_row.rate if own_rate is None else own_rate):
		return []
	if rate == vat_row.rate:
		# An empty text, not None: core would put the item's template back.
		row.item_tax_template = ""
	elif basis.original:
		row.item_tax_template = required_rate_template(line, basis)
	else:
		# The template's VAT rate was changed by hand: `guard.py` refuses what core computes with it.
		return []
	values = (("line", str(row.idx)), ("template", line.template or ""))
	return [Note(NoteKind.ITEM_TEMPLATE_REPLACED, values)] if line.template else []


def required_rate_template(line: Line, basis: Basis) -> str:
	"""For a line that must keep the rate of the invoice it corrects, whatever its item's template says today."""
	rate = line.decision.rate
	found = rate_template(rate, basis.settings.company, basis.vat_account)
	if not found:
		frappe.throw(
			_(
				"Line {0} corrects a line that was taxed at {1}%. Make an Item Tax Template without a Tax Class that sets {1}% for account {2} and nothing else, then save this document again."
			).format(line.row.idx, percent(rate), basis.vat_account),
			title=_("Item Tax Template missing"),
		)
	return found


def document_notes(doc: Document, basis: Basis) -> list[Note]:
	notes = []
	if basis.original:
		notes.append(Note(NoteKind.CORRECTS, (("invoice", basis.original.name),)))
	return notes + replaced_template_rows(doc, basis) + second_vat_rows(doc)


def replaced_template_rows(doc: Document, basis: Basis) -> list[Note]:
	template = doc.get("taxes_and_charges")
	if not template or not frappe.db.exists("Sales Taxes and Charges Template", template):
		return []
	rows = frappe.get_cached_doc("Sales Taxes and Charges Template", template).taxes
	return [
		Note(NoteKind.TEMPLATE_ROW_REPLACED, (("rate", f"{row.rate:g}"), ("template", template)))
		for row in rows
		if row.account_head == basis.vat_account
	]


def second_vat_rows(doc: Document) -> list[Note]:
	rates = {float(rate) for rate in ALLOWED_STANDARD_RATES}
	return [
		Note(NoteKind.SECOND_VAT, (("account", row.account_head), ("rate", f"{row.rate:g}")))
		for row in doc.get("taxes", [])
		if not row.get("scb_vat_row")
		and row.charge_type != "Actual"
		and row.rate in rates
		and frappe.get_cached_value("Account", row.account_head, "account_type") == "Tax"
	]


def write_snapshot(doc: Document, basis: Basis, lines: list[Line], notes: list[Note]) -> None:
	for line in lines:
		write_line(line.row, line.decision)
	explanation = Explanation(
		group_lines([line.decision for line in lines]), tuple(notes + national_id_notes(lines))
	)
	doc.scb_tax_class = header_class(basis)
	doc.scb_tax_decision = " ".join(explanation.sentences())
	doc.scb_tax_facts = explanation.to_json()


def write_line(row: Document, decision: Decision) -> None:
	row.scb_tax_class = decision.class_name or None
	row.scb_vat_category = decision.category.value if decision.category else None
	row.scb_vat_rate = float(decision.rate)
	row.scb_vatex_code = decision.vatex_code or None
	row.scb_vat_reason = decision.reason or None


def header_class(basis: Basis) -> str | None:
	"""The class of the customer, as it would hold for an item without one."""
	if basis.original and basis.original.tax_class:
		return basis.original.tax_class
	return decide(basis.customer_class, None, basis.default_class, basis.on).class_name or None


def national_id_notes(lines: list[Line]) -> list[Note]:
	codes = {line.decision.vatex_code for line in lines if needs_national_id(line.decision.vatex_code)}
	return [Note(NoteKind.NATIONAL_ID, (("vatex", code),)) for code in sorted(codes)]
