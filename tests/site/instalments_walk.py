"""A random walk over everything that moves the debt of invoices with a plan; each step a document, as a user makes it.

The walk keeps a log that names its seed and every step, so that a failure can be walked again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import settling_helpers as settle
from frappe.model.document import Document

RATE = 3.75
"""Riyals to a dollar when the dollar invoice is made; it is paid at others."""


RULES = {
	1: "Oldest first",
	3: "Proportional",
	5: "Oldest first",
	6: "Last first",
	7: "Last first",
	12: "Oldest first",
}
"""For credit notes, by the number of instalments."""

INVOICES = ((1, 1, 99.99), (2, 3, 300), (2, 12, 1000.01), (2, 6, 750.25), (3, 7, 11500))
"""Customer, number of instalments, total: the second customer has three."""


@dataclass
class Walk:
	"""The state of a walk: its invoices, and what may still be cancelled or undone."""

	seed: int
	invoices: list[Document] = field(default_factory=list)
	vouchers: list[Document] = field(default_factory=list)
	receipts: list[Document] = field(default_factory=list)
	directions: list[str] = field(default_factory=list)
	reschedules: list[tuple[Document, list[Any]]] = field(default_factory=list)
	log: list[str] = field(default_factory=list)

	def __post_init__(self) -> None:
		self.random = random.Random(self.seed)

	def note(self, text: str) -> None:
		self.log.append(f"{len(self.log) + 1}. {text}")

	def step(self, kinds: Mapping[Event, int]) -> None:
		"""One event that is possible now; `kinds` says how often each is drawn."""
		while not self.random.choices(list(kinds), list(kinds.values()))[0](self):
			pass

	def an_invoice(self, *, owing: bool = True, dollar: bool | None = None) -> Document | None:
		"""One of those in a state that the step can work on."""
		fitting = [
			invoice
			for invoice in (self.owing() if owing else self.invoices)
			if dollar is None or (invoice.currency == "USD") == dollar
		]
		return self.random.choice(fitting).reload() if fitting else None

	def owing(self, customer: int | None = None) -> list[Document]:
		filters = {"name": ("in", [one.name for one in self.invoices]), "outstanding_amount": (">", 0)}
		if customer:
			filters["customer"] = named(customer)
		names = frappe.get_all("Sales Invoice", filters, pluck="name")
		return [one for one in self.invoices if one.name in names]

	def part_of(self, amount: float) -> float:
		"""The whole, a residue of some halalas, or any part."""
		halalas = int(steps.money(amount) * 100)
		chosen = self.random.choice([halalas, min(halalas, self.random.randint(1, 10))])
		return self.random.choice([chosen, self.random.randint(1, halalas)]) / 100


Event = Callable[[Walk], bool]
"""Does one thing, and says whether it was possible."""


def a_walk(seed: int) -> Walk:
	"""Six invoices, the last of them in dollars."""
	walk = Walk(seed)
	settle.settings()
	for number, count, total in INVOICES:
		credit_rule(RULES[count])
		customer = named(number)
		walk.invoices.append(a_long_invoice(customer, count, total, **an_advance(walk, customer, count)))
	walk.invoices.append(a_dollar_invoice("Walking Dollar Customer", 5, 1234.57))
	return walk


def named(customer: int) -> str:
	return make.a_customer(f"Walking Customer {customer}")


def an_advance(walk: Walk, customer: str, count: int) -> dict[str, Any]:
	"""The invoice of seven takes a receipt that was there before it, until the walk unreconciles that; the others are
	made without."""
	if count != 7:
		return {}
	walk.receipts.append(steps.a_receipt(customer, 1700))
	return {"allocate_advances_automatically": 1}


def credit_rule(rule: str) -> None:
	"""Of the company from now on."""
	frappe.get_doc("Instalment Settings", make.COMPANY).update({"credit_note_rule": rule}).save()


def a_long_invoice(customer: str, count: int, total: float, **values: Any) -> Document:
	"""Sold by the riyal, so that any whole part of it can be returned."""
	whole = int(total)
	items = [make.line(rate=1, qty=whole, uom="Hour", stock_uom="Hour", item=an_hourly_item())]
	if rest := float(steps.money(total) - whole):
		items.append(make.line(rate=rest))
	template = steps.a_template(f"Walk of {count}", instalment_count=count)
	invoice = make.a_sales_invoice(
		customer,
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


def money(value: Any) -> Decimal:
	return steps.money(value or 0)
