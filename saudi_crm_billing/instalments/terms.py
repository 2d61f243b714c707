"""The only writer of the Payment Terms that instalments use: one name a number, so that every row of a schedule has
a term of its own (core updates paid amounts by parent and term name)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import frappe
from frappe.utils import now

DOWN_PAYMENT_TERM = "Instalment 000 (down payment)"
SEEDED = 121
LEFT_EMPTY = ("invoice_portion", "mode_of_payment", "credit_days", "credit_months", "discount", "description")


def term_name(number: int) -> str:
	return DOWN_PAYMENT_TERM if number == 0 else f"Instalment {number:03d}"


def ensure_terms(numbers: Iterable[int], stored: Collection[str] = ()) -> None:
	"""Add the terms that are missing; those in `stored` are known to be there.

	They are labels without rights, so no role is asked for.
	"""
	names = [name for number in sorted(numbers) if (name := term_name(number)) not in stored]
	if not names:
		return
	known = set(frappe.get_all("Payment Term", filters={"name": ("in", names)}, pluck="name"))
	missing = [name for name in names if name not in known]
	if missing:
		fields = ["name", "payment_term_name", "owner", "modified_by", "creation", "modified"]
		user, time = frappe.session.user, now()
		rows = [(name, name, user, user, time, time) for name in missing]
		frappe.db.bulk_insert("Payment Term", fields, rows, ignore_duplicates=True)


def own_terms() -> set[str]:
	"""The terms made here: these very names, with nothing but a name. One that a user filled in is the user's."""
	found = frappe.get_all("Payment Term", {"name": ("like", "Instalment %")}, ["name", *LEFT_EMPTY])
	return {
		term.name
		for term in found
		if (term.name == DOWN_PAYMENT_TERM or re.fullmatch(r"Instalment \d{3,}", term.name))
		and not any(term[field] for field in LEFT_EMPTY)
	}
