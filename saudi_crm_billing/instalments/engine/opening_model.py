"""What an opening import file is made of: its columns, and the plans that its rows make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from saudi_crm_billing.instalments.engine.opening_cells import (
	read_amount,
	read_count,
	read_date,
	read_number,
	read_text,
)
from saudi_crm_billing.instalments.engine.opening_findings import Finding


@dataclass(frozen=True)
class Column:
	"""A column of the file: its headings in both languages, how a cell is read, and whether it must be there."""

	key: str
	en: str
	ar: str
	read: Callable[[object], Any]
	required: bool = True


COLUMNS = (
	Column("invoice", "Invoice Number", "رقم الفاتورة", read_text),
	Column("customer", "Customer", "العميل", read_text),
	Column("posting_date", "Invoice Date", "تاريخ الفاتورة", read_date),
	Column("total", "Invoice Total", "إجمالي الفاتورة", read_amount),
	Column("number", "Instalment Number", "رقم القسط", read_count),
	Column("due_date", "Due Date", "تاريخ الاستحقاق", read_date),
	Column("amount", "Instalment Amount", "مبلغ القسط", read_amount),
	Column("paid", "Paid So Far", "المدفوع حتى الآن", read_amount, required=False),
	Column("paid_on", "Last Payment Date", "تاريخ آخر دفعة", read_date, required=False),
	Column("currency", "Currency", "العملة", read_text, required=False),
	Column("rate", "Exchange Rate", "سعر الصرف", read_number, required=False),
	Column("remarks", "Remarks", "ملاحظات", read_text, required=False),
)
BY_KEY = {column.key: column for column in COLUMNS}
COMMON = ("customer", "posting_date", "total", "currency", "rate")
"""What all rows of one invoice say alike; a later row may leave it empty."""
FIRST_ROW_ONLY = ("customer", "posting_date", "total")


@dataclass(frozen=True)
class OpeningInstalment:
	row: int
	number: int
	due_date: date
	amount: Decimal
	paid: Decimal = Decimal(0)
	paid_on: date | None = None

	@property
	def owed(self) -> Decimal:
		return self.amount - self.paid


@dataclass(frozen=True)
class OpeningPlan:
	"""What the old system says of one invoice; instalments by number. `currency` empty: the company's."""

	invoice: str
	customer: str
	posting_date: date
	total: Decimal
	currency: str
	rate: Decimal | None
	remarks: str
	instalments: tuple[OpeningInstalment, ...]

	@property
	def paid(self) -> Decimal:
		return sum((row.paid for row in self.instalments), Decimal(0))

	@property
	def owed(self) -> Decimal:
		return self.total - self.paid

	@property
	def row(self) -> int:
		return min(instalment.row for instalment in self.instalments)

	@property
	def paid_on(self) -> date | None:
		return max((row.paid_on for row in self.instalments if row.paid_on), default=None)


@dataclass(frozen=True)
class OpeningFile:
	"""`plans` only where the whole file is right; `readable` are those whose rows could be read, for more checks."""

	rows: int
	plans: tuple[OpeningPlan, ...]
	findings: tuple[Finding, ...]
	readable: tuple[OpeningPlan, ...] = ()


Row = dict[str, Any]
"""The values of one row by column key, and its number under "row"; None where a cell is empty or cannot be read."""

Unread = frozenset[tuple[int, str]]
"""Row and column key of the cells that could not be read: they are told already."""
