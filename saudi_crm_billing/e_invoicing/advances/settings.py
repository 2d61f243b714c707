"""How a company invoices advances: whether at all, and with which accounts; the only maker of the account for their VAT."""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.customer_tax.propose import find_vat_account
from saudi_crm_billing.customer_tax.settings import active_settings
from saudi_crm_billing.e_invoicing.documents.taxes import CannotIssue

SWITCH, ACCOUNT = "scb_advance_invoices", "scb_advance_vat_account"
ACCOUNT_NAME = "VAT on Advances"

NO_VAT_ACCOUNT = "{company} has no account for output VAT. Choose one as VAT Account in its Customer Tax Setup, then save again."
NO_ADVANCE_ACCOUNT = (
	"{company} has no Account for VAT on Advances. Open the Company, switch Issue Advance Invoices (ZATCA) on and save"
	" it: the account is then made."
)


@dataclass(frozen=True)
class Accounts:
	"""Where an advance's VAT is owed, and what it is held against until the final invoice."""

	vat: str
	advance_vat: str


def is_on(company: str) -> bool:
	return bool(frappe.get_cached_value("Company", company, SWITCH))


def accounts_of(company: str) -> Accounts:
	"""`CannotIssue` where one of them is missing."""
	owed, held = vat_account(company), frappe.get_cached_value("Company", company, ACCOUNT)
	if not owed:
		raise CannotIssue(NO_VAT_ACCOUNT, company=company)
	if not held:
		raise CannotIssue(NO_ADVANCE_ACCOUNT, company=company)
	return Accounts(vat=owed, advance_vat=held)


def vat_account(company: str) -> str | None:
	"""Where sales book their VAT."""
	settings = active_settings(company)
	return settings.vat_account if settings else find_vat_account(company)


def validate_company(company: Document) -> None:
	"""A company that switches advances on gets the account that it lacks; one that it has chosen is checked."""
	if not company.get(SWITCH):
		return
	if not company.get(ACCOUNT):
		company.set(ACCOUNT, _find_account(company.name) or _make_account(company.name))
	found = frappe.db.get_value("Account", company.get(ACCOUNT), ("company", "is_group", "root_type"))
	if not found or found[0] != company.name or found[1] or found[2] not in ("Asset", "Liability"):
		frappe.throw(
			_(
				"Account for VAT on Advances: {0} must be an asset or liability of {1} and not a group. Choose another,"
				" or leave it empty and it is made."
			).format(company.get(ACCOUNT), company.name)
		)


def _find_account(company: str) -> str | None:
	return frappe.db.get_value(
		"Account", {"company": company, "account_name": ACCOUNT_NAME, "is_group": 0, "disabled": 0}
	)


def _make_account(company: str) -> str:
	"""Beside the account of output VAT, so that the balance sheet shows what is owed net of it."""
	owed = vat_account(company)
	if not owed:
		frappe.throw(_(NO_VAT_ACCOUNT).format(company=company))
	account = frappe.get_doc(
		{
			"doctype": "Account",
			"account_name": ACCOUNT_NAME,
			"company": company,
			"parent_account": frappe.db.get_value("Account", owed, "parent_account"),
			"account_currency": frappe.db.get_value("Account", owed, "account_currency"),
			"is_group": 0,
		}
	)
	return str(account.insert().name)
