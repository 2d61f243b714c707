"""Documents a second from the outbox to a sandbox on this machine: two processes that send, then two real workers.

The sandbox runs as a process of its own and judges every document by all rules, on the same processors. Nothing is
asserted of the times.
"""

from __future__ import annotations

import argparse
import multiprocessing
import subprocess
import time
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

import e_invoicing_helpers as zatca
import factories as make
import frappe
from selling_sites import connected, forget_jobs
from timing import machine

WORKERS = 2
DOCUMENT = "ZATCA Document"
SPAWN = multiprocessing.get_context("spawn")


def serve(told: Connection) -> None:
	"""The sandbox, until it is killed."""
	from saudi_crm_billing.sandbox.server import Sandbox

	with Sandbox() as sandbox:
		told.send(sandbox.base_url)
		told.recv()


def issue(count: int) -> list[str]:
	"""Names of `count` new documents, simplified and standard in turn, that no job will send."""
	from saudi_crm_billing.e_invoicing.sending import queueing

	queueing.enqueue_sending = lambda: None
	buyers = (zatca.a_person(), zatca.a_business())
	return [
		zatca.submitted(zatca.an_invoice(buyers[number % 2], [make.line(rate=100)])).scb_zatca_document
		for number in range(count)
	]


def send_all(site: str, documents: list[str], ready: Barrier) -> None:
	from saudi_crm_billing.e_invoicing.sending import outbox

	with connected(site):
		ready.wait()
		for document in documents:
			outbox.send(document)
		frappe.db.commit()
	ready.wait()


def by_processes(site: str, documents: list[str]) -> float:
	"""Seconds until as many processes as there are workers have sent their shares; connecting is not counted."""
	ready = SPAWN.Barrier(WORKERS + 1)
	shares = [documents[number::WORKERS] for number in range(WORKERS)]
	processes = [SPAWN.Process(target=send_all, args=(site, share, ready)) for share in shares]
	for process in processes:
		process.start()
	ready.wait()
	begun = time.perf_counter()
	ready.wait()
	took = time.perf_counter() - begun
	for process in processes:
		process.join()
	return took


def by_workers(site: str, documents: list[str]) -> float:
	"""Seconds until real workers of the bench have sent them all by the job of a submit; their start is counted."""
	with connected(site):
		for _worker in range(WORKERS):
			frappe.enqueue("saudi_crm_billing.e_invoicing.tasks.send_due", queue="short")
	begun = time.perf_counter()
	command = ["../env/bin/python", "-m", "frappe.utils.bench_helper", "frappe", "worker"]
	command += ["--queue", "short", "--burst", "--quiet"]
	workers = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _worker in range(WORKERS)]
	for worker in workers:
		worker.wait()
	return time.perf_counter() - begun


def show(site: str, way: str, documents: list[str], took: float) -> None:
	with connected(site):
		states = frappe.get_all(DOCUMENT, {"name": ("in", documents)}, pluck="state")
		attempts = frappe.get_all(
			"ZATCA Attempt", {"document": ("in", documents)}, ["sent_on", "duration_ms"]
		)
	accepted = sum(state in ("Cleared", "Reported") for state in states)
	answered = max(row.sent_on + timedelta(milliseconds=row.duration_ms) for row in attempts)
	sending = (answered - min(row.sent_on for row in attempts)).total_seconds()
	print(
		f"  {way:<22}{accepted:>5} of {len(documents)} accepted{took:>8.1f} s{accepted / took:>8.1f} a second"
	)
	print(f"  {'first call to last answer':<42}{sending:>8.1f} s{accepted / sending:>8.1f} a second")


def prepare(site: str, base_url: str) -> None:
	"""An active unit at this sandbox; the jobs of earlier runs are forgotten."""
	with connected(site):
		frappe.db.delete(DOCUMENT)
		frappe.db.set_value("ZATCA Unit", {"company": make.COMPANY}, "status", "Retired")
		zatca.an_active_unit(base_url, title=f"Outbox {frappe.generate_hash(length=6)}")
		make.an_item()
		# Its invoices come from no sale; submit.py sets the guards up again.
		frappe.delete_doc_if_exists("SCB Billing Settings", make.COMPANY)
		frappe.db.commit()
		forget_jobs(site)


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--site", required=True, help="a site with the app; its e-invoices are deleted")
	parser.add_argument("--documents", type=int, default=200, help="documents for each way of sending")
	options = parser.parse_args()
	told, telling = SPAWN.Pipe()
	sandbox = SPAWN.Process(target=serve, args=(telling,), daemon=True)
	sandbox.start()
	prepare(options.site, told.recv())
	print(machine())
	print(f"\n{WORKERS} workers, {options.documents} documents of one line each")
	for way, send in (("processes that send", by_processes), ("workers of the bench", by_workers)):
		with connected(options.site):
			documents = issue(options.documents)
			frappe.db.commit()
		show(options.site, way, documents, send(options.site, documents))
	print(machine())
	told.send("enough")
	sandbox.join()


if __name__ == "__main__":
	main()
