"""Differences between Frappe 15 and 16, one function each; every function says when it may be deleted."""

from __future__ import annotations

import frappe


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
