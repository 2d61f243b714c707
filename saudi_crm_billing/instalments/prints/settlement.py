"""The letter that offers an early settlement: what is owed, what is given up, what to pay until when. Reads and never
writes."""

from __future__ import annotations

from dataclasses import dataclass

from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.bilingual import NOTHING, Said, said
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.prints import parts
from saudi_crm_billing.printing import texts


@dataclass(frozen=True)
class PrintedOwed:
	label: Said
	due: texts.Day
	outstanding: str


@dataclass(frozen=True)
class PrintedSettlement:
	"""`rebate` is empty where nothing is given up; `warning` says why the offer does not hold."""

	arabic: bool
	number: str
	invoice: str
	made_on: texts.Day
	valid_until: texts.Day
	seller: texts.Party
	buyer: texts.Party
	currency: str
	rows: tuple[PrintedOwed, ...]
	outstanding: str
	rebate: str
	amount_to_pay: str
	words: Said
	warning: Said
	body: tuple[Said, ...]


def scb_settlement_letter(doc: Document) -> PrintedSettlement:
	parts.check_may_print(doc)
	return PrintedSettlement(
		arabic=parts.in_arabic(),
		number=doc.name,
		invoice=doc.sales_invoice,
		made_on=texts.day(getdate(doc.as_of)),
		valid_until=texts.day(getdate(doc.valid_until)),
		seller=texts.company(doc.company),
		buyer=texts.customer(doc.customer),
		currency=doc.currency,
		rows=tuple(
			PrintedOwed(
				parts.label(row.number),
				texts.day(getdate(row.due_date)),
				texts.amount(to_money(row.outstanding)),
			)
			for row in doc.rows
		),
		outstanding=texts.amount(to_money(doc.outstanding)),
		rebate=texts.amount(to_money(doc.rebate)) if doc.rebate else "",
		amount_to_pay=texts.amount(to_money(doc.amount_to_pay)),
		words=texts.in_words(to_money(doc.amount_to_pay), doc.currency),
		warning=_warning(doc),
		body=_body(doc),
	)


def _warning(doc: Document) -> Said:
	if doc.status == "Open":
		return NOTHING
	if doc.status == "Draft":
		return said(lambda lang: _("Draft: this offer is not made yet", lang=lang))
	if doc.status == "Paid":
		return said(lambda lang: _("Paid: this offer was taken up", lang=lang))
	return said(lambda lang: _("This offer no longer holds", lang=lang))


def _body(doc: Document) -> tuple[Said, ...]:
	facts = {
		"invoice": texts.isolated(doc.sales_invoice),
		"amount": texts.isolated(f"{texts.amount(to_money(doc.amount_to_pay))} {doc.currency}"),
		"day": texts.isolated(doc.valid_until),
	}
	first = said(
		lambda lang: _(
			"If {amount} reaches us by {day}, all instalments of invoice {invoice} are settled and nothing more is owed "
			"under it.",
			lang=lang,
		).format(**facts)
	)
	second = said(
		lambda lang: _(
			"The rebate is voluntary, given for this settlement alone. A payment on the invoice or a change of its plan "
			"before then ends this offer; ask us for a new one.",
			lang=lang,
		)
	)
	if not (doc.rebate and doc.rebate_by == "Credit Note"):
		return (first, second)
	third = said(
		lambda lang: _("Once it is paid, we issue a tax credit note of the rebate.", lang=lang),
	)
	return (first, second, third)
