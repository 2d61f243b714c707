"""Time and highest memory of the daily drift check over all plans of a site that are still followed.

The data is that of `ageing.py`, made once and kept: all plans agree with the ledger, which is asserted. Then figures of
three plans are changed by plain SQL, as a data patch does, and exactly these must be found; that is taken back.
"""

from __future__ import annotations

import argparse
import resource
import time

import frappe
import instalment_data as data
from frappe.utils import getdate
from selling_sites import connected
from timing import machine

DISTURBED = (
	("Payment Ledger Entry", "amount_in_account_currency", "voucher_no", 7),
	("Instalment", "outstanding", "sales_invoice", 11),
	("Instalment Plan", "not_scheduled", "reference_name", 19),
)
"""A column that is changed, the column that names the invoice, and the number of the invoice."""


def check() -> tuple[list[str], str]:
	"""What is found, and the seconds by the clock and of Python's own."""
	from saudi_crm_billing.instalments.tasks import plans_off_the_ledger

	start, own = time.perf_counter(), time.process_time()
	found = plans_off_the_ledger()
	return found, f"{time.perf_counter() - start:.1f} s, of which Python {time.process_time() - own:.1f} s"


def disturb(invoices: int) -> list[str]:
	"""Change a figure of three plans; their names."""
	names = []
	for doctype, column, key, number in DISTURBED:
		invoice = f"{data.company_of(invoices)}-{number:06d}"
		table = frappe.qb.DocType(doctype)
		change = frappe.qb.update(table).set(table[column], table[column] + 0.01).where(table[key] == invoice)
		change.limit(1).run()
		names.append(f"PLAN-{invoice}")
	return names


def measure(invoices: int) -> None:
	plans, rows = frappe.db.count("Instalment Plan"), frappe.db.count("Instalment")
	found, seconds = check()
	assert found == [], found[:5]
	print(f"{plans} plans, {rows} instalments on the site, none of them off the ledger: {seconds}")
	expected = disturb(invoices)
	found, seconds = check()
	frappe.db.rollback()
	assert found == expected, (found, expected)
	print(f"three of them changed by SQL, these three found: {seconds}")


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--site", required=True, help="a site with the app, for measuring only")
	parser.add_argument("--invoices", type=int, default=50000)
	options = parser.parse_args()
	print(machine())
	with connected(options.site):
		frappe.set_user("Administrator")
		data.build(options.invoices, getdate())
		measure(options.invoices)
	print(f"highest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
	print(machine())


if __name__ == "__main__":
	main()
