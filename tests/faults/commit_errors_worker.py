"""What the tests of errors at the commit ask of the site: a unit, a draft, a key for the API, and what is stored."""

from __future__ import annotations

from typing import Any

import chain_worker
import e_invoicing_helpers as zatca
import factories as make
import frappe
from workers import serve

prepare, retire = chain_worker.prepare, chain_worker.retire


def key() -> dict[str, Any]:
	"""The Authorization header of an accounts user who may submit."""
	user = make.a_user("commit-errors@example.com", "Accounts Manager", "Accounts User", "Sales User")
	doc = frappe.get_doc("User", user)
	doc.api_key, secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
	doc.api_secret = secret
	doc.save()
	return {"Authorization": f"token {doc.api_key}:{secret}"}


def draft() -> dict[str, Any]:
	"""As the Desk holds it."""
	invoice = zatca.an_invoice(zatca.a_person()).insert()
	return frappe.parse_json(frappe.as_json(frappe.get_doc("Sales Invoice", invoice.name)))


def stored(invoice: str, unit: str) -> dict[str, Any]:
	"""All that a submit writes together."""
	return {
		"docstatus": frappe.db.get_value("Sales Invoice", invoice, "docstatus"),
		"state": frappe.db.get_value("Sales Invoice", invoice, "scb_zatca_status") or "",
		"ledger": frappe.db.count("GL Entry", {"voucher_no": invoice}),
		"documents": frappe.db.count("ZATCA Document", {"unit": unit}),
		"last_icv": frappe.db.get_value("ZATCA Unit Counter", unit, "last_icv"),
	}


def job(invoice: str) -> dict[str, Any]:
	"""Submit as a job does, while another holds the counter: which error its commit raises."""
	frappe.db.sql("set innodb_lock_wait_timeout = 1")
	frappe.get_doc("Sales Invoice", invoice).submit()
	try:
		frappe.db.commit()
	except Exception as error:
		frappe.db.rollback()
		return {"raised": f"{type(error).__module__}.{type(error).__name__}"}
	return {"raised": ""}


if __name__ == "__main__":
	serve(globals())
