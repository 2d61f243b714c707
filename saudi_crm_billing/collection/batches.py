"""Work in a transaction a piece: what one piece breaks is rolled back, logged, and stops nobody else's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import frappe
from frappe import _


def each_committed(
	names: Iterable[str], work: Callable[[str], Counter[str]], reference_doctype: str
) -> Counter[str]:
	"""Run `work` on every name, a commit after each; returns the sum of what the pieces counted.

	A failure counts as "errors" and goes to the Error Log. A unique key that another process wrote meanwhile
	counts as nothing: that process said it.
	"""
	counts: Counter[str] = Counter()
	for name in names:
		try:
			counts += work(name)
			frappe.db.commit()
		except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
			frappe.db.rollback()
			frappe.clear_last_message()
		except Exception:
			frappe.db.rollback()
			frappe.log_error(
				title=_("Instalment reminders"), reference_doctype=reference_doctype, reference_name=name
			)
			frappe.db.commit()
			counts["errors"] += 1
	return counts
