"""VAT of advances in the ledger: owed with the receipt, owed once in all.

With the receipt: credit output VAT, debit VAT on Advances, as two rows of the entry's own deductions, which add up to
nothing: the whole receipt stays the customer's advance. (Core refuses fixed amounts as taxes inside a payment, and books
those beside it through the bank account.) The final invoice owes the VAT of the whole sale, so a Journal Entry takes the
advance's part back: debit output VAT, credit VAT on Advances. The only writer of these rows and entries.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import erpnext
import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.advances.settings import Accounts
from saudi_crm_billing.e_invoicing.documents.taxes import CannotIssue

MARK = "scb_advance_vat"

OWN_ROWS = (
	"Row {row} of the taxes charges {account}, but the system writes the VAT of an advance by itself. Remove the row, or"
	" choose No as Issue an Advance Invoice."
)


def write_rows(doc: Document, tax: Decimal, accounts: Accounts) -> None:
	"""Leave exactly the two rows of `tax` with what the user typed; none where there is no VAT."""
	wanted = _rows(doc, tax, accounts) if tax else []
	present = [row for row in doc.deductions if row.get(MARK)]
	if [_key(row) for row in present] == [_key(row) for row in wanted]:
		return
	drop_rows(doc)
	for row in wanted:
		doc.append("deductions", row)


def drop_rows(doc: Document) -> None:
	if any(row.get(MARK) for row in doc.deductions):
		doc.set("deductions", [row for row in doc.deductions if not row.get(MARK)])


def refuse_own_vat_rows(doc: Document, accounts: Accounts) -> None:
	"""VAT that the user books in the taxes table too would be owed twice."""
	for row in doc.get("taxes") or ():
		if row.account_head in (accounts.vat, accounts.advance_vat):
			raise CannotIssue(OWN_ROWS, row=row.idx, account=row.account_head)


def accounts_in(payment_entry: str) -> Accounts:
	"""The accounts that an advance was booked with, whatever the settings are today."""
	rows = frappe.get_all(
		"Payment Entry Deduction",
		filters={"parent": payment_entry, "parenttype": "Payment Entry", MARK: 1},
		fields=["account", "amount"],
	)
	by_side = {row.amount < 0: row.account for row in rows}
	return Accounts(vat=by_side[True], advance_vat=by_side[False])


def take_back(
	source: Document, posting_date: object, shares: Iterable[tuple[str, Decimal]], remark: str
) -> str | None:
	"""A submitted Journal Entry that takes back the VAT of `shares` (advance, VAT); its name, None where all are zero."""
	rows: list[dict[str, Any]] = []
	for advance, tax in shares:
		if not tax:
			continue
		accounts = accounts_in(advance)
		centre = source.get("cost_center") or erpnext.get_default_cost_center(source.company)
		text = _("VAT of the advance {0}").format(advance)
		own = {"cost_center": centre, "user_remark": text}
		rows.append({"account": accounts.vat, "debit_in_account_currency": float(tax), **own})
		rows.append({"account": accounts.advance_vat, "credit_in_account_currency": float(tax), **own})
	if not rows:
		return None
	entry = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Journal Entry",
			"company": source.company,
			"posting_date": posting_date,
			"user_remark": remark,
			"accounts": rows,
		}
	)
	entry.insert()
	entry.submit()
	return str(entry.name)


def undo(journal_entry: str) -> None:
	entry = frappe.get_doc("Journal Entry", journal_entry)
	if entry.docstatus == 1:
		entry.cancel()


def _rows(doc: Document, tax: Decimal, accounts: Accounts) -> list[dict[str, Any]]:
	"""A deduction is a debit; a refund books the other way round."""
	amount = float(tax) if doc.payment_type == "Receive" else -float(tax)
	own = {
		"cost_center": doc.cost_center or erpnext.get_default_cost_center(doc.company),
		MARK: 1,
	}
	return [
		{"account": accounts.vat, "amount": -amount, "description": _("VAT of the advance"), **own},
		{
			"account": accounts.advance_vat,
			"amount": amount,
			"description": _("VAT of the advance, until the final invoice"),
			**own,
		},
	]


def _key(row: Any) -> tuple[str, float, str]:
	return row.get("account"), float(row.get("amount") or 0), row.get("cost_center")
