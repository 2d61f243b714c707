"""*Reads* how much of what vouchers settled came as money. A rebate, a discount or a bank's charge settles a debt as a
deduction of its Payment Entry, without any; a journal is money as far as it debits bank or cash."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Max, Sum
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, Function

from saudi_crm_billing.common.money import to_decimal, to_money
from saudi_crm_billing.instalments.ledger import Voucher

ZERO = Decimal(0)
MONEY = ("Bank", "Cash")


def money_of(vouchers: Iterable[Voucher]) -> Decimal:
	"""What came as money less what went back as such. A voucher of several debts gives each its share."""
	return sum((_money(voucher) for voucher in vouchers), ZERO)


def deductions_of(payment: Document) -> Decimal:
	"""What a customer's Payment Entry settles beside its money, in the currency of the customer's account."""
	amounts = (to_decimal(row.amount) for row in payment.deductions if not row.is_exchange_gain_loss)
	return to_money(sum(amounts, ZERO) / to_decimal(payment.source_exchange_rate or 1))


def settled_without_money(of: Callable[[Table], Criterion]) -> QueryBuilder:
	"""The same of many Payment Entries at once, those that `of` says of the table: a row a `voucher` and `invoice` of its
	with the `amount` that it settled as a deduction. Entries without deductions are in no row, and are not looked at."""
	entry, part = frappe.qb.DocType("Payment Ledger Entry"), _parts_of_money(of)
	settled = 0 - Sum(entry.amount_in_account_currency)
	amount = settled - Function("ROUND", settled * Max(part.money), 2)
	condition = (entry.voucher_type == "Payment Entry") & (entry.delinked == 0)
	condition &= entry.against_voucher_type == "Sales Invoice"
	return (
		frappe.qb.from_(part)
		.join(entry)
		.on(entry.voucher_no == part.voucher)
		.select(
			entry.voucher_no.as_("voucher"), entry.against_voucher_no.as_("invoice"), amount.as_("amount")
		)
		.where(condition)
		.groupby(entry.voucher_no, entry.against_voucher_no)
	)


def _parts_of_money(of: Callable[[Table], Criterion]) -> QueryBuilder:
	"""A row an entry with deductions: what part of all that it settles came as money, 0 to 1."""
	names = ("Payment Entry", "Payment Entry Reference", "Payment Entry Deduction")
	payment, row, deduction = (frappe.qb.DocType(name) for name in names)
	deducting = (
		frappe.qb.from_(deduction).select(deduction.parent).where(deduction.is_exchange_gain_loss == 0)
	)
	received = Max(payment.paid_amount - payment.unallocated_amount)
	part = Function("LEAST", 1, Function("GREATEST", 0, received / Sum(row.allocated_amount)))
	condition = of(payment) & (payment.docstatus == 1) & (payment.payment_type == "Receive")
	condition &= (payment.party_type == "Customer") & (row.allocated_amount > 0)
	return (
		frappe.qb.from_(payment)
		.join(row)
		.on(row.parent == payment.name)
		.select(payment.name.as_("voucher"), part.as_("money"))
		.where(condition & payment.name.isin(deducting))
		.groupby(payment.name)
	)


def _money(voucher: Voucher) -> Decimal:
	if voucher.doctype == "Payment Entry":
		money, settled = _of_payment(voucher.name)
	elif voucher.doctype == "Journal Entry":
		money, settled = _of_journal(voucher.name, paid_back=voucher.settled < 0)
	else:
		return ZERO
	share = min(max(money / settled, ZERO), Decimal(1)) if settled else ZERO
	return to_money(voucher.settled * share)


def _of_payment(name: str) -> tuple[Decimal, Decimal]:
	"""The money of an entry that is not on account, and all that it settles; of money paid back all is money."""
	fields = ["payment_type", "paid_amount", "unallocated_amount"]
	kind, paid, on_account = frappe.db.get_value("Payment Entry", name, fields)
	if kind != "Receive":
		return Decimal(1), Decimal(1)
	row = frappe.qb.DocType("Payment Entry Reference")
	query = frappe.qb.from_(row).select(Sum(row.allocated_amount))
	((settled,),) = query.where((row.parent == name) & (row.allocated_amount > 0)).run()
	return to_money(paid) - to_money(on_account or 0), to_money(settled or 0)


def _of_journal(name: str, paid_back: bool) -> tuple[Decimal, Decimal]:
	"""What a journal moves into bank and cash (or out, `paid_back`), and what it settles (or charges) of customers."""
	row, account = frappe.qb.DocType("Journal Entry Account"), frappe.qb.DocType("Account")
	query = frappe.qb.from_(row).join(account).on(account.name == row.account)
	rows = query.select(account.account_type, row.debit, row.credit).where(row.parent == name).run()
	money = sum((to_money(debit) - to_money(credit) for kind, debit, credit in rows if kind in MONEY), ZERO)
	side = 1 if paid_back else 2
	settled = sum((to_money(each[side]) for each in rows if each[0] == "Receivable"), ZERO)
	return -money if paid_back else money, settled
