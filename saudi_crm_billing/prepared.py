"""Queries that are built once and run often: to build one takes longer than its answer, and a payment asks many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import frappe
from pypika import Parameter


class Prepared:
	"""What `build` makes with the query builder, kept as text for each kind of database.

	Where a value comes in at each run, the query has a `given` name.
	"""

	def __init__(self, build: Callable[[], Any]) -> None:
		self.build = build
		self.texts: dict[str, str] = {}

	def run(self, values: Mapping[str, Any], **options: Any) -> Any:
		"""As `frappe.db.sql`: tuples, unless `options` say otherwise."""
		kind = frappe.conf.db_type
		text = self.texts.get(kind) or self.texts.setdefault(kind, self.build().get_sql())
		return frappe.db.sql(text, values, **options)  # nosemgrep: the query builder made the text


def given(name: str) -> Parameter:
	"""A place in a prepared query for the value of this name."""
	return Parameter(f"%({name})s")
