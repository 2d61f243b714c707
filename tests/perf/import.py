"""How long an opening import takes: rows a second and memory, of checking and of importing, on a site with the app.

Makes its own file of plans of twelve instalments. Commits to the site; nothing is asserted of the times.
"""

from __future__ import annotations

import argparse
import resource
import time

import factories as make
import frappe
import opening_helpers as opening
from erpnext.accounts.doctype.opening_invoice_creation_tool.opening_invoice_creation_tool import start_import
from selling_sites import connected
from timing import machine

from saudi_crm_billing.instalments.importing import api, running

MONTHS = 12


def a_file(rows: int, customers: int) -> bytes:
	names = [make.a_customer(f"Import Customer {number}") for number in range(customers)]
	stamp = int(time.time())
	lines = [
		row
		for number in range(rows // MONTHS)
		for row in opening.rows_of(
			f"PERF-{stamp}-{number}",
			MONTHS,
			100,
			customer=names[number % customers],
			paid=[100] * (number % MONTHS),
		)
	]
	frappe.db.commit()
	return opening.as_xlsx(lines)


def peak_mb() -> int:
	return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(content: bytes) -> None:
	doc = opening.an_import(content, "perf.xlsx")
	frappe.db.commit()
	memory, began = peak_mb(), time.perf_counter()
	api.check(doc.name)
	frappe.db.commit()
	took = time.perf_counter() - began
	doc.reload()
	print(
		f"check   {doc.row_count:>7} rows {took:8.1f} s {doc.row_count / took:8.0f} rows/s  {doc.error_count} errors"
	)
	doc.db_set({"status": "Importing", "started_by": frappe.session.user})
	frappe.db.commit()
	began = time.perf_counter()
	running.run(doc.name)
	took = time.perf_counter() - began
	doc.reload()
	print(
		f"import  {doc.row_count:>7} rows {took:8.1f} s {doc.row_count / took:8.0f} rows/s  "
		f"{doc.imported_count} plans, {1000 * took / max(doc.imported_count, 1):.0f} ms a plan: {doc.status}"
	)
	print(f"memory  {memory} MB before, {peak_mb()} MB at most")


def measure_core(count: int) -> None:
	"""ERPNext's own opening tool for as many invoices without plans, in the same run."""
	tool = frappe.get_doc(
		{"doctype": "Opening Invoice Creation Tool", "company": make.COMPANY, "invoice_type": "Sales"}
	)
	for _number in range(count):
		row = {"party": make.a_customer(), "party_type": "Customer", "outstanding_amount": 1200}
		tool.append("invoices", {**row, "posting_date": "2026-01-10", "due_date": "2026-12-10"})
	invoices = tool.get_invoices()
	began = time.perf_counter()
	made = start_import(invoices)
	took = time.perf_counter() - began
	print(
		f"core    {len(made)} opening invoices without plans, {1000 * took / max(len(made), 1):.0f} ms each"
	)


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--site", required=True, help="a site with the app and the tests' company")
	parser.add_argument("--rows", type=int, default=10_000)
	parser.add_argument("--customers", type=int, default=200)
	parser.add_argument(
		"--core", type=int, default=40, help="opening invoices of core's tool, before and after"
	)
	options = parser.parse_args()
	print(machine())
	with connected(options.site):
		frappe.set_user("Administrator")
		measure_core(options.core)
		measure(a_file(options.rows, options.customers))
		measure_core(options.core)
	print(machine())


if __name__ == "__main__":
	main()
