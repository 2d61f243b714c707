"""Which messages go out on a day: one a customer, with all that this customer has to know."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from saudi_crm_billing.collection.engine.keys import reminder_key
from saudi_crm_billing.collection.engine.steps import Steps, due_step, is_overdue, may_send


class Owed(Protocol):
	"""An open instalment, as the instalments slice reports it; `outstanding` in `currency`, above zero."""

	@property
	def plan(self) -> str: ...
	@property
	def sales_invoice(self) -> str: ...
	@property
	def customer(self) -> str: ...
	@property
	def number(self) -> int: ...
	@property
	def due_date(self) -> date: ...
	@property
	def outstanding(self) -> Decimal: ...
	@property
	def currency(self) -> str: ...


@dataclass(frozen=True)
class Reminder:
	"""One instalment that reached a step, and the key under which that is said once."""

	owed: Owed
	step: int
	key: str


@dataclass(frozen=True)
class CustomerMessage:
	"""What one customer is told on one day.

	`reminders` are the reason for the message; `rows` are those and all else that is due or overdue, oldest
	first, so that the customer sees the whole sum.
	"""

	customer: str
	reminders: tuple[Reminder, ...]
	rows: tuple[Owed, ...]

	@property
	def step(self) -> int:
		"""The most advanced step among the reasons: it sets the tone."""
		return max(reminder.step for reminder in self.reminders)

	@property
	def keys(self) -> tuple[str, ...]:
		return tuple(sorted(reminder.key for reminder in self.reminders))


def due_reminders(owed: Iterable[Owed], steps: Steps, today: date) -> tuple[Reminder, ...]:
	"""Every open instalment that stands at a step; whether that was said before is not looked at."""
	found = []
	for row in owed:
		step = due_step(row.due_date, steps, today)
		if step is not None and row.outstanding > 0:
			key = reminder_key(row.sales_invoice, row.number, step, row.due_date)
			found.append(Reminder(row, step, key))
	return tuple(found)


def plan_messages(
	owed: Iterable[Owed], steps: Steps, today: date, done: Collection[str] = frozenset()
) -> tuple[CustomerMessage, ...]:
	"""One message for every customer with a reminder whose key is not in `done`; none on a forbidden day."""
	if not may_send(today, steps):
		return ()
	rows = by_customer(row for row in owed if row.outstanding > 0)
	messages = []
	for customer, open_rows in sorted(rows.items()):
		new = [one for one in due_reminders(open_rows, steps, today) if one.key not in done]
		if new:
			messages.append(CustomerMessage(customer, tuple(new), _rows_to_tell(new, open_rows, today)))
	return tuple(messages)


def by_customer(owed: Iterable[Owed]) -> dict[str, list[Owed]]:
	rows: dict[str, list[Owed]] = {}
	for row in owed:
		rows.setdefault(row.customer, []).append(row)
	return rows


def _rows_to_tell(reminders: Iterable[Reminder], open_rows: Iterable[Owed], today: date) -> tuple[Owed, ...]:
	reasons = {(reminder.owed.sales_invoice, reminder.owed.number) for reminder in reminders}
	rows = [row for row in open_rows if row.due_date <= today or (row.sales_invoice, row.number) in reasons]
	return tuple(sorted(rows, key=lambda row: (row.due_date, row.sales_invoice, row.number)))


def overdue_rows(owed: Iterable[Owed], today: date) -> tuple[Owed, ...]:
	"""What is past its due date and still owed, oldest first."""
	rows = [row for row in owed if row.outstanding > 0 and is_overdue(row.due_date, today)]
	return tuple(sorted(rows, key=lambda row: (row.due_date, row.customer, row.sales_invoice, row.number)))


def totals(rows: Iterable[Owed]) -> dict[str, Decimal]:
	"""Sum of outstanding by currency, never across currencies."""
	sums: dict[str, Decimal] = {}
	for row in rows:
		sums[row.currency] = sums.get(row.currency, Decimal(0)) + row.outstanding
	return dict(sorted(sums.items()))
