"""Reads what the Payment Ledger says of invoices with a plan. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder.functions import Min, Sum

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.engine.waterfall import CreditNote


@dataclass(frozen=True)
class Voucher:
	"""What one voucher took off an invoice's debt; below zero what it added."""

	doctype: str
	name: str
	settled: Decimal
	is_credit: bool


@dataclass(frozen=True)
class LedgerState:
	"""Money of one invoice in the currency of its receivable account; `vouchers` as they were posted."""

	outstanding: Decimal
	credits: Decimal
	vouchers: tuple[Voucher, ...] = ()

	def payments(self) -> dict[tuple[str, str], Decimal]:
		"""What each voucher that is no credit note settled."""
		return {(one.doctype, one.name): one.settled for one in self.vouchers if not one.is_credit}

	def notes(self) -> list[CreditNote]:
		"""Credit notes, each with what had been paid before it."""
		paid, found = Decimal(0), []
		for voucher in self.vouchers:
			if voucher.is_credit:
				found.append(CreditNote(voucher.settled, paid))
			else:
				paid += voucher.settled
		return found


NOTHING = LedgerState(Decimal(0), Decimal(0))


def read_ledger(sales_invoice: str, account: str) -> LedgerState:
	"""The invoice's ledger entries, with a locking read, which sees what others committed meanwhile."""
	entry = frappe.qb.DocType("Payment Ledger Entry")
	query = _sums().where((entry.against_voucher_no == sales_invoice) & (entry.account == account))
	return _states(query.for_update().run(as_dict=True)).get(sales_invoice, NOTHING)


def read_ledgers(sales_invoices: Collection[str], up_to: date | None = None) -> dict[str, LedgerState]:
	"""The same of many at once, without locks; with `up_to` as the ledger has it today for that day's end."""
	if not sales_invoices:
		return {}
	entry, invoice = frappe.qb.DocType("Payment Ledger Entry"), frappe.qb.DocType("Sales Invoice")
	query = (
		_sums()
		.join(invoice)
		.on((invoice.name == entry.against_voucher_no) & (invoice.debit_to == entry.account))
		.where(entry.against_voucher_no.isin(list(sales_invoices)))
	)
	if up_to:
		query = query.where(entry.posting_date <= up_to)
	return _states(query.run(as_dict=True))


def _sums() -> Any:
	entry = frappe.qb.DocType("Payment Ledger Entry")
	return (
		frappe.qb.from_(entry)
		.select(
			entry.against_voucher_no,
			entry.voucher_type,
			entry.voucher_no,
			Sum(entry.amount_in_account_currency).as_("amount"),
			Min(entry.posting_date).as_("posted"),
			Min(entry.creation).as_("made"),
		)
		.where((entry.against_voucher_type == "Sales Invoice") & (entry.delinked == 0))
		.groupby(entry.against_voucher_no, entry.voucher_type, entry.voucher_no)
	)


def _states(sums: Iterable[Any]) -> dict[str, LedgerState]:
	"""Credit notes are told from payments as ERPNext's receivables report does: by the voucher's doctype."""
	owed: dict[str, Decimal] = {}
	vouchers: dict[str, list[Voucher]] = {}
	for row in sorted(sums, key=lambda row: (row.posted, row.made, row.voucher_no)):
		invoice, amount = row.against_voucher_no, to_money(row.amount)
		owed[invoice] = owed.get(invoice, Decimal(0)) + amount
		settling = vouchers.setdefault(invoice, [])
		if row.voucher_type != "Sales Invoice" or row.voucher_no != invoice:
			is_credit = row.voucher_type == "Sales Invoice"
			settling.append(Voucher(row.voucher_type, row.voucher_no, -amount, is_credit))
	return {
		invoice: LedgerState(
			amount,
			sum((one.settled for one in vouchers[invoice] if one.is_credit), Decimal(0)),
			tuple(vouchers[invoice]),
		)
		for invoice, amount in owed.items()
	}
