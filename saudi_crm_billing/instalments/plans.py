"""The only writer of Instalment Plan headers and of the rows that were planned; `balances` writes what is settled.

One header a selling document, named after it. The rows are written straight to the database: they follow a document
whose permissions were checked, and no role may write a plan by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import frappe
from frappe.model.delete_doc import check_if_doc_is_linked
from frappe.model.document import Document
from frappe.utils import add_days, now

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.agreement import PlannedRow, has_plan
from saudi_crm_billing.instalments.directing import directions
from saudi_crm_billing.instalments.origins import SOURCES
from saudi_crm_billing.instalments.plan_events import tell_ended
from saudi_crm_billing.instalments.settings import settings_of
from saudi_crm_billing.instalments.templates import snapshot_of
from saudi_crm_billing.instalments.terms import term_name

ACTIVE = {"status": "Active"}
MONEY = ("amount", "principal", "margin", "advance")


def keep_pointer(doc: Document) -> None:
	"""Before saving: the stored pointer stays, whatever the request says, and a new document has none.

	Amending and copying take fields along that are marked "no copy".
	"""
	stored = None if doc.is_new() else doc.get_doc_before_save()
	doc.scb_instalment_plan = stored.get("scb_instalment_plan") if stored else None


def plan_of(doctype: str, name: str) -> str | None:
	"""The plan that names this document; the document's own pointer is for show and is not relied on."""
	return frappe.db.get_value("Instalment Plan", {"reference_doctype": doctype, "reference_name": name})


def name_ahead(doc: Document) -> None:
	"""A new document points to its plan before either is inserted, so that its row is written once."""
	if doc.flags.in_insert and doc.flags.scb_plan:
		doc.scb_instalment_plan = _plan_name(doc)


def write_plan(doc: Document) -> None:
	"""Make or update the plan of a saved document from what its validation planned; a submit makes it active."""
	planned: Sequence[PlannedRow] | None = doc.flags.get("scb_plan")
	if not planned:
		if doc.get("scb_instalment_plan") and not doc.get("scb_plan_template"):
			_drop(doc)
		return
	template = doc.flags.scb_agreed_template
	header = _header_values(doc, planned, template) | {"agreed_terms": snapshot_of(template)}
	rows = [_row_values(doc, row, header["grace_days"]) for row in planned]
	name = None if doc.flags.in_insert else plan_of(doc.doctype, doc.name)
	if name:
		frappe.db.set_value("Instalment Plan", name, header)
		_replace_rows(name, rows)
	else:
		name = _insert_header(doc, header)
		_insert_rows(name, rows)
	if doc.get("scb_instalment_plan") != name:
		_point_to(doc, name)


def open_plan(doc: Document, planned: Sequence[PlannedRow], calendar: str, grace_days: int) -> str:
	"""The Active plan of a submitted opening invoice: agreed in another system, so without a template. Its name."""
	agreed = frappe._dict(name=None, calendar=calendar, grace_days=grace_days)
	name = _insert_header(doc, {**_header_values(doc, planned, agreed), **ACTIVE})
	_insert_rows(name, [_row_values(doc, row, grace_days) for row in planned])
	_point_to(doc, name)
	return name


def activate(doc: Document) -> dict[str, str]:
	"""On submit, whose save has written the plan and pointed to it a moment ago; the plan by the document's name."""
	if not (has_plan(doc) and doc.scb_instalment_plan):
		return {}
	if not doc.flags.scb_plan:  # a save without validation wrote no header
		frappe.db.set_value("Instalment Plan", doc.scb_instalment_plan, ACTIVE)
	return {doc.name: doc.scb_instalment_plan}


def cancel(doc: Document) -> str | None:
	"""The document was cancelled: nothing is owed under its plan, whose name is returned."""
	plan = plan_of(doc.doctype, doc.name)
	if plan:
		end(plan)
	return plan


def end(plan: str) -> None:
	"""Nothing is owed under this plan any more, for its document is cancelled."""
	nothing = {"outstanding": 0, "next_due_date": None, "next_due_amount": 0}
	frappe.db.set_value("Instalment Plan", plan, {"status": "Cancelled", "not_scheduled": 0, **nothing})
	settled = {"outstanding": 0, "base_outstanding": 0}
	frappe.db.set_value("Instalment", {"parent": plan}, settled, update_modified=False)
	directions.lapse(plan)
	tell_ended(plan)


def delete(doc: Document) -> None:
	"""The document is being deleted: take its plan, what was known of it, and the pointers to it away.

	Refuses, as core does, where something else names the plan: a promissory note of a cancelled invoice stays in force.
	"""
	plan = plan_of(doc.doctype, doc.name)
	if plan:
		_point_to(doc, None)
		_delete(plan)


def _drop(doc: Document) -> None:
	"""The plan was taken off a draft."""
	_point_to(doc, None)
	delete(doc)


def _point_to(doc: Document, plan: str | None) -> None:
	"""Without `doc.db_set`, which reads the new document again with all its tables."""
	doc.scb_instalment_plan = plan
	frappe.db.set_value(doc.doctype, doc.name, "scb_instalment_plan", plan, update_modified=False)


