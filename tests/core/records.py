"""Make ERPNext's test records once on a site without this app: `python records.py SITE DOCTYPE…`, in the bench's sites.

ERPNext's tests change what they share, so that each doctype's run starts from the database that this leaves.
"""

from __future__ import annotations

import sys

import frappe
from erpnext.setup.utils import before_tests
from frappe.test_runner import make_test_records
from frappe.utils.scheduler import disable_scheduler

TRIES = 6


def main(site: str, doctypes: list[str]) -> None:
	frappe.init(site=site, sites_path=".")
	frappe.connect()
	frappe.flags.in_test = True
	frappe.local.test_objects = {}
	disable_scheduler()
	before_tests()
	disable_dimensions()
	for doctype in doctypes:
		make(doctype)
	make_dimensions()
	disable_dimensions()
	frappe.destroy()


def make(doctype: str) -> None:
	"""The records of a doctype and of all that it links to; a dimension made on the way stops those behind it."""
	for attempt in range(1, TRIES + 1):
		try:
			make_test_records(doctype, verbose=0, commit=True)
			return
		except frappe.ValidationError:
			if attempt == TRIES:
				raise
			frappe.db.rollback()
			disable_dimensions()


def make_dimensions() -> None:
	"""Some tests make them: their columns must be there, since adding one commits what a test rolls back."""
	# A module of tests, which reads records while it is imported and so needs the site.
	from erpnext.accounts.doctype.accounting_dimension.test_accounting_dimension import create_dimension

	create_dimension()


def disable_dimensions() -> None:
	"""Mandatory Accounting Dimensions of core's test records refuse each document of another doctype's tests."""
	for name in frappe.get_all("Accounting Dimension", pluck="name"):
		frappe.db.set_value("Accounting Dimension", name, "disabled", 1)
	frappe.db.commit()  # nosemgrep: a command of its own
	frappe.clear_cache()


if __name__ == "__main__":
	main(sys.argv[1], sys.argv[2:])
