"""The receipt voucher of a customer's payment: which instalments it settled, what is left, what is due next.

A receipt is given for money that is in the books. Which instalments a payment settled follows from the ledger: the
difference between the instalments' balances before its entries and after them, in the order of posting.
Reads and never writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.bilingual import Said, said
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments import standing
from saudi_crm_billing.instalments.balances import plans_of
from saudi_crm_billing.instalments.directing import directions
from saudi_crm_billing.instalments.engine.waterfall import InstalmentBalance
from saudi_crm_billing.instalments.ledger import LedgerState, read_ledgers
from saudi_crm_billing.instalments.money_received import deductions_of
from saudi_crm_billing.instalments.prints import parts
from saudi_crm_billing.instalments.reckoning import reckon
from saudi_crm_billing.printing import texts


@dataclass(frozen=True)
class SettledInstalment:
	"""`left`: what the instalment owed after this receipt. A debt without a plan has its document's name only."""

	document: str
	label: Said
	due: texts.Day
	settled: str
	left: str


@dataclass(frozen=True)
class LeftOfInvoice:
	"""As of today; empty next due where nothing is owed any more."""

	document: str
	outstanding: str
	next_due: texts.Day
	next_amount: str


@dataclass(frozen=True)
class PrintedReceipt:
	"""`amount` is money, and `deducted` what was settled beside it: a rebate, a discount, a bank's charge. `on_account`:
	what settles nothing yet."""

	arabic: bool
	number: str
	posted: texts.Day
	seller: texts.Party
	payer: texts.Party
	amount: str
	currency: str
	words: Said
	mode: Said
	reference: str
	reference_date: texts.Day
	remarks: str
	settled: tuple[SettledInstalment, ...]
	on_account: str
	deducted: str
	left: tuple[LeftOfInvoice, ...]


def scb_receipt_voucher(doc: Document) -> PrintedReceipt:
	"""Of a submitted Payment Entry by which a customer paid; refused for any other."""
	parts.check_may_print(doc)
	_refuse_other(doc)
	invoices = _plans(doc)
	settled = [row for name, plan in invoices.items() for row in _settled(doc, name, plan)]
	unallocated, deducted = to_money(doc.unallocated_amount or 0), deductions_of(doc)
	received = to_money(doc.paid_amount)
	mode = doc.mode_of_payment or ""
	return PrintedReceipt(
		arabic=parts.in_arabic(),
		number=doc.name,
		posted=texts.day(getdate(doc.posting_date)),
		seller=texts.company(doc.company),
		payer=texts.customer(doc.party),
		amount=texts.amount(received),
		currency=doc.paid_from_account_currency,
		words=texts.in_words(received, doc.paid_from_account_currency),
		mode=said(lambda lang: _(mode, lang=lang) if mode else ""),
		reference=doc.reference_no or "",
		reference_date=texts.day(getdate(doc.reference_date) if doc.reference_date else None),
		remarks=doc.remarks or "" if doc.custom_remarks else "",
		settled=(*settled, *_without_plan(doc, invoices)),
		on_account=texts.amount(unallocated) if unallocated else "",
		deducted=texts.amount(deducted) if deducted else "",
		left=tuple(_left(name, plan) for name, plan in invoices.items()),
	)


def _refuse_other(doc: Document) -> None:
	if doc.payment_type != "Receive" or doc.party_type != "Customer":
		parts.refuse_print(
			_("A receipt voucher is for money that a customer paid. {0} is not.").format(doc.name)
		)
	if doc.docstatus == 0:
		parts.refuse_print(
			_("{0} is a draft. Submit it first: a receipt is for booked money.").format(doc.name)
		)
	if doc.docstatus == 2:
		parts.refuse_print(_("{0} was cancelled. There is no receipt for it.").format(doc.name))


def _plans(doc: Document) -> dict[str, str]:
	return plans_of(row.reference_name for row in doc.references if row.reference_doctype == "Sales Invoice")


def _settled(doc: Document, sales_invoice: str, plan: str) -> Iterator[SettledInstalment]:
	rows = standing.instalments_of(plan)
	before, after = _around(doc, sales_invoice, plan, rows)
	for row, old, new in zip(rows, before, after, strict=True):
		if old.outstanding != new.outstanding:
			yield SettledInstalment(
				document=sales_invoice,
				label=parts.label(row.number),
				due=texts.day(row.due_date),
				settled=texts.amount(old.outstanding - new.outstanding),
				left=texts.amount(new.outstanding),
			)


def _around(
	doc: Document, sales_invoice: str, plan: str, rows: Sequence[Any]
) -> tuple[Sequence[InstalmentBalance], Sequence[InstalmentBalance]]:
	"""The balances without this payment and what was posted after it, and with it."""
	ledger = read_ledgers([sales_invoice])[sales_invoice]
	rule = frappe.db.get_value("Instalment Plan", plan, "credit_note_rule")
	asked = directions.of_plans([plan]).get(plan, [])
	names = [voucher.name for voucher in ledger.vouchers]
	place = names.index(doc.name) if doc.name in names else len(names)
	before, after = (
		reckon(rule, rows, _first(ledger, count), asked).balances for count in (place, place + 1)
	)
	return before, after


def _first(ledger: LedgerState, count: int) -> LedgerState:
	"""The ledger when only so many vouchers were posted."""
	vouchers = ledger.vouchers[:count]
	later = sum((voucher.settled for voucher in ledger.vouchers[count:]), Decimal(0))
	credits = sum((voucher.settled for voucher in vouchers if voucher.is_credit), Decimal(0))
	return LedgerState(ledger.outstanding + later, credits, vouchers)


def _without_plan(doc: Document, invoices: dict[str, str]) -> Iterator[SettledInstalment]:
	for row in doc.references:
		if row.reference_name not in invoices:
			label = said(lambda lang, row=row: _(row.reference_doctype, lang=lang))
			settled = texts.amount(to_money(row.allocated_amount))
			yield SettledInstalment(row.reference_name, label, texts.day(None), settled, "")


def _left(sales_invoice: str, plan: str) -> LeftOfInvoice:
	rows = standing.instalments_of(plan)
	following = standing.next_due(rows)
	return LeftOfInvoice(
		document=sales_invoice,
		outstanding=texts.amount(standing.total(rows, "outstanding")),
		next_due=texts.day(following.due_date if following else None),
		next_amount=texts.amount(following.outstanding) if following else "",
	)
