"""Columns, pages and amounts as all reports of instalments show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, fmt_money

Row = dict[str, Any]

PAGE_SIZE = 500
MOST_ROWS = 5000
"""More rows than this are never sent to a browser at once."""


@dataclass(frozen=True)
class Page:
	"""A page of a long list, the first being 1."""

	number: int
	size: int

	@property
	def offset(self) -> int:
		return (self.number - 1) * self.size

	def of(self, rows: Sequence[Any]) -> Sequence[Any]:
		"""Of a list that is known as a whole, what is on the page."""
		return rows[self.offset : self.offset + self.size]

	def message(self, found: int) -> str | None:
		"""What of the `found` rows is shown; None when all are."""
		if found <= self.size and self.number == 1:
			return None
		if self.offset >= found:
			return _("Page {0} is beyond the last one, {1}. The figures above add up all {2} rows.").format(
				self.number, max(-(-found // self.size), 1), found
			)
		last = min(self.offset + self.size, found)
		return _("Rows {0} to {1} of {2}. The figures above add up all of them.").format(
			self.offset + 1, last, found
		)


def page_of(filters: frappe._dict) -> Page:
	size = cint(filters.get("page_size")) or PAGE_SIZE
	if size > MOST_ROWS:
		frappe.throw(_("At most {0} rows are shown on a page.").format(MOST_ROWS))
	return Page(max(cint(filters.get("page")), 1), max(size, 1))


PLAN, INVOICE = 240, 190
"""Widths in which the numbers of a plan and of an invoice are whole."""
FIGURES = ("Currency", "Float", "Int", "Percent")


def column(fieldname: str, label: str, fieldtype: str = "Data", width: int = 120, **more: Any) -> Row:
	# Without an alignment the Desk takes a column whose first cell is empty for one of numbers.
	aligned = {} if fieldtype in FIGURES else {"align": "left"}
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **aligned, **more}


def money(fieldname: str, label: str, width: int = 130, currency: str = "currency") -> Row:
	return column(fieldname, label, "Currency", width, options=currency)


def link(fieldname: str, label: str, doctype: str, width: int = 150) -> Row:
	"""A link for those who may open it, else its name: core refuses a report that links to what may not be read."""
	if frappe.has_permission(doctype, "read"):
		return column(fieldname, label, "Link", width, options=doctype)
	return column(fieldname, label, width=width)


def currency_column(fieldname: str = "currency") -> Row:
	"""Of the amounts beside it, unseen."""
	return {**link(fieldname, _("Currency"), "Currency", 70), "hidden": 1}


def currency_of(company: str) -> str:
	return str(frappe.get_cached_value("Company", company, "default_currency"))


def number(value: Decimal | float | int | None) -> float:
	"""For the screen and the spreadsheet, where core would write a Decimal as text."""
	return float(value or 0)


def filled(columns: list[Row], rows: list[Row], currency: str) -> list[Row]:
	"""With every cell said, for the Desk shows an amount that is left out as 0; and the currency of the amounts."""
	empty: Row = {one["fieldname"]: None for one in columns}
	return [{**empty, "currency": currency, **row} for row in rows]


def figure(label: str, value: float, currency: str, indicator: str = "Blue") -> Row:
	"""An amount above the report."""
	return {
		"label": label,
		"value": value,
		"datatype": "Currency",
		"currency": currency,
		"indicator": indicator,
	}


def count(label: str, value: int, indicator: str = "Blue") -> Row:
	return {"label": label, "value": value, "datatype": "Int", "indicator": indicator}


def chart(labels: list[str], series: dict[str, list[float]], currency: str, **more: Any) -> Row:
	datasets = [{"name": name, "values": values} for name, values in series.items()]
	return {
		"data": {"labels": labels, "datasets": datasets},
		"type": "bar",
		"fieldtype": "Currency",
		"options": "currency",
		"currency": currency,
		**more,
	}


def shown(amount: Decimal | float) -> str:
	"""Within a text, without the currency's sign: among digits an Arabic one turns the order around."""
	return str(fmt_money(amount, precision=2))
