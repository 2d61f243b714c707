"""Makes one opening invoice with its plan: the only maker of them, and the only writer of their `scb_opening_…` fields.

The ledger carries what is still owed. What was paid in the old system stands on the instalments as paid in advance, as
an advance taken inside an invoice does; so the Payment Ledger says exactly what the customer owes, and the plan's total
is the sale's.
"""

from __future__ import annotations

from typing import Any

import frappe
from erpnext.accounts.doctype.opening_invoice_creation_tool.opening_invoice_creation_tool import (
	get_temporary_opening_account,
)
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.common.dates import to_hijri
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments import balances, plans, schedule_rows
from saudi_crm_billing.instalments.agreement import PlannedRow
from saudi_crm_billing.instalments.engine.opening_model import OpeningPlan
from saudi_crm_billing.instalments.engine.schedule import ScheduledInstalment, portion_of
from saudi_crm_billing.instalments.errors import refuse
from saudi_crm_billing.instalments.importing.checks import Posting, key_of
from saudi_crm_billing.instalments.importing.fields import KEPT, KEY


def make(doc: Document, posting: Posting) -> Document:
	"""A submitted opening Sales Invoice, its schedule rows and its Active plan, in the running transaction."""
	invoice = frappe.get_doc(_invoice_values(doc, posting))
	invoice.flags.scb_opening = True
	invoice.insert()  # as submitted: one pass of core's checks
	_check_total(invoice, posting.plan)
	planned = planned_rows(posting.plan)
	schedule_rows.write_opening(invoice, planned)
	plan = plans.open_plan(invoice, planned, doc.calendar, doc.grace_days or 0)
	invoice.set_status(update=True)
	balances.enlist_plans({invoice.name: plan})
	return invoice


def planned_rows(plan: OpeningPlan) -> list[PlannedRow]:
	return [
		PlannedRow(
			ScheduledInstalment(
				row.number,
				row.due_date,
				to_hijri(row.due_date),
				row.amount,
				portion_of(row.amount, plan.total),
			),
			row.paid,
		)
		for row in plan.instalments
	]


def keep_fields(doc: Document) -> None:
	"""Before an invoice is saved: whatever the request says, these fields stay what this module wrote."""
	if doc.flags.scb_opening:
		return
	stored = None if doc.is_new() else doc.get_doc_before_save()
	for fieldname in KEPT:
		doc.set(fieldname, stored.get(fieldname) if stored else None)


def free_number(doc: Document) -> None:
	"""An opening invoice was cancelled: its old number may be imported again."""
	if doc.get(KEY):
		doc.set(KEY, None)
		frappe.db.set_value("Sales Invoice", doc.name, KEY, None, update_modified=False)


def _invoice_values(doc: Document, posting: Posting) -> dict[str, Any]:
	plan = posting.plan
	cost_center = frappe.get_cached_value("Company", doc.company, "cost_center")
	return {
		"doctype": "Sales Invoice",
		"docstatus": 1,
		"is_opening": "Yes",
		"company": doc.company,
		"customer": posting.customer,
		"set_posting_time": 1,
		"posting_date": plan.posting_date,
		"due_date": plan.instalments[-1].due_date,
		"ignore_default_payment_terms_template": 1,
		"currency": posting.currency,
		"conversion_rate": float(posting.rate),
		"debit_to": posting.account,
		"disable_rounded_total": 1,
		"outstanding_amount": float(plan.owed),  # core computes it for drafts only
		"update_stock": 0,
		"ignore_pricing_rule": 1,
		"cost_center": cost_center,
		"remarks": _remarks(posting),
		"items": [_line(doc, plan, cost_center)],
		"scb_opening_number": plan.invoice,
		"scb_opening_import": doc.name,
		KEY: key_of(doc.company, plan.invoice),
	}


def _line(doc: Document, plan: OpeningPlan, cost_center: str) -> dict[str, Any]:
	text = doc.item_name or _("Opening balance of an instalment sale")
	return {
		"item_name": text,
		"description": text,
		"qty": 1,
		"uom": frappe.db.get_single_value("Stock Settings", "stock_uom", cache=True) or "Nos",
		"conversion_factor": 1,
		"rate": float(plan.owed),
		"income_account": doc.opening_account or get_temporary_opening_account(doc.company),
		"cost_center": cost_center,
	}


def _remarks(posting: Posting) -> str:
	plan = posting.plan
	parts = [
		plan.remarks,
		_("Invoice {0} of the old system, of {1} {2}.").format(
			plan.invoice, f"{plan.total:,.2f}", posting.currency
		),
	]
	if plan.paid:
		paid, day = f"{plan.paid:,.2f}", plan.paid_on
		parts.append(
			_("Paid there: {0}, last on {1}.").format(paid, day.isoformat())
			if day
			else _("Paid there: {0}.").format(paid)
		)
	return "\n".join(part for part in parts if part)


def _check_total(invoice: Document, plan: OpeningPlan) -> None:
	"""Another app, or a tax template that core adds, may have made another debt of it."""
	if to_money(invoice.grand_total) != plan.owed:
		refuse(
			_("Invoice {0} owes {1}, but ERPNext made {2} of it. See whether taxes are added to it.").format(
				plan.invoice, f"{plan.owed:,.2f}", f"{to_money(invoice.grand_total):,.2f}"
			)
		)