def _delete(plan: str) -> None:
	frappe.db.set_value("Instalment Plan", {"previous_plan": plan}, "previous_plan", None)
	check_if_doc_is_linked(frappe.get_doc("Instalment Plan", plan))
	frappe.db.delete("Instalment Balance Event", {"plan": plan})
	frappe.db.delete("Instalment Direction", {"plan": plan})
	frappe.db.delete("Instalment", {"parent": plan})
	frappe.db.delete("Instalment Plan", {"name": plan})


def _insert_header(doc: Document, values: dict[str, Any]) -> str:
	plan = frappe.new_doc("Instalment Plan")
	plan.update({"status": "Draft", **_lineage(doc), **values})
	plan.name = (doc.flags.in_insert and doc.scb_instalment_plan) or _plan_name(doc)
	plan.set_user_and_timestamp()
	plan.db_insert()
	return str(plan.name)


def _plan_name(doc: Document) -> str:
	"""PLAN-<document>; with the doctype in it where another document has the same name."""
	name = f"PLAN-{doc.name}"
	return f"PLAN-{doc.doctype}-{doc.name}" if frappe.db.exists("Instalment Plan", name) else name


def _lineage(doc: Document) -> dict[str, Any]:
	"""`previous_plan` and `version`: an amended document replaces a plan, a mapped one carries it on."""
	if doc.get("amended_from"):
		previous = frappe.db.get_value(
			"Instalment Plan",
			{"reference_doctype": doc.doctype, "reference_name": doc.amended_from},
			["name", "version"],
			as_dict=True,
		)
		return {"previous_plan": previous.name, "version": previous.version + 1} if previous else {}
	source_doctype, fieldname = SOURCES.get(doc.doctype, (None, ""))
	sources = {row.get(fieldname) for row in doc.get("items") if row.get(fieldname)}
	if len(sources) != 1:
		return {}
	return {"previous_plan": plan_of(source_doctype, sources.pop())}


def _header_values(doc: Document, planned: Sequence[PlannedRow], template: Any) -> dict[str, Any]:
	schedule = [row.scheduled for row in planned]
	return {
		"reference_doctype": doc.doctype,
		"reference_name": doc.name,
		"company": doc.company,
		"customer": _customer(doc),
		"currency": doc.currency,
		"plan_template": template.name,
		"calendar": template.calendar,
		"grace_days": template.grace_days or 0,
		"credit_note_rule": settings_of(doc.company).credit_note_rule,
		"total": float(sum(row.amount for row in schedule)),
		"instalment_count": schedule[-1].number,
		"margin": float(sum(row.margin for row in planned)),
		"down_payment": float(schedule[0].amount) if schedule[0].number == 0 else 0.0,
		"first_due_date": schedule[0].due_date,
		"last_due_date": schedule[-1].due_date,
		**(ACTIVE if doc.get("_action") == "submit" else {}),
	}


def _customer(doc: Document) -> str | None:
	"""None for a quotation to a lead."""
	if doc.doctype != "Quotation":
		return str(doc.customer)
	return doc.party_name if doc.quotation_to == "Customer" else None


def _row_values(doc: Document, row: PlannedRow, grace_days: int) -> dict[str, Any]:
	return {
		"number": row.scheduled.number,
		"due_date": row.scheduled.due_date,
		"due_date_hijri": row.scheduled.due_date_hijri,
		"grace_until": add_days(row.scheduled.due_date, grace_days),
		"payment_term": term_name(row.scheduled.number),
		"amount": row.scheduled.amount,
		"principal": row.principal,
		"margin": row.margin,
		"advance": row.advance,
		"company": doc.company,
		"customer": _customer(doc),
		"sales_invoice": doc.name if doc.doctype == "Sales Invoice" else None,
		"currency": doc.currency,
	}


def _replace_rows(plan: str, rows: Sequence[dict[str, Any]]) -> None:
	"""Write the planned rows where they differ; a submit mostly finds them as the draft left them."""
	if rows != _stored_rows(plan, list(rows[0])):
		frappe.db.delete("Instalment", {"parent": plan})
		_insert_rows(plan, rows)


def _insert_rows(plan: str, rows: Sequence[dict[str, Any]]) -> None:
	user, time = frappe.session.user, now()
	common = {"parent": plan, "parenttype": "Instalment Plan", "parentfield": "instalments"}
	stamps = {"owner": user, "modified_by": user, "creation": time, "modified": time}
	fields = ["name", "idx", *common, *stamps, *rows[0]]
	values = [
		(frappe.generate_hash(length=10), index, *common.values(), *stamps.values(), *row.values())
		for index, row in enumerate(rows, start=1)
	]
	frappe.db.bulk_insert("Instalment", fields, values)


def _stored_rows(plan: str, fields: list[str]) -> list[dict[str, Any]]:
	rows = frappe.get_all("Instalment", filters={"parent": plan}, fields=fields, order_by="idx")
	return [{**row, **{name: to_money(row[name] or 0) for name in MONEY}} for row in rows]
