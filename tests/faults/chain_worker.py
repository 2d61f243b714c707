"""One process of the chain races: connects to the site, does one thing with real commits, answers in JSON."""

from __future__ import annotations

import os
import signal
from typing import Any

import e_invoicing_helpers as zatca
import factories as make
import frappe
from workers import serve


def prepare(base_url: str) -> dict[str, Any]:
	"""A new active unit of the test company, and a buyer of each kind."""
	retire()
	zatca.a_business()
	zatca.a_person()
	make.an_item()
	zatca.vat_account()
	title = f"Race {frappe.generate_hash(length=6)}"
	return {"unit": zatca.an_active_unit(base_url, title=title).name}


def retire() -> dict[str, Any]:
	"""The company is as if it had no unit again."""
	from saudi_crm_billing.e_invoicing.devices import succession

	for name in frappe.get_all("ZATCA Unit", {"company": make.COMPANY}, pluck="name"):
		succession.retire(name)
	return {}


def submit(count: str) -> dict[str, Any]:
	"""Submit `count` invoices, a transaction each; MariaDB may name this process the victim of a deadlock."""
	from saudi_crm_billing.e_invoicing.sending import queueing

	queueing.enqueue_sending = lambda: None
	deadlocks = 0
	done = 0
	while done < int(count):
		buyer = zatca.a_business() if done % 2 else zatca.a_person()
		invoice = zatca.an_invoice(buyer, [make.line(rate=100 + done)])
		try:
			invoice.insert()
			invoice.submit()
			frappe.db.commit()
			done += 1
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
			deadlocks += 1
	return {"submitted": done, "deadlocks": deadlocks}


def submit_through(count: str) -> dict[str, Any]:
	"""The same while the unit is renewed: what came too late for the old chain is submitted again, as a user does."""
	done = late = 0
	while done < int(count):
		try:
			submit("1")
			done += 1
		except frappe.ValidationError as refusal:
			if "replaced a moment ago" not in str(refusal):
				raise
			frappe.db.rollback()
			late += 1
	return {"submitted": done, "late": late}


def renew(unit: str) -> dict[str, Any]:
	from saudi_crm_billing.e_invoicing.devices import onboarding

	return {"unit": onboarding.renew(unit, zatca.OTP)}


def try_renew(unit: str) -> dict[str, Any]:
	"""The same; without a unit and with the reason where another renewal was first."""
	try:
		return renew(unit)
	except frappe.ValidationError as refusal:
		frappe.db.rollback()
		return {"unit": None, "said": str(refusal)}


def successors(unit: str) -> dict[str, Any]:
	return {"names": frappe.get_all("ZATCA Unit", {"replaces": unit}, pluck="name")}


def issued_by() -> dict[str, Any]:
	"""How many submitted invoices have no document of their own, and the secrets that each unit still has."""
	from saudi_crm_billing.e_invoicing.devices import vault

	bare = {"company": make.COMPANY, "docstatus": 1, "scb_zatca_document": ("is", "not set")}
	names = frappe.get_all("ZATCA Unit", pluck="name")
	return {
		"without": frappe.db.count("Sales Invoice", bare),
		"keys": [name for name in names if vault.has(name, vault.PRIVATE_KEY)],
	}


def submit_and_die() -> dict[str, Any]:
	"""Submit one invoice and be killed after everything is written, right before the commit."""
	from saudi_crm_billing.e_invoicing.sending import queueing

	queueing.enqueue_sending = lambda: os.kill(os.getpid(), signal.SIGKILL)
	invoice = zatca.an_invoice(zatca.a_person())
	invoice.insert()
	invoice.submit()
	frappe.db.commit()
	return {}


def chain(unit: str) -> dict[str, Any]:
	"""The unit's documents in the order of their counters, its counter row, and invoices without a document."""
	fields = ["name", "icv", "previous_hash", "invoice_hash", "reference_name"]
	counter = frappe.db.get_value("ZATCA Unit Counter", unit, ("last_icv", "last_hash"))
	return {
		"documents": frappe.get_all("ZATCA Document", {"unit": unit}, fields, order_by="icv"),
		"counter": list(counter),
	}


def audit(unit: str) -> dict[str, Any]:
	"""What the product's auditor says of the unit."""
	from saudi_crm_billing.e_invoicing.issuing import audit as auditor

	(result,) = auditor.audit([unit])
	return {
		"documents": result.documents,
		"last_icv": result.last_icv,
		"findings": [f"{found.document} [{found.problem.code}]" for found in result.findings],
	}


def alter(document: str, text: str, another: str) -> dict[str, Any]:
	"""As somebody with the database's password does: one text in the stored XML becomes another."""
	xml = frappe.db.get_value("ZATCA Document", document, "xml")
	assert text in xml
	frappe.db.set_value("ZATCA Document", document, "xml", xml.replace(text, another), update_modified=False)
	return {}


if __name__ == "__main__":
	serve(globals())
