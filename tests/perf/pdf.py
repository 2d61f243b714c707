"""Time and memory that the buyer's copy of an invoice costs, of one line and of forty.

The invoices are issued in a transaction that is rolled back; nothing is asserted of the times.
"""

from __future__ import annotations

import argparse
import resource

import e_invoicing_helpers as zatca
import factories as make
import frappe
from frappe.model.document import Document
from selling_sites import connected, prepare_everything
from timing import Stopwatch, machine, show_parts

from saudi_crm_billing.e_invoicing.prints import pdf
from saudi_crm_billing.printing import pages, rendering

SIZES = (1, 10, 40)


def issued(lines: int) -> Document:
	"""A submitted simplified invoice, whose place in the chain is given back by the rollback."""
	rows = [make.line(make.an_item(f"SCB-PERF-{n}"), qty=n + 1, rate=99.95 + n) for n in range(lines)]
	invoice = zatca.an_invoice(zatca.a_person(), rows, update_stock=0)
	invoice.insert()
	invoice.submit()
	frappe.db.before_commit.run()
	return invoice.reload()


def measure(invoice: Document, count: int) -> None:
	pdf.make(invoice)  # the first of a process unpacks the fonts
	watch, size, before = Stopwatch(), 0, peak()
	for _number in range(count):
		with watch.part("html"):
			html = pdf.html_of(invoice)
		with watch.part("pages"):
			rendering.to_pdf(html, pages.site_file)
		with watch.part("copy"):
			size = len(pdf.make(invoice))
	show_parts(f"{len(invoice.items)} lines: a file of {size / 1024:.0f} KiB", watch)
	print(f"  peak memory {peak():.0f} MiB, {peak() - before:.1f} more after {2 * count} PDFs")


def peak() -> float:
	return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--site", required=True, help="a site with the app; this script sets its company up")
	parser.add_argument("--count", type=int, default=20, help="copies of each invoice")
	options = parser.parse_args()
	print(machine())
	with connected(options.site):
		prepare_everything()
		frappe.db.set_value("SCB Billing Settings", make.COMPANY, "require_source", 0)
		for lines in SIZES:
			measure(issued(lines), options.count)
		frappe.db.rollback()
	print(machine())


if __name__ == "__main__":
	main()
