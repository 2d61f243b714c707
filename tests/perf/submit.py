"""Time that the app adds to inserting, submitting and committing a Sales Invoice of ten lines and twelve due dates.

Three sites take turns in one process, block by block, so that what else the machine does falls on all alike. Nothing
is asserted of the times.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.model.document import Document
from selling_sites import DUE_DATES, Variant, connected, draft_invoice, forget_jobs, variants
from timing import Stopwatch, machine, show_parts

PARTS = ("insert", "submit", "commit")
WARM_UP = 2
FIGURES = {"median": Stopwatch.wall, "fastest": Stopwatch.fastest, "processor": Stopwatch.processor}


def run(invoice: Document, watch: Stopwatch) -> None:
	with watch.part("insert"):
		invoice.insert()
	with watch.part("submit"):
		invoice.submit()
	with watch.part("commit"):
		frappe.db.commit()
	watch.add_sum("sum", *PARTS)


def block(variant: Variant, count: int, watch: Stopwatch) -> int:
	"""Measure `count` invoices on the variant's site; returns the SQL statements of one more."""
	with connected(variant.site):
		for invoice in [draft_invoice(variant) for _number in range(WARM_UP)]:
			run(invoice, Stopwatch())
		for invoice in [draft_invoice(variant) for _number in range(count)]:
			run(invoice, watch)
		invoice = draft_invoice(variant)
		with counted_statements() as statements:
			run(invoice, Stopwatch())
		if len(invoice.payment_schedule) != DUE_DATES:
			raise SystemExit(f"{variant.name}: {len(invoice.payment_schedule)} due dates, not {DUE_DATES}")
		forget_jobs(variant.site)
		return len(statements)


@contextmanager
def counted_statements() -> Iterator[list[str]]:
	statements: list[str] = []
	run_statement = frappe.db.sql

	def counting(query: str, *arguments: object, **options: object) -> object:
		statements.append(query)
		return run_statement(query, *arguments, **options)

	frappe.db.sql = counting
	try:
		yield statements
	finally:
		frappe.db.sql = run_statement


def show(watches: dict[str, Stopwatch], statements: dict[str, int]) -> None:
	for name, watch in watches.items():
		show_parts(f"{name}: {statements[name]} SQL statements", watch)
	base = next(iter(watches.values()))
	for name, watch in list(watches.items())[1:]:
		print(f"\n{name}, against bare ERPNext in this run")
		for label, figure in FIGURES.items():
			ours, bare = figure(watch, "sum"), figure(base, "sum")
			print(f"  {label:<16}{ours - bare:>+9.1f} ms{ours / bare:>9.2f} times")


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--bare", required=True, help="a site with ERPNext only")
	parser.add_argument("--inert", required=True, help="a site with the app; its company has set nothing up")
	parser.add_argument("--app", required=True, help="a site with the app; this script sets its company up")
	parser.add_argument("--rounds", type=int, default=10, help="blocks on each site")
	parser.add_argument("--count", type=int, default=6, help="invoices in a block")
	options = parser.parse_args()
	every = variants(options.bare, options.inert, options.app)
	for variant in every:
		with connected(variant.site):
			variant.prepare()
			# Core writes an item's default account at its first invoice, and past the cache at each one after.
			frappe.clear_cache()
	print(machine())
	watches = {variant.name: Stopwatch() for variant in every}
	statements: dict[str, int] = {}
	for number in range(options.rounds):
		for variant in every if number % 2 == 0 else reversed(every):
			counted = block(variant, options.count, watches[variant.name])
			statements[variant.name] = min(counted, statements.get(variant.name, counted))
	show(watches, statements)
	print(machine())


if __name__ == "__main__":
	main()
