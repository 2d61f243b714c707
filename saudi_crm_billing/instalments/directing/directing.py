"""Makes and withdraws a direction: a part of a payment that goes to one instalment and not to the oldest.

What a direction moves follows the ledger from then on: `balances` honours it as far as its voucher still settles the
invoice, and gives the rest to the oldest again.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import fmt_money, now_datetime

from saudi_crm_billing.bilingual import said
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments import balances
from saudi_crm_billing.instalments.balance_events import Cause
from saudi_crm_billing.instalments.directing import directions
from saudi_crm_billing.instalments.errors import InstalmentPlanError
from saudi_crm_billing.instalments.ledger import LedgerState, read_ledger
from saudi_crm_billing.instalments.reckoning import reckon
from saudi_crm_billing.instalments.settings import settings_of

ZERO = Decimal(0)


class Debt:
	"""An invoice's plan as of now: what its payments settle, and where they may still go.

	With locking reads: the transaction's snapshot may be from before a reschedule that was waited for.
	"""

	def __init__(self, sales_invoice: str) -> None:
		self.invoice = sales_invoice
		self.plan = balances.plans_of([sales_invoice]).get(sales_invoice)
		if not self.plan:
			_refuse(_("Sales Invoice {0} has no instalment plan.").format(sales_invoice))
		fields = ["status", "credit_note_rule", "company", "customer", "currency"]
		self.header = frappe.db.get_value("Instalment Plan", self.plan, fields, as_dict=True, for_update=True)
		fields = ["name", "number", "amount", "due_date"]
		self.rows = frappe.db.get_values(
			"Instalment", {"parent": self.plan}, fields, as_dict=True, order_by="idx asc", for_update=True
		)
		for row in self.rows:
			row.amount = to_money(row.amount)
		account = frappe.db.get_value("Sales Invoice", sales_invoice, "debit_to")
		self.ledger: LedgerState = read_ledger(sales_invoice, account)
		self.directions = directions.of_plan(self.plan)

	def payments(self) -> dict[tuple[str, str], Decimal]:
		"""What each payment settles of the invoice, credit notes left out."""
		return {voucher: settled for voucher, settled in self.ledger.payments().items() if settled > 0}

	def free(self, voucher: tuple[str, str]) -> Decimal:
		"""What of it no direction holds."""
		truth = reckon(self.header.credit_note_rule, self.rows, self.ledger, self.directions)
		held = (
			part
			for one, part in zip(self.directions, truth.honoured, strict=True)
			if (one.voucher_type, one.voucher_no) == voucher
		)
		return max(self.payments().get(voucher, ZERO) - sum(held, ZERO), ZERO)

	def room(self, voucher: tuple[str, str]) -> dict[int, Decimal]:
		"""What each instalment, by number, owes without the free part of this payment."""
		free = self.free(voucher)
		truth = reckon(self.header.credit_note_rule, self.rows, self.ledger, self.directions, without=free)
		return {
			row.number: balance.outstanding for row, balance in zip(self.rows, truth.balances, strict=True)
		}


def begin(doc: Document) -> None:
	"""Lock what it will move, then fill in whose plan it is; what only the system writes is not the request's."""
	if not doc.flags.ignore_permissions:  # who may submit the payment may have it follow its request
		frappe.has_permission("Sales Invoice", "read", doc=doc.sales_invoice, throw=True)
	balances.lock_plans(balances.plans_of([doc.sales_invoice]))
	debt = Debt(doc.sales_invoice)
	doc.update({"plan": debt.plan, "applied": 0, "status": "In Force"})
	doc.update({name: debt.header[name] for name in ("company", "customer", "currency")})
	doc.update({"withdrawn_by": None, "withdrawn_at": None})


