"""How long a submit holds the lock of its unit's counter: from the moment it is taken to the end of the commit.

An e-invoice of ten lines, everything set up as in submit.py; nothing is asserted. As long as one process holds the
lock, no other issues for the same unit.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import e_invoicing_helpers as zatca
import factories as make
import frappe
from selling_sites import LINES, connected, prepare_selling
from timing import Sample, machine

from saudi_crm_billing.e_invoicing.devices import units
from saudi_crm_billing.e_invoicing.issuing import issue
from saudi_crm_billing.e_invoicing.sending import queueing
from saudi_crm_billing.sandbox.server import Sandbox

WARM_UP = 3


def prepare(base_url: str) -> None:
	prepare_selling()
	for name in frappe.get_all(units.UNIT, {"company": make.COMPANY, "status": units.ACTIVE}, pluck="name"):
		units.write(name, status=units.RETIRED)
	zatca.an_active_unit(base_url, title=f"Perf {frappe.generate_hash(length=6)}")
	frappe.db.commit()


def holds(count: int) -> list[Sample]:
	"""Milliseconds of each submit; the first few warm the caches and are left out."""
	taken: list[Sample] = []
	lock = issue.lock_next_place

	def noted(unit: str) -> issue.Place:
		place = lock(unit)
		taken.append(moment())
		return place

	issue.lock_next_place = noted
	try:
		found = [one(taken) for _number in range(count + WARM_UP)]
	finally:
		issue.lock_next_place = lock
	return found[WARM_UP:]


def moment() -> Sample:
	return Sample(1000 * time.perf_counter(), 1000 * time.process_time())


def one(taken: list[Sample]) -> Sample:
	ended: list[Sample] = []
	# The first of what follows the commit: the locks are free.
	frappe.db.after_commit.add(lambda: ended.append(moment()))
	items = [make.line(item=f"SCB-PERF-{number}", rate=100 + number) for number in range(LINES)]
	invoice = zatca.an_invoice(zatca.a_business(), items)
	invoice.insert()
	taken.clear()
	invoice.submit()
	frappe.db.commit()
	return Sample(ended[0].wall - taken[0].wall, ended[0].processor - taken[0].processor)


def without_queue(work: Callable[[], list[Sample]]) -> list[Sample]:
	"""No job is queued: what follows the commit is not under the lock."""
	enqueue, queueing.enqueue_sending = queueing.enqueue_sending, lambda *_arguments: None
	try:
		return work()
	finally:
		queueing.enqueue_sending = enqueue


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--site", required=True, help="a site with the app, for measuring only")
	parser.add_argument("--count", type=int, default=60, help="invoices to measure")
	options = parser.parse_args()
	with Sandbox() as sandbox, connected(options.site):
		prepare(sandbox.base_url)
		print(machine())
		found = without_queue(lambda: holds(options.count))
		print(
			f"The counter's lock of {len(found)} submits of {LINES} lines, milliseconds: median, fastest, slowest"
		)
		for name, times in (
			("wall", [row.wall for row in found]),
			("processor", [row.processor for row in found]),
		):
			print(f"{name:>10}{statistics.median(times):>8.1f}{min(times):>8.1f}{max(times):>8.1f}")
		print(machine())


if __name__ == "__main__":
	main()
