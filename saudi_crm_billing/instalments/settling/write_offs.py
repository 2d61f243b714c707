"""The *only* writer of Instalment Write-Off's figures and states, and of a plan's state Written Off.

A write-off is a Journal Entry against the invoice: the ledger says that the debt is gone, and the balances follow: it
settles the instalments in its rows, and no others. Its cancel cancels the Journal Entry, and the debt is back.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate, getdate

from saudi_crm_billing.bilingual import said
from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments import balances
from saudi_crm_billing.instalments.directing import directions
from saudi_crm_billing.instalments.engine.settlement import SettlementError, oldest_first
from saudi_crm_billing.instalments.ledger import owed_now
from saudi_crm_billing.instalments.rescheduling.reading import StoredPlan, StoredRow, read_plan
from saudi_crm_billing.instalments.settings import settings_of
from saudi_crm_billing.instalments.settlements import cause_of
from saudi_crm_billing.instalments.settling import journals
from saudi_crm_billing.instalments.settling.refusals import refuse, refuse_settlement

DOCTYPE = "Instalment Write-Off"
RECOVERY = "Write-Off Recovery"
ZERO = Decimal(0)


def compute(doc: Document) -> None:
	"""Before saving: whose plan it is, what it owes, and what of each instalment goes; the plan is held."""
	frappe.has_permission("Instalment Plan", "read", doc=doc.plan, throw=True)
	submitting = doc.docstatus == 1
	plan = read_plan(doc.plan, lock=True)
	rows = [row for row in plan.rows if row.amount > row.settled]
	shares = _shares(doc, plan, rows)
	amount = sum(shares, ZERO)
	invoice = frappe.db.get_value(
		"Sales Invoice", plan.sales_invoice, ["posting_date", "conversion_rate"], as_dict=True
	)
	header = plan.header
	doc.update(
		{
			"sales_invoice": plan.sales_invoice,
			"customer": header.customer,
			"customer_name": frappe.get_cached_value("Customer", header.customer, "customer_name"),
			"company": header.company,
			"currency": header.currency,
			"outstanding": float(owed_now(plan.sales_invoice)),
			"amount": float(amount),
			"base_amount": float(to_money(amount * to_decimal(invoice.conversion_rate))),
			"recovered": 0,
			"supply_date": invoice.posting_date,
			"status": "Written Off" if submitting else "Draft",
			"approved_by": frappe.session.user if submitting else None,
		}
	)
	doc.set("rows", [_shown(row, share, header.currency) for row, share in zip(rows, shares, strict=True)])
	if submitting:
		_check_account(doc)


def choices(plan: str) -> list[dict[str, Any]]:
	"""The rows of a write-off in which nothing is chosen yet."""
	stored = read_plan(plan)
	owed = [row for row in stored.rows if row.amount > row.settled]
	return [_shown(row, ZERO, stored.header.currency) for row in owed]


def post(doc: Document) -> None:
	"""On submit."""
	journal = journals.write_off(doc)
	doc.db_set("journal_entry", journal)
	directions.mark(doc.plan)
	_follow(doc)
	_comment(doc, lambda lang: _("wrote off {0} ({1}): {2}", lang=lang))


def check_not_recovered(doc: Document) -> None:
	"""Before cancelling."""
	balances.lock_plans({doc.sales_invoice: doc.plan})
	if recovered := recovered_of(doc.name):
		refuse(
			_("{0} of {1} was recovered. Cancel its recoveries first.").format(f"{recovered:,.2f}", doc.name)
		)


def unpost(doc: Document) -> None:
	"""On cancel."""
	journals.cancel(doc.journal_entry)
	doc.db_set("status", "Undone")
	_follow(doc)
	_comment(doc, lambda lang: _("undid the write-off of {0} ({1}): {2}", lang=lang))


def review(plan: str) -> None:
	"""After the balances: a plan is Written Off while nothing is owed and something of it was written off."""
	header = frappe.db.get_value(
		"Instalment Plan", plan, ["status", "outstanding", "written_off"], as_dict=True, for_update=True
	)
	if not header or header.status not in ("Active", "Completed", "Written Off"):
		return
	gone = _written_off(plan)
	owed = to_money(header.outstanding or 0)
	status = "Active" if owed else "Written Off" if gone else "Completed"
	if status != header.status or gone != to_money(header.written_off or 0):
		frappe.db.set_value("Instalment Plan", plan, {"status": status, "written_off": float(gone)})


def hold(write_off: str | None) -> None:
	"""Lock it, before its recoveries."""
	if write_off:
		frappe.db.get_value(DOCTYPE, write_off, "name", for_update=True)


def recovered_of(write_off: str) -> Decimal:
	"""In the company's currency, by a locking read; the caller holds the write-off."""
	recovery = frappe.qb.DocType(RECOVERY)
	query = frappe.qb.from_(recovery).select(recovery.amount)
	query = query.where((recovery.write_off == write_off) & (recovery.docstatus == 1)).for_update()
	return sum((to_money(amount) for (amount,) in query.run()), ZERO)


