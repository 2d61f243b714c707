"""The process that the kill tests of e-invoicing kill: its children submit or send, and die at any moment."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import chain_worker
import e_invoicing_helpers as zatca
import factories as make
import frappe
from workers import serve

from saudi_crm_billing.e_invoicing.sending import queueing, states
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway

DOCUMENT = "ZATCA Document"
# A little longer than the work itself, so that the commit and what follows it are hit too.
MARGIN = 1.2
# Seconds within which an aimed kill comes after its sign.
AIMED = 0.03
# The last sign of life of a child says where it died.
PLACES = {
	"!": "before a commit",
	"(": "inside a commit",
	")": "after a commit",
	"<": "while the gateway was asked",
	">": "between the answer and its log",
}

prepare, retire, submit, chain = (
	chain_worker.prepare,
	chain_worker.retire,
	chain_worker.submit,
	chain_worker.chain,
)


def submit_under_kills(kills: str, seed: str) -> dict[str, Any]:
	"""Let `kills` children die while each submits an invoice; what it took unharmed, how many died, and where.

	Every second one dies in or soon after its commit, which is a small part of the whole.
	"""
	return _die_often(_submit_one, int(kills), random.Random(int(seed)), aim=b"(")


def send_under_kills(kills: str, seed: str) -> dict[str, Any]:
	"""The same for children that sweep the outbox, every second one from a call on; what the last one held is free again."""
	return _die_often(_sweep, int(kills), random.Random(int(seed)), longest=0.25, aim=b"<")


def sweep_until_final(turns: str) -> dict[str, Any]:
	"""Sweep with time passing between: leases run out, waits are over. How many turns it took."""
	for turn in range(int(turns)):
		_let_time_pass()
		if not frappe.db.count(DOCUMENT, {"state": ("in", states.OPEN)}):
			return {"turns": turn}
		_sweep_here()
	return {"turns": int(turns)}


def outcome(unit: str) -> dict[str, Any]:
	"""Documents of the unit with the invoice they stand for, and submitted invoices since then without one."""
	fields = ["name", "state", "uuid", "icv", "invoice_hash", "reference_name"]
	documents = frappe.get_all(DOCUMENT, {"unit": unit}, fields, order_by="icv")
	since = frappe.db.get_value("ZATCA Unit", unit, "creation")
	of_unit = {"company": make.COMPANY, "docstatus": 1, "creation": (">=", since)}
	invoices = frappe.get_all("Sales Invoice", of_unit, ["name", "scb_zatca_document"])
	return {
		"documents": documents,
		"without": [row.name for row in invoices if not row.scb_zatca_document],
		"submitted": [row.name for row in invoices],
		"errors": frappe.get_all("Error Log", pluck="error"),
	}


def forget() -> dict[str, Any]:
	"""No document of an earlier test is open, and the log is empty."""
	frappe.db.set_value(DOCUMENT, {"state": ("in", states.OPEN)}, "state", states.REJECTED)
	frappe.db.delete("Error Log")
	return {}


def _die_often(
	act: Callable[[], None], kills: int, chance: random.Random, *, aim: bytes, longest: float | None = None
) -> dict[str, Any]:
	# Once here, so that a child spends its short life on the work and not on imports.
	_submit_one()
	frappe.destroy()
	unharmed = longest or min(_in_child(act, None)[1] for _run in range(2))
	hit = Counter[str]()
	for turn in range(2 * kills):
		if hit.total() == kills:
			break
		within, sign = (AIMED, aim) if turn % 2 else (unharmed * MARGIN, b"!")
		place, _seconds = _in_child(act, chance.uniform(0, within), sign)
		hit.update([place] if place else ())
	_connect()
	return {"killed": hit.total(), "hit": hit, "seconds": unharmed}


def _in_child(
	act: Callable[[], None], killed_after: float | None, sign: bytes = b"!"
) -> tuple[str | None, float]:
	"""Fork, connect, act; kill the child so many seconds after its sign. Where it died of it, and how long it took."""
	reading, writing = os.pipe()
	child = os.fork()
	if child == 0:
		_be_the_child(act, writing)
	os.close(writing)
	while os.read(reading, 1) not in (sign, b""):
		pass
	begun = time.monotonic()
	if killed_after is not None:
		time.sleep(killed_after)
		os.kill(child, signal.SIGKILL)
	status = os.waitpid(child, 0)[1]
	with os.fdopen(reading) as signs:
		place = PLACES[(sign.decode() + signs.read())[-1]]
	return place if os.WIFSIGNALED(status) else None, time.monotonic() - begun


def _be_the_child(act: Callable[[], None], writing: int) -> None:
	code = 1
	try:
		_connect()
		frappe.db.commit = _telling(writing, b"(", frappe.db.commit, b")")
		Gateway._send = _telling(writing, b"<", Gateway._send, b">")
		os.write(writing, b"!")
		act()
		code = 0
	finally:
		os._exit(code)


def _telling(writing: int, before: bytes, act: Callable[..., Any], after: bytes) -> Callable[..., Any]:
	def told(*arguments: Any, **named: Any) -> Any:
		os.write(writing, before)
		result = act(*arguments, **named)
		os.write(writing, after)
		return result

	return told


def _connect() -> None:
	frappe.init(site=os.environ["SCB_COMMIT_SITE"], sites_path=".", force=True)
	frappe.connect()
	frappe.set_user("Administrator")


def _submit_one() -> None:
	queueing.enqueue_sending = lambda: None
	invoice = zatca.an_invoice(zatca.a_person(), [make.line(rate=100)])
	invoice.insert()
	invoice.submit()
	frappe.db.commit()


def _sweep() -> None:
	_let_time_pass()
	_sweep_here()


def _sweep_here() -> None:
	from saudi_crm_billing.e_invoicing import tasks

	tasks.sweep_e_invoices()
	frappe.db.commit()


def _let_time_pass() -> None:
	"""Every open document is due: the lease of a process that died has run out."""
	past = frappe.utils.add_to_date(frappe.utils.now_datetime(), minutes=-1)
	frappe.db.set_value(
		DOCUMENT, {"state": ("in", states.OPEN)}, "next_attempt_on", past, update_modified=False
	)
	frappe.db.commit()


if __name__ == "__main__":
	serve(globals())
