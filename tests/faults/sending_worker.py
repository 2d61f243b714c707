"""One process of the sending race: makes a cleared invoice, or mails it to its customer; answers in JSON."""

from __future__ import annotations

from typing import Any

import chain_worker
import collection_kit as kit
import e_invoicing_helpers as zatca
import factories as make
import frappe
from workers import serve

from saudi_crm_billing.crm_billing import api, invoice_mail

BUYER = "race@najd.example"
retire = chain_worker.retire


def prepare(base_url: str, port: str) -> dict[str, Any]:
	chain_worker.prepare(base_url)
	kit.an_outgoing_account(int(port))
	frappe.db.set_value("Email Account", {"name": ("!=", "SCB Collection")}, "default_outgoing", 0)
	frappe.db.set_value("Email Account", "SCB Collection", "default_outgoing", 1)
	for doctype in ("Email Queue", "Email Queue Recipient"):
		frappe.db.delete(doctype)
	customer = zatca.a_business()
	frappe.db.set_value("Customer", customer, "email_id", BUYER)
	invoice = zatca.submitted(zatca.an_invoice(customer, [make.line(rate=1000)]))
	return {"invoice": invoice.name, "state": zatca.sent(invoice).state}


def send(invoice: str) -> dict[str, Any]:
	invoice_mail.get_pdf = lambda invoice: b"%PDF-quick"
	return {"sent": api.send_invoice(invoice)}


def state(invoice: str) -> dict[str, Any]:
	kit.deliver()
	about = {"reference_name": invoice}
	return {
		"queue": frappe.get_all("Email Queue", about, pluck="status"),
		"messages": frappe.db.count("Communication", {**about, "communication_medium": "Email"}),
		"state": frappe.db.get_value("Sales Invoice", invoice, "scb_sent_state"),
	}


if __name__ == "__main__":
	serve(globals())
