"""The addendum to an instalment agreement after a reschedule: old and new schedule on one page. Reads and never writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.bilingual import NOTHING, Said, said
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.prints import parts
from saudi_crm_billing.printing import texts


@dataclass(frozen=True)
class PrintedRow:
	"""`settled` when the rows were computed; `stays` of a new row that was paid already."""

	label: Said
	due: texts.Day
	amount: str
	settled: str
	stays: bool


@dataclass(frozen=True)
class PrintedAddendum:
	"""`pairs` are the rows of both schedules side by side, None where the other is longer; `warning` says why the
	addendum does not count."""

	arabic: bool
	number: str
	invoice: str
	version: str
	effective: texts.Day
	seller: texts.Party
	buyer: texts.Party
	reason: Said
	reason_text: str
	currency: str
	pairs: tuple[tuple[PrintedRow | None, PrintedRow | None], ...]
	total: str
	owed: str
	words: Said
	first_due: texts.Day
	last_due: texts.Day
	warning: Said
	body: tuple[Said, ...]


def scb_reschedule_addendum(doc: Document) -> PrintedAddendum:
	parts.check_may_print(doc)
	moved = [row for row in doc.new_rows if not row.stays]
	return PrintedAddendum(
		arabic=parts.in_arabic(),
		number=doc.name,
		invoice=doc.sales_invoice,
		version=str(doc.to_version),
		effective=texts.day(getdate(doc.effective_date)),
		seller=texts.company(doc.company),
		buyer=texts.customer(doc.customer),
		reason=said(lambda lang: _(doc.reason, lang=lang)),
		reason_text=doc.reason_text or "",
		currency=doc.currency,
		pairs=tuple(zip_longest(_rows(doc.old_rows), _rows(doc.new_rows))),
		total=texts.amount(sum((to_money(row.amount) for row in doc.new_rows), Decimal(0))),
		owed=texts.amount(to_money(doc.owed)),
		words=texts.in_words(to_money(doc.owed), doc.currency),
		first_due=texts.day(getdate(moved[0].due_date)),
		last_due=texts.day(getdate(doc.new_rows[-1].due_date)),
		warning=_warning(doc),
		body=_body(doc),
	)


def _rows(rows: Iterable[Any]) -> list[PrintedRow]:
	return [
		PrintedRow(
			parts.label(row.number),
			texts.day(getdate(row.due_date)),
			texts.amount(to_money(row.amount)),
			texts.amount(to_money(row.settled)),
			bool(row.stays),
		)
		for row in rows
	]


def _warning(doc: Document) -> Said:
	if doc.status == "Applied":
		return NOTHING
	if doc.status == "Draft":
		return said(lambda lang: _("Draft: not approved, the old schedule still holds", lang=lang))
	return said(
		lambda lang: _("No longer valid: this reschedule was undone or its invoice cancelled", lang=lang)
	)


def _body(doc: Document) -> tuple[Said, ...]:
	facts = {"invoice": texts.isolated(doc.sales_invoice), "day": texts.isolated(doc.effective_date)}
	first = said(
		lambda lang: _(
			"The parties agree that from {day} on the new schedule takes the place of the old one for invoice {invoice}.",
			lang=lang,
		).format(**facts)
	)
	second = said(
		lambda lang: _(
			"The total of the debt does not change, and no fee or increase is charged for the change. All else that "
			"was agreed stays as it is.",
			lang=lang,
		)
	)
	return (first, second)
