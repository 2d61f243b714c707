"""Differences between Frappe 15 and 16, one function each; every function says when it may be deleted."""

from __future__ import annotations

from typing import Any

import frappe
from pypika.queries import QueryBuilder
from pypika.terms import Term
from pypika.utils import format_alias_sql


def desk_path(route: str = "") -> str:
	"""The Desk's address below the site: `/app/…` in 15, `/desk/…` in 16. Delete when v15 is dropped."""
	prefix = "app" if int(frappe.__version__.split(".")[0]) < 16 else "desk"
	return f"/{prefix}/{route}".rstrip("/")


def payment_requests_know_due_dates() -> bool:
	"""Core's own requests of single due dates: a table of them in 16. Delete when v15 is dropped."""
	return bool(frappe.get_meta("Payment Request").has_field("payment_reference"))


def in_test() -> bool:
	"""Whether the framework runs tests: a flag in 15, an attribute in 16. Delete when v15 is dropped."""
	return bool(getattr(frappe, "in_test", False) or frappe.flags.in_test)


class _Written(Term):
	"""A SELECT that the framework has already written out, in brackets."""

	def __init__(self, sql: str) -> None:
		super().__init__()
		self.sql = sql

	def get_sql(self, **kwargs: Any) -> str:
		"""With its percent signs doubled, for the driver puts values into the whole."""
		return format_alias_sql(f"({self.sql.replace('%', '%%')})", self.alias, **kwargs)


def names_that_the_user_reads(doctype: str) -> Term:
	"""For `field IN …`: `get_list` gives SQL text in 15, a query in 16. Delete when v15 is dropped."""
	selected = frappe.get_list(doctype, fields=["name"], limit_page_length=0, order_by="", run=False)
	return selected if isinstance(selected, QueryBuilder) else _Written(selected)
