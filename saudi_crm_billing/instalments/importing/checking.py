"""Checks an opening import: the only writer of its counts, preview and error file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.dates import to_hijri
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.engine.opening_findings import Finding
from saudi_crm_billing.instalments.engine.opening_plans import read_plans
from saudi_crm_billing.instalments.importing import files
from saudi_crm_billing.instalments.importing.checks import Posting, made_already, postings

SHOWN_PLANS = 5


def check(doc: Document) -> None:
	"""Read the whole file and say what is wrong with it, or that it may be imported."""
	content = files.content_of(doc)
	rows, found, findings = read(doc, content)
	values = {
		"status": "Draft" if findings else "Checked",
		"failure": None,
		"failure_ar": None,
		"row_count": rows,
		"plan_count": len(found),
		"imported_count": len(made_already(doc)),
		"error_count": len(findings),
		"error_file": files.attach_errors(doc, findings) if findings else files.drop_errors(doc),
		"preview": frappe.as_json([_preview(each) for each in found[:SHOWN_PLANS]]) if found else None,
		"file_hash": files.hash_of(content),
		**_sums(found),
	}
	doc.db_set(values, notify=True)


def read(doc: Document, content: bytes) -> tuple[int, list[Posting], list[Finding]]:
	"""Number of rows, the plans as they would be posted, and what is wrong; with findings there are no plans."""
	file = read_plans(files.grid_of(content), getdate(), bool(doc.spread_paid))
	found, findings = postings(doc, file.readable)
	findings = sorted([*file.findings, *findings], key=lambda finding: finding.row)
	return file.rows, [] if findings else found, findings


def _sums(found: list[Posting]) -> dict[str, float]:
	"""In the company's currency."""
	total = sum((to_money(posting.plan.total * posting.rate) for posting in found), Decimal(0))
	owed = sum((posting.base_owed for posting in found), Decimal(0))
	return {"total": float(total), "paid": float(total - owed), "owed": float(owed)}


def _preview(posting: Posting) -> dict[str, Any]:
	plan = posting.plan
	return {
		"invoice": plan.invoice,
		"customer": posting.customer,
		"posting_date": plan.posting_date.isoformat(),
		"currency": posting.currency,
		"total": float(plan.total),
		"paid": float(plan.paid),
		"owed": float(plan.owed),
		"rows": [
			{
				"number": row.number,
				"due_date": row.due_date.isoformat(),
				"due_date_hijri": to_hijri(row.due_date),
				"amount": float(row.amount),
				"paid": float(row.paid),
				"owed": float(row.owed),
			}
			for row in plan.instalments
		],
	}
