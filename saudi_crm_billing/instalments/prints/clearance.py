"""The clearance letter (mukhalasa) of a plan that is paid: it frees the customer, so it is refused while anything is
owed. Reads and never writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.bilingual import Said, said
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.balances import LIVE
from saudi_crm_billing.instalments.ledger import NOTHING, read_ledgers
from saudi_crm_billing.instalments.money_received import money_of
from saudi_crm_billing.instalments.prints import parts
from saudi_crm_billing.printing import texts


@dataclass(frozen=True)
class PrintedClearance:
	"""`paid` is money; `otherwise` is what was settled without any, such as a rebate; `settled_on` is the day of the
	ledger's last entry. Sums that are nothing are empty.
	"""

	arabic: bool
	plan: str
	invoice: str
	printed_on: texts.Day
	seller: texts.Party
	buyer: texts.Party
	currency: str
	total: str
	words: Said
	paid: str
	otherwise: str
	credited: str
	count: int
	settled_on: texts.Day
	body: tuple[Said, ...]


def scb_clearance_letter(doc: Document) -> PrintedClearance:
	"""Of a completed Instalment Plan of a Sales Invoice; refused with the reason for any other."""
	parts.check_may_print(doc)
	_refuse_owing(doc)
	settled_on = _last_entry(doc.reference_name)
	seller, buyer = texts.company(doc.company), texts.customer(doc.customer)
	return PrintedClearance(
		arabic=parts.in_arabic(),
		plan=doc.name,
		invoice=doc.reference_name,
		printed_on=texts.day(getdate()),
		seller=seller,
		buyer=buyer,
		currency=doc.currency,
		total=texts.amount(to_money(doc.total)),
		words=texts.in_words(to_money(doc.total), doc.currency),
		**_settled(doc),
		count=len(doc.instalments),
		settled_on=texts.day(settled_on),
		body=_body(doc, seller, buyer, settled_on),
	)


def _settled(doc: Document) -> dict[str, str]:
	vouchers = read_ledgers([doc.reference_name])[doc.reference_name].vouchers
	paid = money_of(vouchers)
	credited = to_money(doc.credited)
	otherwise = to_money(doc.total) - paid - credited
	return {
		"paid": texts.amount(paid),
		"otherwise": texts.amount(otherwise) if otherwise else "",
		"credited": texts.amount(credited) if credited else "",
	}


def _refuse_owing(doc: Document) -> None:
	if doc.reference_doctype != "Sales Invoice":
		parts.refuse_print(
			_("{0} is the plan of a {1}. A clearance letter is for the plan of a Sales Invoice.").format(
				doc.name, _(doc.reference_doctype)
			)
		)
	if doc.status not in LIVE:
		_refuse_state(doc)
	owed = _owed(doc)
	if owed > 0:
		parts.refuse_print(
			_("{0} {1} of {2} is still owed. A clearance letter is for a plan that is paid in full.").format(
				texts.amount(owed), doc.currency, doc.reference_name
			)
		)
	if doc.status != "Completed":
		_refuse_state(doc)


def _refuse_state(doc: Document) -> NoReturn:
	state = _(doc.status, context="Instalment Plan")
	parts.refuse_print(
		_("Plan {0} is {1}. A clearance letter is for a completed plan.").format(doc.name, state)
	)


def _owed(doc: Document) -> Decimal:
	"""The plan's debt, or its invoice's where the ledger has more than the instalments: nothing told them, perhaps, of
	what a data patch changed in it."""
	stored = frappe.db.get_value("Sales Invoice", doc.reference_name, "outstanding_amount")
	ledger = read_ledgers([doc.reference_name]).get(doc.reference_name, NOTHING)
	return max(to_money(doc.outstanding or 0), to_money(stored or 0), ledger.outstanding)


def _last_entry(sales_invoice: str) -> date | None:
	"""When the debt was settled: the last day on which its ledger moved."""
	filters = {
		"against_voucher_type": "Sales Invoice",
		"against_voucher_no": sales_invoice,
		"delinked": 0,
	}
	found = frappe.get_all(
		"Payment Ledger Entry", filters=filters, pluck="posting_date", order_by="posting_date desc", limit=1
	)
	return found[0] if found else None


def _body(
	doc: Document, seller: texts.Party, buyer: texts.Party, settled_on: date | None
) -> tuple[Said, ...]:
	facts = {
		"invoice": texts.isolated(doc.reference_name),
		"total": texts.isolated(f"{texts.amount(to_money(doc.total))} {doc.currency}"),
		"day": texts.isolated(settled_on or ""),
	}
	first = said(
		lambda lang: _(
			"We, {seller}, confirm that {buyer} has settled in full all instalments of invoice {invoice}, which amounted to"
			" {total}, and that the last of the debt was settled on {day}.",
			lang=lang,
		).format(seller=_in(lang, seller), buyer=_in(lang, buyer), **facts)
	)
	second = said(
		lambda lang: _(
			"Nothing is owed to us under this invoice any more, and we release {buyer} from every claim that arises from it.",
			lang=lang,
		).format(buyer=_in(lang, buyer))
	)
	third = said(
		lambda lang: _(
			"This letter is given at the customer's request and covers this invoice only; promissory notes that we hold for"
			" it are to be returned.",
			lang=lang,
		)
	)
	return (first, second, third)


def _in(lang: str, party: texts.Party) -> str:
	return party.name.ar if lang == "ar" else party.name.en