def check(doc: Document) -> None:
	"""Refuse, with figures, what the payment or the instalment cannot bear."""
	if not doc.is_new():
		_refuse(_("A direction is not changed. Withdraw it, and make another."))
	if doc.voucher_type not in ("Payment Entry", "Journal Entry"):
		_refuse(
			_("Only a Payment Entry or a Journal Entry can be directed, not {0}.").format(_(doc.voucher_type))
		)
	if not doc.flags.ignore_permissions:
		frappe.has_permission(doc.voucher_type, "read", doc=doc.voucher_no, throw=True)
	debt = Debt(doc.sales_invoice)
	if not settings_of(debt.header.company).allow_directed:
		_refuse(
			_("{0} lets no payment be directed to an instalment. Allow it in Instalment Settings.").format(
				debt.header.company
			)
		)
	_check_figures(doc, debt)


def put_in_force(doc: Document) -> None:
	directions.mark(doc.plan)
	_recompute(doc, "Directed")


def withdraw(doc: Document) -> None:
	"""The payment settles the oldest instalments again; the record stays."""
	if doc.status == directions.WITHDRAWN:
		_refuse(_("{0} was withdrawn already.").format(doc.name))
	balances.lock_plans({doc.sales_invoice: doc.plan})
	_take_back(doc)
	_recompute(doc, "Withdrawn")


def withdraw_moved(plan: str, before: Iterable[Any], after: Iterable[Any], cause: str) -> None:
	"""A reschedule, the `cause`, put the rows `after` in the place of those `before`. What was directed to one that no more
	stands on its day is withdrawn: its number may be another debt's now. The caller holds the plan and recomputes it."""
	standing = {(row.number, row.due_date) for row in before} & {(row.number, row.due_date) for row in after}
	numbers = {number for number, _day in standing}
	for one in directions.of_plan(plan):
		if one.write_off or one.number in numbers:
			continue
		doc = frappe.get_doc(directions.DIRECTION, one.name)
		_take_back(doc)
		because = said(
			lambda lang: _(
				"withdrawn, because {0} moved the instalment: the payment settles the oldest.", lang=lang
			).format(cause)
		)
		doc.add_comment("Info", because.html)


def _take_back(doc: Document) -> None:
	doc.db_set(
		{
			"status": directions.WITHDRAWN,
			"applied": 0,
			"withdrawn_by": frappe.session.user,
			"withdrawn_at": now_datetime(),
		}
	)


def refuse_deletion(doc: Document) -> None:
	_refuse(_("A direction is kept. Withdraw it instead of deleting it."))


def _recompute(doc: Document, action: str) -> None:
	cause = Cause(doc.doctype, doc.name, action)
	balances.enlist_plans({doc.sales_invoice: doc.plan}, cause)


def _check_figures(doc: Document, debt: Debt) -> None:
	amount, voucher = to_money(doc.amount), (doc.voucher_type, doc.voucher_no)
	if debt.header.status not in balances.LIVE:
		state = _(debt.header.status, context="Instalment Plan")
		_refuse(
			_("The plan of {0} is {1}. Choose an invoice that is submitted and not cancelled.").format(
				doc.sales_invoice, state
			)
		)
	if amount <= 0:
		_refuse(_("Enter an amount above zero."))
	free, room = debt.free(voucher), debt.room(voucher)
	if doc.number not in room:
		_refuse(
			_("{0} has no instalment {1}. Choose one from {2} to {3}.").format(
				doc.sales_invoice, doc.number, min(room), max(room)
			)
		)
	if amount > free:
		_refuse(
			_("{0} settles {1} of {2} that is not directed yet; {3} cannot be directed.").format(
				doc.voucher_no, _shown(free, debt), doc.sales_invoice, _shown(amount, debt)
			)
		)
	if amount > room[doc.number]:
		_refuse(
			_("Instalment {0} of {1} owes {2} without this payment; {3} cannot be directed to it.").format(
				doc.number, doc.sales_invoice, _shown(room[doc.number], debt), _shown(amount, debt)
			)
		)


def _shown(amount: Decimal, debt: Debt) -> Any:
	return fmt_money(amount, precision=2, currency=debt.header.currency)


def _refuse(message: str) -> NoReturn:
	frappe.throw(message, InstalmentPlanError, title=_("Payment cannot be directed"))
