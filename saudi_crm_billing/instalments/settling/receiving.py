"""Makes the Payment Entry that pays a Settlement Quote: the amount as money, the rebate as its deduction or as a credit
note, the invoice settled to zero. The user's own rights on the documents hold.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments import balances
from saudi_crm_billing.instalments.ledger import owed_now
from saudi_crm_billing.instalments.settings import cost_center_of, settings_of
from saudi_crm_billing.instalments.settling import crediting
from saudi_crm_billing.instalments.settling.refusals import refuse


def receive(quote: Document, how: dict[str, Any]) -> str:
	"""`how`: mode_of_payment, paid_to, reference_no, reference_date, posting_date. Returns the Payment Entry's name."""
	balances.lock_plans({quote.sales_invoice: quote.plan})
	day = getdate(how.get("posting_date"))
	_check_open(quote, day)
	note = crediting.make(quote, day) if quote.rebate and quote.rebate_by == crediting.CREDIT_NOTE else None
	payment = _draft(quote, how, crediting.total_of(note) if note else Decimal(0))
	payment.insert()
	made = {"payment_entry": payment.name, "credit_note": note and note.name}
	frappe.db.set_value(quote.doctype, quote.name, made)
	payment.submit()
	return str(payment.name)


def _check_open(quote: Document, posting_date: Any) -> None:
	status = frappe.db.get_value(quote.doctype, quote.name, "status", for_update=True)
	if status != "Open":
		refuse(
			_("{0} is {1} and cannot be paid. Make a new quote.").format(
				quote.name, _(status, context=quote.doctype)
			)
		)
	if posting_date > getdate(quote.valid_until):
		refuse(
			_("{0} was valid until {1}. Make a new quote.").format(
				quote.name, frappe.format(quote.valid_until, "Date")
			)
		)
	owed = owed_now(quote.sales_invoice)
	if owed != to_money(quote.outstanding):
		refuse(
			_("{0} was made for {1}, but {2} is owed now. Make a new quote.").format(
				quote.name, f"{to_money(quote.outstanding):,.2f}", f"{owed:,.2f}"
			)
		)


def _draft(quote: Document, how: dict[str, Any], credited: Decimal) -> Document:
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	payment = get_payment_entry("Sales Invoice", quote.sales_invoice, bank_account=how.get("paid_to"))
	given = {name: value for name, value in how.items() if value and name != "paid_to"}
	payment.update({"posting_date": getdate(), **given})
	payment.paid_amount = quote.amount_to_pay
	payment.received_amount = flt(
		quote.amount_to_pay * flt(payment.source_exchange_rate) / flt(payment.target_exchange_rate or 1),
		payment.precision("received_amount"),
	)
	_allocate(payment, to_money(quote.outstanding) - credited)
	payment.set_amounts()
	if payment.difference_amount:
		rebate = to_money(quote.rebate) - credited
		payment.append("deductions", _deduction(quote, payment.difference_amount, rebate))
	return payment


def _allocate(payment: Document, owed: Decimal) -> None:
	"""One row for the whole debt: by terms core would split it, and could drop a residue."""
	first = payment.references[0]
	first.update({"allocated_amount": float(owed), "payment_term": None})
	payment.set("references", [first])


def _deduction(quote: Document, amount: float, rebate: Decimal) -> dict[str, Any]:
	"""In the company's currency: what the money lacks to the debt. Without a rebate it can only be an exchange residue."""
	account = settings_of(quote.company).rebate_account if rebate else None
	return {
		"account": account or frappe.get_cached_value("Company", quote.company, "exchange_gain_loss_account"),
		"cost_center": cost_center_of(quote.company),
		"amount": amount,
		"description": _("Rebate of early settlement {0}").format(quote.name),
	}
