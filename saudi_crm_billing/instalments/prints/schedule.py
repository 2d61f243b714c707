"""The plan's schedule on paper: of a quotation, an order, an invoice or the plan itself. Reads and never writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.bilingual import NOTHING, Said, said
from saudi_crm_billing.instalments import standing
from saudi_crm_billing.instalments.plans import plan_of
from saudi_crm_billing.instalments.prints import parts
from saudi_crm_billing.printing import texts

PLAN = "Instalment Plan"
HEADER = ("name", "reference_doctype", "reference_name", "company", "customer", "currency", "status", "calendar", "total", "version")  # fmt: skip


@dataclass(frozen=True)
class PrintedSchedule:
	"""`is_owed`: of a submitted invoice, whose rows say what is settled and left; others say what is planned."""

	arabic: bool
	plan: str
	document: str
	document_type: Said
	printed_on: texts.Day
	seller: texts.Party
	buyer: texts.Party
	calendar: Said
	currency: str
	is_draft: bool
	is_owed: bool
	rows: tuple[parts.PrintedInstalment, ...]
	total: str
	settled: str
	written_off: str
	outstanding: str
	words: Said
	next_due: texts.Day
	next_amount: str
	days_late: int


def scb_plan_schedule(doc: Document) -> PrintedSchedule:
	"""The schedule of a document's plan, or of a plan; refused where there is none."""
	parts.check_may_print(doc)
	header = _header(doc)
	rows = standing.instalments_of(header.name)
	today = getdate()
	is_owed = standing.is_owed(header.reference_doctype, header.status)
	status = standing.shown_status(header.reference_doctype, header.status)
	printed = tuple(parts.printed(row, status, today) for row in rows)
	following = standing.next_due(rows) if is_owed else None
	owed, gone = standing.total(rows, "outstanding"), standing.total(rows, "written_off")
	return PrintedSchedule(
		arabic=parts.in_arabic(),
		plan=header.name,
		document=header.reference_name,
		document_type=said(lambda lang: _(header.reference_doctype, lang=lang)),
		printed_on=texts.day(today),
		seller=texts.company(header.company),
		buyer=_buyer(header),
		calendar=said(lambda lang: _(header.calendar or "Gregorian", lang=lang)),
		currency=header.currency,
		is_draft=header.status == "Draft",
		is_owed=is_owed,
		rows=printed,
		total=texts.amount(standing.total(rows, "amount")),
		settled=texts.amount(standing.total(rows, "amount") - owed - gone),
		written_off=texts.amount(gone) if gone else "",
		outstanding=texts.amount(owed),
		words=texts.in_words(owed if is_owed and owed else standing.total(rows, "amount"), header.currency),
		next_due=texts.day(following.due_date if following else None),
		next_amount=texts.amount(following.outstanding) if following else "",
		days_late=max((row.days_late for row in printed), default=0),
	)


def _header(doc: Document) -> Any:
	plan = doc.name if doc.doctype == PLAN else plan_of(doc.doctype, doc.name)
	header = frappe.db.get_value(PLAN, plan, HEADER, as_dict=True) if plan else None
	if not header:
		parts.refuse_print(_("{0} {1} has no instalment plan.").format(_(doc.doctype), doc.name))
	return header


def _buyer(header: Any) -> texts.Party:
	"""A quotation to a lead has no customer yet."""
	if header.customer:
		return texts.customer(header.customer)
	name = frappe.db.get_value(header.reference_doctype, header.reference_name, "customer_name") or ""
	return texts.Party(Said(name, name) if name else NOTHING, "", "")
