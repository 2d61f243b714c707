"""One process of the demo's story: plays it, works its jobs, or tells what it left; answers in JSON."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import Any

import frappe
from frappe.utils import background_jobs
from workers import serve

from saudi_crm_billing.collection import tasks as collection
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.demo import site_records, site_story
from saudi_crm_billing.demo.company import COMPANY

QUEUES = "short,default,long"
IN_THE_WAY = (
	"Customer Tax Setup",
	"ZATCA Unit",
	"SCB Billing Rule",
	"SCB Billing Run",
	"SCB Billing Settings",
	"Instalment Plan Template",
	"Instalment Reminder Policy",
	"Instalment Reminder",
	"Instalment Digest",
	"Email Account",
	"Email Queue",
	"Email Queue Recipient",
	"Error Log",
)
"""What earlier tests left of this company, and the story makes or counts itself."""

# The queue is the bench's, shared by all its sites: jobs of the story have names of their own in it.
background_jobs.get_bench_id = lambda: f"story-of-{sys.argv[1]}"


def clear() -> dict[str, Any]:
	"""As on the demo's new site: nothing is set up, nobody owes anything."""
	for doctype in IN_THE_WAY:
		frappe.db.delete(doctype)
	frappe.db.set_value("Instalment", {"company": COMPANY}, "outstanding", 0, update_modified=False)
	frappe.clear_cache()
	return {}


def play(base_url: str, smtp_port: str) -> dict[str, Any]:
	"""The demo, as bin/demo plays it; what it printed."""
	with contextlib.redirect_stdout(io.StringIO()) as printed:
		site_story.play(base_url, smtp_port, "")
	return {"printed": printed.getvalue().splitlines()}


def forget() -> dict[str, Any]:
	"""After the database was put back: nothing of the story in caches and queues."""
	for queue in background_jobs.get_queues():
		if queue.name.startswith(background_jobs.get_bench_id()):
			queue.delete()
	frappe.clear_cache()
	return {}


def alert_again(day: str) -> dict[str, Any]:
	counts = collection.run(COMPANY, day)
	site_story.flush()
	return counts


def state() -> dict[str, Any]:
	"""What the story left on the site."""
	return {
		"invoices": [told(name) for name in submitted(is_return=0)],
		"notes": [told(name) for name in submitted(is_return=1)],
		"runs": frappe.get_all("SCB Billing Run", pluck="status"),
		"reminders": frappe.get_all("Instalment Reminder", pluck="state"),
		"digests": frappe.get_all("Instalment Digest", fields=["user", "kind", "state"]),
		"queue": frappe.get_all("Email Queue", pluck="status"),
		"errors": frappe.get_all("Error Log", fields=["method", "error"]),
	}


def submitted(**filters: Any) -> list[str]:
	"""Of this story alone: invoices of its own customers."""
	ours = frappe.get_all("Customer", {"account_manager": site_records.SALES_USER}, pluck="name")
	filters |= {"company": COMPANY, "docstatus": 1, "customer": ("in", ours)}
	return frappe.get_all("Sales Invoice", filters, pluck="name", order_by="creation")


def told(name: str) -> dict[str, Any]:
	"""An invoice with its way here, its e-invoice and what is still owed of each instalment; amounts as texts."""
	invoice = frappe.get_doc("Sales Invoice", name)
	order = invoice.items[0].sales_order
	quotation = frappe.db.get_value("Sales Order Item", {"parent": order}, "prevdoc_docname")
	source = frappe.db.get_value(
		"Quotation", quotation, ["opportunity", "scb_accepted_on", "scb_zatca_status", "status"], as_dict=True
	)
	document = frappe.db.get_value(
		"ZATCA Document", invoice.scb_zatca_document, ["state", "grand_total", "tax_total"], as_dict=True
	)
	rows = frappe.get_all(
		"Instalment",
		{"parent": invoice.scb_instalment_plan or "none", "parenttype": "Instalment Plan"},
		["number", "due_date", "amount", "outstanding"],
		order_by="number",
	)
	if source:
		source.won_on = frappe.db.get_value("Opportunity", source.opportunity, "scb_won_on")
	return {
		"customer": invoice.customer_name.split(" | ")[-1],
		"lead": frappe.db.get_value("Opportunity", source.opportunity, "party_name") if source else None,
		"quotation": source,
		"total": money(invoice.grand_total),
		"outstanding": money(invoice.outstanding_amount),
		"e_invoice": [document.state, money(document.grand_total), money(document.tax_total)],
		"status": invoice.scb_zatca_status,
		"instalments": [
			[row.number, str(row.due_date), money(row.amount), money(row.outstanding)] for row in rows
		],
	}


def money(value: float) -> str:
	return str(to_money(value))


if __name__ == "__main__":
	if sys.argv[2] == "work":
		background_jobs.start_worker(QUEUES, quiet=True)
	else:
		serve(globals())
