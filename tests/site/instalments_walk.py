"""A random walk over everything that moves the debt of invoices with a plan; each step a document, as a user makes it.

The walk keeps a log that names its seed and every step, so that a failure can be walked again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.model.document import Document
from frappe.utils import nowdate

from saudi_crm_billing.instalments.directing.api import direct, directable, withdraw

RATE = 3.75
"""Riyals to a dollar when the dollar invoice is made; it is paid at others."""


RULES = {1: "Oldest first", 3: "Proportional", 5: "Oldest first", 7: "Last first", 12: "Oldest first"}
"""For credit notes, by the number of instalments."""


@dataclass
class Walk:
	"""The state of a walk: its invoices and the vouchers that may still be cancelled."""

	seed: int
	invoices: list[Document] = field(default_factory=list)
	vouchers: list[Document] = field(default_factory=list)
	receipts: list[Document] = field(default_factory=list)
	directions: list[str] = field(default_factory=list)
	log: list[str] = field(default_factory=list)

	def __post_init__(self) -> None:
		self.random = random.Random(self.seed)

	def note(self, text: str) -> None:
		self.log.append(f"{len(self.log) + 1}. {text}")

	def step(self) -> None:
		"""One event that is possible now."""
		while True:
			kind = self.random.choices(list(KINDS), list(KINDS.values()))[0]
			if kind(self):
				return

	def an_invoice(self, *, owing: bool = True, dollar: bool | None = None) -> Document | None:
		"""One of those in a state that the step can work on."""
		fitting = [
			invoice.reload()
			for invoice in self.invoices
			if dollar is None or (invoice.currency == "USD") == dollar
		]
		fitting = [invoice for invoice in fitting if invoice.outstanding_amount > 0 or not owing]
		return self.random.choice(fitting) if fitting else None

	def part_of(self, amount: float) -> float:
		"""The whole, a residue of some halalas, or any part."""
		halalas = int(steps.money(amount) * 100)
		chosen = self.random.choice([halalas, min(halalas, self.random.randint(1, 10))])
		return self.random.choice([chosen, self.random.randint(1, halalas)]) / 100


def a_walk(seed: int) -> Walk:
	"""Five invoices, one of them in dollars; a customer each, so that reconciliation pairs what a step made."""
	walk = Walk(seed)
	for number, (count, total) in enumerate(((1, 99.99), (3, 300), (7, 11500), (12, 1000.01)), start=1):
		customer = f"Walking Customer {number}"
		credit_rule(RULES[count])
		walk.invoices.append(a_long_invoice(customer, count, total, **an_advance(walk, customer, count)))
	walk.invoices.append(a_dollar_invoice("Walking Dollar Customer", 5, 1234.57))
	return walk


def an_advance(walk: Walk, customer: str, count: int) -> dict[str, Any]:
	"""The invoice of seven takes a receipt that was there before it, until the walk unreconciles that; the others are
	made without."""
	if count != 7:
		return {}
	walk.receipts.append(steps.a_receipt(make.a_customer(customer), 1700))
	return {"allocate_advances_automatically": 1}


def credit_rule(rule: str) -> None:
	"""Of the company from now on."""
	if not frappe.db.exists("Instalment Settings", make.COMPANY):
		make.insert("Instalment Settings", company=make.COMPANY)
	frappe.get_doc("Instalment Settings", make.COMPANY).update({"credit_note_rule": rule}).save()


def a_long_invoice(customer: str, count: int, total: float, **values: Any) -> Document:
	"""Sold by the riyal, so that any whole part of it can be returned."""
	whole = int(total)
	items = [make.line(rate=1, qty=whole, uom="Hour", stock_uom="Hour", item=an_hourly_item())]
	if rest := float(steps.money(total) - whole):
		items.append(make.line(rate=rest))
	template = steps.a_template(f"Walk of {count}", instalment_count=count)
	invoice = make.a_sales_invoice(
		make.a_customer(customer),
		items=items,
		scb_plan_template=template,
		disable_rounded_total=1,
		**values,
	)
	return steps.commit(invoice.insert().submit())


def an_hourly_item() -> str:
	if not frappe.db.exists("UOM", "Hour"):
		make.insert("UOM", uom_name="Hour")
	return make.an_item("SCB-HOURLY", stock_uom="Hour")


def a_dollar_invoice(customer: str, count: int, total: float, rate: float = RATE) -> Document:
	"""In dollars, on a receivable account in dollars."""
	customer, account = steps.a_dollar_customer(customer), steps.a_dollar_account()
	dollars = {"currency": "USD", "conversion_rate": rate, "plc_conversion_rate": 1}
	return a_long_invoice(customer, count, total, debit_to=account, **dollars)


def pays(walk: Walk) -> bool:
	invoice = walk.an_invoice(dollar=False)
	if not invoice:
		return False
	amount = walk.part_of(invoice.outstanding_amount)
	walk.note(f"pay {amount} of {invoice.name}")
	walk.vouchers.append(steps.pay(invoice, amount))
	return True


def pays_in_dollars(walk: Walk) -> bool:
	"""At another rate than the invoice's: core posts the exchange gain or loss by a journal of its own."""
	invoice = walk.an_invoice(dollar=True)
	if not invoice:
		return False
	amount, rate = walk.part_of(invoice.outstanding_amount), walk.random.choice([3.6, 3.75, 3.8123])
	walk.note(f"pay USD {amount} of {invoice.name} at {rate}")
	walk.vouchers.append(steps.pay_dollars(invoice, amount, rate))
	return True


