"""What collection needs on a site: one field on Customer and the collector's role.

It seeds nothing: a company without an enabled Instalment Reminder Policy gets no reminder and no digest.
"""

from __future__ import annotations

MODULE = "Collection"

ROLES = ["SCB Collector"]

CUSTOM_FIELDS: dict[str, list[dict]] = {
	"Customer": [
		{
			"fieldname": "scb_no_reminders",
			"fieldtype": "Check",
			"label": "No instalment reminders",
			"description": "The customer gets no reminders of instalments. The log shows them as skipped.",
			"insert_after": "language",
			"translatable": 0,
			"module": MODULE,
		}
	]
}


def seed() -> None:
	"""Nothing: the first texts and steps come with a new policy (texts.py)."""
