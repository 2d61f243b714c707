"""Reads what the Payment Ledger says of invoices with a plan. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder.functions import Min, Sum
from pypika import Case
from pypika.queries import QueryBuilder, Table
from pypika.terms import Term

from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments.engine.waterfall import CreditNote
from saudi_crm_billing.prepared import Prepared, given


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
	sums = _SUMS.run({"invoice": sales_invoice, "account": account})
	return _states(sums).get(sales_invoice, NOTHING)


def read_totals(sales_invoice: str, account: str) -> LedgerState:
	"""The same without its vouchers, which only directions and the proportional rule for credit notes ask for."""
	((outstanding, credits),) = _TOTALS.run({"invoice": sales_invoice, "account": account})
	return LedgerState(to_money(outstanding or 0), to_money(credits or 0))


def owed_now(sales_invoice: str) -> Decimal:
	"""What the invoice owes by its ledger, in the currency of its receivable account; a locking read, too."""
	account = frappe.db.get_value("Sales Invoice", sales_invoice, "debit_to")
	return read_totals(sales_invoice, account).outstanding


def read_ledgers(sales_invoices: Collection[str]) -> dict[str, LedgerState]:
	"""The same of many at once, without locks."""
	if not sales_invoices:
		return {}
	entry = frappe.qb.DocType("Payment Ledger Entry")
	query = _on_own_account(_sums(), entry).where(entry.against_voucher_no.isin(list(sales_invoices)))
	return _states(query.run())


def _entries(*fields: Any) -> Any:
	entry = frappe.qb.DocType("Payment Ledger Entry")
	of_invoices = (entry.against_voucher_type == "Sales Invoice") & (entry.delinked == 0)
	return frappe.qb.from_(entry).select(*fields).where(of_invoices)


def _of_one(query: Any) -> Any:
	entry = frappe.qb.DocType("Payment Ledger Entry")
	return query.where(
		(entry.against_voucher_no == given("invoice")) & (entry.account == given("account"))
	).for_update()


def outstanding_on(sales_invoices: QueryBuilder, day: date) -> QueryBuilder:
	"""What these invoices `owed` at the day's end, as the ledger has it today; those not posted by then are left out."""
	entry = frappe.qb.DocType("Payment Ledger Entry")
	invoice, owed = entry.against_voucher_no, Sum(entry.amount_in_account_currency)
	query = _on_own_account(_entries(invoice.as_("invoice"), owed.as_("owed")), entry)
	return query.where((entry.posting_date <= day) & invoice.isin(sales_invoices)).groupby(invoice)


def entries_of_plans(plan: Table) -> tuple[QueryBuilder, Term]:
	"""Plans joined to the ledger entries of their invoices, and what these add up to."""
	entry = frappe.qb.DocType("Payment Ledger Entry")
	query = _on_own_account(_entries(), entry).join(plan).on(plan.reference_name == entry.against_voucher_no)
	return query, Sum(entry.amount_in_account_currency)


def _on_own_account(query: Any, entry: Any) -> Any:
	"""Entries on the receivable account that the invoice was posted on."""
	invoice = frappe.qb.DocType("Sales Invoice")
	return query.join(invoice).on(
		(invoice.name == entry.against_voucher_no) & (invoice.debit_to == entry.account)
	)


def _sums() -> Any:
	"""In the order in which they were posted."""
	entry = frappe.qb.DocType("Payment Ledger Entry")
	voucher = (entry.against_voucher_no, entry.voucher_type, entry.voucher_no)
	return (
		_entries(*voucher, Sum(entry.amount_in_account_currency))
		.groupby(*voucher)
		.orderby(Min(entry.posting_date))
		.orderby(Min(entry.creation))
		.orderby(entry.voucher_no)
	)


def _totals() -> Any:
	entry = frappe.qb.DocType("Payment Ledger Entry")
	amount = entry.amount_in_account_currency
	is_note = (entry.voucher_type == "Sales Invoice") & (entry.voucher_no != entry.against_voucher_no)
	return _entries(Sum(amount), Sum(Case().when(is_note, -amount).else_(0)))


_SUMS, _TOTALS = Prepared(lambda: _of_one(_sums())), Prepared(lambda: _of_one(_totals()))


def _states(sums: Iterable[tuple[str, str, str, float]]) -> dict[str, LedgerState]:
	"""Credit notes are told from payments as ERPNext's receivables report does: by the voucher's doctype."""
	owed: dict[str, Decimal] = defaultdict(Decimal)
	credited: dict[str, Decimal] = defaultdict(Decimal)
	vouchers: dict[str, list[Voucher]] = defaultdict(list)
	for invoice, doctype, name, figure in sums:
		amount = to_decimal(figure)
		owed[invoice] += amount
		if doctype == "Sales Invoice" and name == invoice:
			continue
		is_credit = doctype == "Sales Invoice"
		credited[invoice] -= amount if is_credit else 0
		vouchers[invoice].append(Voucher(doctype, name, to_money(-amount), is_credit))
	return {
		invoice: LedgerState(to_money(amount), to_money(credited[invoice]), tuple(vouchers[invoice]))
		for invoice, amount in owed.items()
	}