def pays_several(walk: Walk) -> bool:
	"""One Payment Entry, two references to the same invoice where there is room for both."""
	invoice = walk.an_invoice(dollar=False)
	if not invoice or invoice.outstanding_amount < 1:
		return False
	last = next((row for row in reversed(invoice.payment_schedule) if row.outstanding), None)
	if not last:  # core refuses money for a term that owes nothing
		return False
	half = walk.part_of(min(invoice.outstanding_amount / 2, last.outstanding))
	other = invoice.outstanding_amount - half
	payment = get_payment_entry("Sales Invoice", invoice.name, bank_account=make.account("Cash"))
	payment.reference_no, payment.reference_date = "TEST", nowdate()
	payment.references[0].update({"allocated_amount": half, "payment_term": last.payment_term})
	row = payment.references[0].as_dict()
	for key in ("name", "idx", "parent"):
		row.pop(key, None)
	part = walk.part_of(other)
	payment.append("references", {**row, "allocated_amount": part, "payment_term": None})
	payment.paid_amount = payment.received_amount = float(steps.money(half) + steps.money(part))
	walk.note(f"pay {half} (for {last.payment_term}) and {part} of {invoice.name} by one Payment Entry")
	payment.insert().submit()
	walk.vouchers.append(steps.commit(payment))
	return True


def journal(walk: Walk) -> bool:
	invoice = walk.an_invoice(dollar=False)
	if not invoice:
		return False
	amount = walk.part_of(invoice.outstanding_amount)
	account = walk.random.choice(["Cash", "Write Off"])
	walk.note(f"journal {amount} of {invoice.name} to {account}")
	walk.vouchers.append(steps.a_journal_receipt(invoice, amount, account))
	return True


def charge(walk: Walk) -> bool:
	invoice = walk.an_invoice(owing=False, dollar=False)
	if not invoice:
		return False
	amount = walk.part_of(invoice.grand_total / 4)
	walk.note(f"charge {amount} to {invoice.name} by journal")
	walk.vouchers.append(steps.a_journal_receipt(invoice, -amount))
	return True


def credits(walk: Walk) -> bool:
	invoice = walk.an_invoice()
	if not invoice or invoice.outstanding_amount < 1:
		return False
	line = invoice.items[0]
	filters = {"sales_invoice_item": line.name, "docstatus": 1}
	returned = sum(frappe.get_all("Sales Invoice Item", filters, pluck="qty"))
	most = min(int(invoice.outstanding_amount), int(line.qty + returned))
	if most < 1:
		return False
	amount = walk.random.choice([most, walk.random.randint(1, most)])
	walk.note(f"credit {amount} of {invoice.name}")
	walk.vouchers.append(a_return(invoice, amount))
	return True