def set_recovered(write_off: str) -> None:
	"""After a recovery came or went."""
	recovered = recovered_of(write_off)
	whole = to_money(frappe.db.get_value(DOCTYPE, write_off, "base_amount"))
	status = "Written Off" if not recovered else "Recovered" if recovered >= whole else "Partly Recovered"
	frappe.db.set_value(DOCTYPE, write_off, {"recovered": float(recovered), "status": status})


def _follow(doc: Document) -> None:
	"""The balances now, for the plan's state depends on them; the commit finds nothing more to do."""
	if frappe.db.get_value("Instalment Plan", doc.plan, "status") == "Written Off":
		frappe.db.set_value("Instalment Plan", doc.plan, "status", "Active")
	balances.recompute(doc.plan, doc.sales_invoice, cause_of(doc))
	review(doc.plan)


def _written_off(plan: str) -> Decimal:
	"""A locking read: a payment that waited for the write-off must see it."""
	document = frappe.qb.DocType(DOCTYPE)
	query = frappe.qb.from_(document).select(document.amount)
	query = query.where((document.plan == plan) & (document.docstatus == 1)).for_update()
	return sum((to_money(amount) for (amount,) in query.run()), ZERO)


def _shares(doc: Document, plan: StoredPlan, rows: list[StoredRow]) -> tuple[Decimal, ...]:
	"""What of each instalment is given up."""
	if doc.scope == "Chosen Instalments":
		return _chosen_shares(doc, rows)
	amount = sum((row.amount - row.settled for row in rows if _is_meant(doc, plan, row)), ZERO)
	if doc.scope == "Amount":
		amount = Decimal(str(doc.wished_amount or 0))
	try:
		return oldest_first([row.amount - row.settled for row in rows], amount)
	except SettlementError as error:
		refuse_settlement(error)


def _is_meant(doc: Document, plan: StoredPlan, row: StoredRow) -> bool:
	"""Within the grace days nothing is late."""
	return doc.scope != "Late Instalments" or plan.grace_until(row) < getdate(doc.posting_date)


def _chosen_shares(doc: Document, rows: list[StoredRow]) -> tuple[Decimal, ...]:
	"""A draft may still be without any; what was chosen and is not owed any more, or otherwise, is named."""
	owed = {row.number: row.amount - row.settled for row in rows}
	chosen = {row.number: to_money(row.outstanding or 0) for row in doc.rows if row.chosen}
	_check_shown(doc, rows)
	for number, seen in chosen.items():
		if number not in owed:
			refuse(
				_(
					"Instalment {0} of {1} owes nothing any more; {2} of it was to be written off. Untick it."
				).format(number, doc.plan, f"{seen:,.2f}")
			)
		if doc.docstatus == 1 and seen and seen != owed[number]:
			refuse(
				_(
					"Instalment {0} of {1} owes {2} now, not the {3} of this draft. Save the draft again and look at it."
				).format(number, doc.plan, f"{owed[number]:,.2f}", f"{seen:,.2f}")
			)
	if doc.docstatus == 1 and not chosen:
		refuse(_("Tick the instalments that are written off, in the table below."))
	return tuple(share if number in chosen else ZERO for number, share in owed.items())


def _check_shown(doc: Document, rows: list[StoredRow]) -> None:
	"""Before the first save, which settles whose plan it is, what the form shows could be another's."""
	if not doc.is_new():
		return
	owed = {row.number: row for row in rows}
	for seen in doc.rows:
		row = owed.get(seen.number)
		if not row or not (seen.chosen and seen.outstanding and seen.due_date):
			continue
		if (getdate(seen.due_date), to_money(seen.outstanding)) != (row.due_date, row.amount - row.settled):
			refuse(
				_(
					"Instalment {0} of {1} owes {2}, due {3}, and not what is shown. Choose the plan again, and tick anew."
				).format(row.number, doc.plan, f"{row.amount - row.settled:,.2f}", formatdate(row.due_date))
			)


def _shown(row: StoredRow, share: Decimal, currency: str) -> dict[str, Any]:
	return {
		"chosen": int(share > 0),
		"number": row.number,
		"due_date": row.due_date,
		"due_date_hijri": row.due_date_hijri,
		"outstanding": float(row.amount - row.settled),
		"written_off": float(share),
		"currency": currency,
	}


def _check_account(doc: Document) -> None:
	if not settings_of(doc.company).write_off_account:
		refuse(
			_(
				"Enter the Write-Off Account in the Instalment Settings of {0}: the loss is posted there."
			).format(doc.company)
		)


def _comment(doc: Document, text: Callable[[str], str]) -> None:
	amount = f"{to_money(doc.amount):,.2f} {doc.currency}"
	comment = said(lambda lang: text(lang).format(amount, doc.name, _(doc.reason, lang=lang)))
	frappe.get_doc("Sales Invoice", doc.sales_invoice).add_comment("Info", comment.html)
