"""Makes the documents of a sale with ERPNext's own mappers; the only maker of orders and invoices of a billing run.

Runs inside the saga's transaction and as the rule's user; it neither commits nor catches anything.
"""

from __future__ import annotations

from datetime import date

import frappe
from erpnext.selling.doctype.quotation.quotation import make_sales_invoice as invoice_from_quotation
from erpnext.selling.doctype.quotation.quotation import make_sales_order as order_from_quotation
from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice as invoice_from_order
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, nowdate

from saudi_crm_billing.bilingual import said
from saudi_crm_billing.crm_billing import sources
from saudi_crm_billing.crm_billing.engine.rules import Make
from saudi_crm_billing.crm_billing.runs import Outcome
from saudi_crm_billing.instalments.schedule_rows import move_passed_wish


def make(run: Document, rule: Document, quotation: str | None, order: str | None) -> Outcome:
	"""Make what is missing of the run's documents, and tell what there is then.

	`order` is the sale's order if there is one already, draft or submitted.
	"""
	target = Make(run.make)
	if target is Make.ORDER:
		name, note = existing_or_new_order(run, rule, quotation, order, submit=rule.submit_documents)
		return Outcome(quotation, name, None, note)
	if target is Make.ORDER_AND_INVOICE:
		order, _note = existing_or_new_order(run, rule, quotation, order, submit=True)
	if order:
		invoice, note = invoice_for_order(run, rule, order)
	else:
		invoice, note = invoice_for_quotation(run, rule, quotation)
	return Outcome(quotation, order, invoice, note)


def existing_or_new_order(
	run: Document, rule: Document, quotation: str, order: str | None, submit: bool
) -> tuple[str, str | None]:
	"""The quotation's order and a note; an order that somebody made by hand is used, not doubled."""
	if not order:
		return new_order(run, rule, quotation, submit), None
	if frappe.db.get_value("Quotation", quotation, "status") == "Partially Ordered":
		frappe.throw(partly_ordered(quotation, order))
	if submit and not is_submitted("Sales Order", order):
		frappe.throw(
			_("Draft Sales Order {0} exists for quotation {1}. Submit or delete it.").format(order, quotation)
		)
	return order, _("Sales Order {0} existed already.").format(order)


def partly_ordered(quotation: str, order: str | None) -> str:
	return _("Quotation {0} is partly ordered in {1} already. Order and bill the rest by hand.").format(
		quotation, order
	)


def new_order(run: Document, rule: Document, quotation: str, submit: bool) -> str:
	order = order_from_quotation(quotation)
	order.delivery_date = add_days(nowdate(), rule.delivery_days)
	return save(order, run, submit).name


def invoice_for_order(run: Document, rule: Document, order: str) -> tuple[str | None, str | None]:
	"""The invoice of an order and a note; what remains unbilled is billed once."""
	if not is_submitted("Sales Order", order):
		frappe.throw(
			_("Sales Order {0} is not submitted. Submit it, or the order that replaces it.").format(order)
		)
	invoices = sources.invoices_of_order(order)
	if invoice := made_by_a_run(invoices):
		return invoice, _("Sales Invoice {0} existed already.").format(invoice)
	if drafts := [name for name in invoices if not is_submitted("Sales Invoice", name)]:
		frappe.throw(
			_("Draft Sales Invoice {0} exists for Sales Order {1}. Submit or delete it.").format(
				drafts[0], order
			)
		)
	if frappe.db.get_value("Sales Order", order, "per_billed") >= 100:
		return (invoices or [None])[-1], _("Sales Order {0} was billed in full already.").format(order)
	return save(invoice_from_order(order), run, rule.submit_documents).name, None


def invoice_for_quotation(run: Document, rule: Document, quotation: str) -> tuple[str, str | None]:
	if invoices := sources.invoices_of_quotation(quotation):
		return invoices[-1], _("Sales Invoice {0} existed already.").format(invoices[-1])
	return save(invoice_from_quotation(quotation), run, rule.submit_documents).name, None


def save(document: Document, run: Document, submit: bool) -> Document:
	"""Insert, and submit if asked. Core's mapper switches permission checks off; here they are on again.

	Nobody can choose another first due date on what was submitted: one that passed before the yes came moves on.
	"""
	document.flags.ignore_permissions = False
	document.scb_billing_run = run.name
	passed = move_passed_wish(document)
	document.insert()
	if passed:
		document.add_comment("Info", _date_moved(document, passed))
	if submit:
		document.submit()
	return document


def _date_moved(document: Document, passed: date) -> str:
	dates = [frappe.format(day, "Date") for day in (passed, document.scb_first_due_date)]
	text = said(
		lambda lang: _("The first due date {0} had passed; it moved to {1}.", lang=lang).format(*dates)
	)
	return text.html


def made_by_a_run(invoices: list[str]) -> str | None:
	for name in invoices:
		if frappe.db.get_value("Sales Invoice", name, "scb_billing_run"):
			return name
	return None


def is_submitted(doctype: str, name: str) -> bool:
	return frappe.db.get_value(doctype, name, "docstatus") == 1
