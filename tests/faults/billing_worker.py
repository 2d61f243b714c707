"""One process of the billing races: connects to the site, does one thing with real commits, answers in JSON."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import frappe
from workers import serve

RUN = "SCB Billing Run"
NONE = "no such document"
"""In a filter for a list that may be empty: an empty name would match the lines without one."""
CLERK = "billing-clerk@example.com"


def prepare() -> dict[str, Any]:
	"""A rule for accepted quotations, one for submitted orders, and a submitted quotation."""
	import factories as make

	make.a_user(CLERK, "Sales User", "Accounts User")
	for trigger, target in (
		("Quotation accepted", "Sales Order and Sales Invoice"),
		("Sales Order submitted", "Sales Invoice"),
	):
		if not frappe.db.exists("SCB Billing Rule", {"trigger": trigger, "title": "Race"}):
			make.insert(
				"SCB Billing Rule",
				title="Race",
				company=make.COMPANY,
				trigger=trigger,
				make=target,
				run_as=CLERK,
				max_total=7777,
				min_total=7777,
			)
	quotation = make.a_quotation(items=[make.line(rate=7777)]).insert()
	quotation.submit()
	return {"quotation": quotation.name}


def accept(quotation: str) -> dict[str, Any]:
	from saudi_crm_billing.crm_billing.acceptance import Channel, accept

	accepted = accept(quotation, "racer", Channel.DESK)
	commit_without_jobs()
	run = frappe.db.get_value(RUN, {"source_doctype": "Quotation", "source_name": quotation})
	return {"accepted": accepted, "run": run}


def link(quotation: str) -> dict[str, Any]:
	"""The acceptance link; earlier visitors' counts of the rate limit are forgotten."""
	from saudi_crm_billing.crm_billing import api

	frappe.cache.delete_keys("rl:")
	return api.acceptance_link(quotation)


def offer(*plans: str) -> dict[str, Any]:
	"""A submitted quotation with these plans to choose from, and its link."""
	import factories as make
	import instalments_helpers as steps

	for number, plan in enumerate(plans, start=2):
		steps.a_template(plan, instalment_count=number)
	offered = [{"plan_template": plan} for plan in plans]
	quotation = make.a_quotation(
		items=[make.line(rate=1200)], scb_customer_chooses=1, scb_offered_plans=offered
	).insert()
	quotation.submit()
	return {"quotation": quotation.name, **link(quotation.name)}


def choose(address: str, plan: str) -> dict[str, Any]:
	"""As the page's form does for a visitor; where it leads to."""
	from urllib.parse import parse_qsl, urlsplit

	from saudi_crm_billing.crm_billing import api

	frappe.set_user("Guest")
	api.accept_by_link(**dict(parse_qsl(urlsplit(address).query)), signed_by=f"Chooser of {plan}", plan=plan)
	commit_without_jobs()
	return {"location": frappe.local.response.location}


def withdraw_choice(quotation: str) -> dict[str, Any]:
	"""The seller takes the choice back, if nobody saved the quotation while he had it open."""
	document = frappe.get_doc("Quotation", quotation)
	document.scb_customer_chooses = 0
	try:
		document.save()
	except frappe.TimestampMismatchError:
		frappe.db.rollback()
		return {"saved": False}
	commit_without_jobs()
	return {"saved": True}


def chosen(quotation: str) -> dict[str, Any]:
	fields = ["scb_accepted_by", "scb_chosen_template", "scb_chosen_terms", "scb_customer_chooses"]
	by, plan, terms, chooses = frappe.db.get_value("Quotation", quotation, fields)
	return {
		"by": by,
		"plan": plan,
		"terms": frappe.parse_json(terms or "{}").get("template"),
		"chooses": chooses,
	}


def commit_without_jobs() -> None:
	"""Where background workers run, they shall not take the run before the test does."""
	frappe.db.after_commit.reset()
	frappe.db.commit()


def order_by_hand(quotation: str) -> dict[str, Any]:
	from erpnext.selling.doctype.quotation.quotation import make_sales_order

	order = make_sales_order(quotation)
	order.delivery_date = frappe.utils.nowdate()
	order.insert().submit()
	commit_without_jobs()
	return {"run": frappe.db.get_value(RUN, {"source_doctype": "Sales Order", "source_name": order.name})}


def process(run: str) -> dict[str, Any]:
	"""As a background worker runs the job that a guest's acceptance has queued."""
	from frappe.utils.background_jobs import execute_job

	if "--die" in sys.argv:
		die_before_the_invoice_is_submitted()
	frappe.set_user("Guest")
	job = "saudi_crm_billing.crm_billing.tasks.process"
	execute_job(frappe.local.site, job, None, job, {"run": run}, is_async=False)
	frappe.set_user("Administrator")
	return {}


def die_before_the_invoice_is_submitted() -> None:
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import SalesInvoice

	SalesInvoice.on_submit = lambda self: os.kill(os.getpid(), signal.SIGKILL)


def sweep_after_an_hour() -> dict[str, Any]:
	from saudi_crm_billing.crm_billing import runs

	later = frappe.utils.add_to_date(None, hours=1, as_datetime=True)
	runs.now_datetime = lambda: later
	return {"stranded": runs.stranded()}


def state(quotation: str) -> dict[str, Any]:
	lines = {"prevdoc_docname": quotation, "docstatus": 1}
	orders = sorted(set(frappe.get_all("Sales Order Item", lines, pluck="parent")))
	billed = {"sales_order": ("in", orders or [NONE]), "docstatus": ("<", 2)}
	invoices = sorted(set(frappe.get_all("Sales Invoice Item", billed, pluck="parent")))
	posted = {"voucher_no": ("in", invoices or [NONE]), "party_type": "Customer", "is_cancelled": 0}
	return {
		"runs": runs_of("Quotation", [quotation]),
		"order_runs": runs_of("Sales Order", orders),
		"orders": orders,
		"invoices": invoices,
		"ledger": frappe.get_all("GL Entry", posted, pluck="voucher_no"),
	}


def runs_of(doctype: str, names: list[str]) -> list[Any]:
	fields = ["name", "status", "error", "attempts", "sales_invoice"]
	return frappe.get_all(RUN, {"source_doctype": doctype, "source_name": ("in", names or [NONE])}, fields)


if __name__ == "__main__":
	serve(globals())