def a_return(invoice: Document, amount: int) -> Document:
	note = make_sales_return(invoice.name)
	note.update({"update_outstanding_for_self": 0, "disable_rounded_total": 1})
	note.set("items", note.items[:1])
	note.items[0].qty = -amount
	note.calculate_taxes_and_totals()
	note.insert().submit()
	return steps.commit(note)


def receives(walk: Walk) -> bool:
	"""An advance, settled against the customer's invoice by Payment Reconciliation."""
	invoice = walk.an_invoice(dollar=False)
	if not invoice:
		return False
	amount = walk.part_of(invoice.outstanding_amount)
	walk.note(f"receive {amount} from {invoice.customer} and reconcile")
	receipt = steps.a_receipt(invoice.customer, amount)
	steps.reconcile(invoice.customer)
	walk.vouchers.append(receipt)
	walk.receipts.append(receipt)
	return True


def unreconciles(walk: Walk) -> bool:
	fitting = [receipt for receipt in walk.receipts if receipt.reload().docstatus == 1 and receipt.references]
	if not fitting:
		return False
	receipt = walk.random.choice(fitting)
	walk.note(f"unreconcile {receipt.name}")
	steps.unreconcile(receipt)
	return True


def cancels(walk: Walk) -> bool:
	if not walk.vouchers:
		return False
	place = walk.random.randrange(len(walk.vouchers))
	advance = {"reference_name": walk.vouchers[place].name, "docstatus": 1}
	if frappe.db.exists("Sales Invoice Advance", advance):  # core lets nobody cancel it
		return False
	voucher = walk.vouchers.pop(place)
	walk.note(f"cancel {voucher.doctype} {voucher.name}")
	voucher.reload().cancel()
	frappe.db.commit()
	return True


def directs(walk: Walk) -> bool:
	"""Some of what a payment settles goes to an instalment that the customer names."""
	invoice = walk.an_invoice(owing=False)
	payments = directable(invoice.name)["payments"] if invoice else []
	if not payments:
		return False
	payment = walk.random.choice(payments)
	row = walk.random.choice(payment["instalments"]) if payment["instalments"] else None
	if not row:
		return False
	amount = walk.part_of(min(payment["free"], row["owes"]))
	voucher = (payment["voucher_type"], payment["voucher_no"])
	walk.note(f"direct {amount} of {voucher[1]} to instalment {row['number']} of {invoice.name}")
	walk.directions.append(direct(invoice.name, *voucher, row["number"], amount, "as the customer asks"))
	frappe.db.commit()
	return True


def withdraws(walk: Walk) -> bool:
	known = [name for name in walk.directions if frappe.db.exists("Instalment Direction", name)]
	if not known:
		return False
	name = walk.random.choice(known)
	walk.directions.remove(name)
	walk.note(f"withdraw {name}")
	withdraw(name)
	frappe.db.commit()
	return True


def sells_again(walk: Walk) -> bool:
	"""Cancel an invoice, whose payments core unlinks, and sell the same anew."""
	number = walk.random.randrange(4)
	old = walk.invoices[number].reload()
	walk.note(f"cancel {old.name} and sell anew")
	notes = frappe.get_all("Sales Invoice", {"return_against": old.name, "docstatus": 1}, pluck="name")
	for name in notes:
		frappe.get_doc("Sales Invoice", name).cancel()
	walk.vouchers = [voucher for voucher in walk.vouchers if voucher.name not in notes]
	steps.commit(old.reload().cancel())
	count = frappe.db.get_value("Instalment Plan", {"reference_name": old.name}, "instalment_count")
	credit_rule(RULES[count])
	walk.invoices[number] = a_long_invoice(old.customer, count, old.grand_total)
	return True


KINDS: dict[Callable[[Walk], bool], int] = {
	pays: 5,
	pays_several: 3,
	pays_in_dollars: 4,
	journal: 4,
	charge: 1,
	credits: 3,
	receives: 3,
	unreconciles: 2,
	cancels: 12,
	directs: 4,
	withdraws: 1,
	sells_again: 1,
}
"""How often each kind is drawn; cancels keep the debt from running out."""


def money(value: Any) -> Decimal:
	return steps.money(value or 0)
