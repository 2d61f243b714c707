"""The *only* writer of Write-Off Recovery: money that comes after all for a debt that was written off."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.settings import settings_of
from saudi_crm_billing.instalments.settling import journals, write_offs
from saudi_crm_billing.instalments.settling.refusals import refuse

FIELDS = ("docstatus", "customer", "company", "base_amount")


def compute(doc: Document) -> None:
	"""Before saving; on submit with the write-off held, so that two recoveries together cannot exceed it."""
	frappe.has_permission(write_offs.DOCTYPE, "read", doc=doc.write_off, throw=True)
	held = _write_off_of(doc)
	if held.docstatus != 1:
		refuse(
			_(
				"{0} is not a submitted write-off, so nothing of it can be recovered. Choose another, or submit it first."
			).format(doc.write_off)
		)
	left = to_money(held.base_amount) - write_offs.recovered_of(doc.write_off)
	doc.update({"customer": held.customer, "company": held.company, "recoverable": float(left)})
	if not 0 < to_money(doc.amount or 0) <= left:
		refuse(
			_(
				"{0} cannot be recovered: {1} of {2} is not recovered yet. Enter an amount above zero, and at most that."
			).format(f"{to_money(doc.amount or 0):,.2f}", f"{left:,.2f}", doc.write_off)
		)
	_check_accounts(doc)


def post(doc: Document) -> None:
	"""On submit."""
	doc.db_set("journal_entry", journals.recovery(doc))
	write_offs.set_recovered(doc.write_off)


def unpost(doc: Document) -> None:
	"""On cancel."""
	_write_off_of(doc)
	journals.cancel(doc.journal_entry)
	write_offs.set_recovered(doc.write_off)


def _write_off_of(doc: Document) -> Any:
	return frappe.db.get_value(write_offs.DOCTYPE, doc.write_off, FIELDS, as_dict=True, for_update=True)


def _check_accounts(doc: Document) -> None:
	account = frappe.db.get_value(
		"Account", doc.paid_to, ["company", "is_group", "account_currency"], as_dict=True
	)
	own = frappe.get_cached_value("Company", doc.company, "default_currency")
	if account.company != doc.company or account.is_group or account.account_currency != own:
		refuse(
			_("{0} is no ledger of {1} in {2}. Choose another account.").format(doc.paid_to, doc.company, own)
		)
	if not settings_of(doc.company).recovery_account:
		refuse(
			_(
				"Enter the Recovery Account in the Instalment Settings of {0}: the income is posted there."
			).format(doc.company)
		)
