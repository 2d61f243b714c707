"""Makes and cancels the Journal Entries of write-offs and recoveries. The user's own rights on Journal Entry hold."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.instalments.settings import cost_center_of, settings_of


def write_off(doc: Document) -> str:
	"""Loss ← receivable, against the invoice."""
	invoice = frappe.db.get_value(
		"Sales Invoice",
		doc.sales_invoice,
		["debit_to", "conversion_rate", "party_account_currency"],
		as_dict=True,
	)
	receivable = {
		"account": invoice.debit_to,
		"party_type": "Customer",
		"party": doc.customer,
		"reference_type": "Sales Invoice",
		"reference_name": doc.sales_invoice,
		"account_currency": invoice.party_account_currency,
		"exchange_rate": invoice.conversion_rate,
		"credit_in_account_currency": doc.amount,
	}
	loss = {
		"account": settings_of(doc.company).write_off_account,
		"cost_center": cost_center_of(doc.company),
		"debit_in_account_currency": doc.base_amount,
	}
	own = frappe.get_cached_value("Company", doc.company, "default_currency")
	remark = _("Write-off {0} of {1}: {2}").format(doc.name, doc.sales_invoice, _(doc.reason))
	return _post(
		doc,
		[receivable, loss],
		remark,
		voucher_type="Write Off Entry",
		multi_currency=int(doc.currency != own),
	)


def recovery(doc: Document) -> str:
	"""Money ← recovery income; the customer's account is not touched, for nothing is owed any more."""
	money = {"account": doc.paid_to, "debit_in_account_currency": doc.amount}
	income = {
		"account": settings_of(doc.company).recovery_account,
		"cost_center": cost_center_of(doc.company),
		"credit_in_account_currency": doc.amount,
	}
	remark = _("Recovery {0} of {1} from {2}").format(doc.name, doc.write_off, doc.customer)
	given = {"cheque_no": doc.reference_no or doc.name, "cheque_date": doc.reference_date or doc.posting_date}
	return _post(doc, [money, income], remark, **given)


def cancel(journal_entry: str) -> None:
	frappe.get_doc("Journal Entry", journal_entry).cancel()


def _post(doc: Document, accounts: list[dict[str, Any]], remark: str, **values: Any) -> str:
	journal = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"company": doc.company,
			"posting_date": doc.posting_date,
			"user_remark": remark,
			"accounts": accounts,
			**values,
		}
	)
	journal.insert()
	journal.submit()
	return str(journal.name)
