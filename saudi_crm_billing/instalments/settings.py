"""Reads a company's Instalment Settings; a company without them has the defaults. Writes nothing."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

SETTINGS = "Instalment Settings"
MARGIN_ITEMS = ("margin_item", "fee_item")
MOST_KEPT_MONTHS = 3
"""SAMA: at most three months' cost of term may be charged at an early settlement."""
ACCOUNTS = ("rebate_account", "write_off_account", "recovery_account", "cost_center")


def settings_of(company: str) -> Document:
	"""The company's settings, or unsaved ones with the defaults."""
	if frappe.db.exists(SETTINGS, company, cache=True):
		return frappe.get_cached_doc(SETTINGS, company)
	return frappe.get_doc({"doctype": SETTINGS, "company": company, **DEFAULTS})


def forget() -> None:
	"""A record came or went: this request may have asked for it before, and the answer is kept for the request."""
	frappe.db.value_cache.clear()


def margin_items(company: str) -> set[str]:
	"""The items that stand for a margin in the company's documents."""
	settings = settings_of(company)
	return {settings.get(fieldname) for fieldname in MARGIN_ITEMS if settings.get(fieldname)}


def cost_center_of(company: str) -> str:
	"""Where rebates, write-offs and recoveries are posted."""
	return settings_of(company).cost_center or frappe.get_cached_value("Company", company, "cost_center")


DEFAULTS = {
	"credit_note_rule": "Oldest first",
	"allow_directed": 1,
	"quote_days": 7,
	"kept_months": 0,
	"rebate_by": "Deduction",
	"request_link_days": 30,
}


def check(settings: Document) -> None:
	"""Refuse months beyond the law's and accounts of another company."""
	if (settings.kept_months or 0) > MOST_KEPT_MONTHS:
		frappe.throw(
			_("Months of Margin Kept is {0}. At an early settlement at most {1} may be kept (SAMA).").format(
				settings.kept_months, MOST_KEPT_MONTHS
			)
		)
	if not 0 <= (settings.rebate_limit or 0) < 100:
		frappe.throw(_("The rebate without approval must be at least 0 % and less than 100 %."))
	for fieldname in ACCOUNTS:
		_check_company(settings, settings.meta.get_field(fieldname))
	for fieldname in MARGIN_ITEMS:
		_check_item(settings, fieldname)


def _check_company(settings: Document, field: object) -> None:
	chosen = settings.get(field.fieldname)
	if not chosen:
		return
	owner, is_group = frappe.db.get_value(field.options, chosen, ["company", "is_group"])
	if owner != settings.company or is_group:
		frappe.throw(
			_("{0}: {1} is a group or belongs to {2}. Choose a ledger of {3}.").format(
				_(field.label), chosen, owner, settings.company
			)
		)


def _check_item(settings: Document, fieldname: str) -> None:
	"""A margin line takes its taxes from the plan, so its item must have none of its own."""
	item = settings.get(fieldname) and frappe.get_cached_doc("Item", settings.get(fieldname))
	if item and (item.is_stock_item or item.taxes or not item.is_sales_item):
		frappe.throw(
			_("{0}: item {1} must be sold, not kept in stock, and without taxes of its own.").format(
				_(settings.meta.get_label(fieldname)), item.name
			)
		)
