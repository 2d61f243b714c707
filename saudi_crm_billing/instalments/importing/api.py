"""Whitelisted functions of the form of an opening import."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_months, now_datetime, today

from saudi_crm_billing.common.languages import is_arabic
from saudi_crm_billing.instalments.importing import checking, files, tasks
from saudi_crm_billing.instalments.importing.checks import made_already
from saudi_crm_billing.instalments.importing.running import DOCTYPE

EXAMPLE = (
	("OLD-1001", 3000, ((1, 1000, 1000), (2, 1000, 250), (3, 1000, 0))),
	("OLD-1002", 900, ((1, 900, 0),)),
)


@frappe.whitelist(methods=["POST"])
def check(name: str) -> None:
	"""Read the file and say what is wrong with it; writes no document but the import."""
	doc = _locked(name)
	_refuse_state(doc, "Draft", "Checked", "Failed")
	checking.check(doc)


@frappe.whitelist(methods=["POST"])
def start(name: str) -> None:
	"""Import the checked file in the background, for whoever may submit invoices."""
	doc = _locked(name)
	frappe.has_permission("Sales Invoice", "submit", throw=True)
	_refuse_state(doc, "Checked")
	doc.db_set(
		{
			"status": "Importing",
			"started_by": frappe.session.user,
			"progress_at": now_datetime(),
			"imported_count": len(made_already(doc)),
		}
	)
	tasks.enqueue(doc.name)


@frappe.whitelist(methods=["POST"])
def undo(name: str) -> None:
	"""Cancel all invoices of the import, as long as nothing was paid or credited on any of them since."""
	doc = _locked(name)
	frappe.has_permission("Sales Invoice", "cancel", throw=True)
	_refuse_state(doc, "Imported", "Failed")
	_refuse_settled(list(made_already(doc).values()))
	doc.db_set({"status": "Undoing", "failure": None, "failure_ar": None, "progress_at": now_datetime()})
	tasks.enqueue(doc.name)


@frappe.whitelist(methods=["GET", "POST"])
def download_template() -> None:
	"""An XLSX file with the headings in the reader's language and an example of two plans."""
	frappe.has_permission(DOCTYPE, "create", throw=True)
	start_date = add_months(today(), -3)
	rows = [
		[
			invoice,
			_("Name of the customer"),
			start_date,
			total,
			number,
			add_months(start_date, number),
			amount,
			paid,
		]
		for invoice, total, instalments in EXAMPLE
		for number, amount, paid in instalments
	]
	frappe.response.update(
		{
			"filename": "instalment-opening-import.xlsx",
			"filecontent": files.template(is_arabic(frappe.local.lang), rows),
			"type": "binary",
		}
	)


def _locked(name: str) -> Document:
	frappe.has_permission(DOCTYPE, "write", doc=name, throw=True)
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def _refuse_state(doc: Document, *allowed: str) -> None:
	if doc.status not in allowed:
		frappe.throw(
			_("{0} is {1}. This can be done only while it is: {2}.").format(
				doc.name,
				_(doc.status, context=DOCTYPE),
				", ".join(_(state, context=DOCTYPE) for state in allowed),
			)
		)


def _refuse_settled(invoices: list[str]) -> None:
	entry = frappe.qb.DocType("Payment Ledger Entry")
	query = (
		frappe.qb.from_(entry)
		.select(entry.against_voucher_no, entry.voucher_no)
		.where(
			entry.against_voucher_no.isin(invoices or [""]) & (entry.voucher_no != entry.against_voucher_no)
		)
		.where((entry.against_voucher_type == "Sales Invoice") & (entry.delinked == 0))
		.limit(1)
	)
	for invoice, voucher in query.run():
		frappe.throw(
			_(
				"Invoice {0} was settled by {1} since. Cancel that first, or cancel the other invoices one by one."
			).format(invoice, voucher)
		)
