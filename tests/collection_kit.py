"""A mail server on this machine, and the records that reminders need, made straight and fast."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import factories
import frappe
from aiosmtpd.controller import Controller
from frappe.model.document import Document

POLICY = "Instalment Reminder Policy"
LOG = "Instalment Reminder"
DIGEST = "Instalment Digest"
SUNDAY = date(2026, 11, 22)


def free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return int(probe.getsockname()[1])


class MailServer:
	"""Takes every message by real SMTP and keeps it; refuses all while `broken`."""

	def __init__(self) -> None:
		self.messages: list[EmailMessage] = []
		self.recipients: list[list[str]] = []
		self.broken = False
		self.port = free_port()
		self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

	async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
		if self.broken:
			return "451 Try again later"
		self.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
		self.recipients.append(envelope.rcpt_tos)
		return "250 OK"

	def to(self, address: str) -> list[EmailMessage]:
		return [one for one, to in zip(self.messages, self.recipients, strict=True) if address in to]


@contextmanager
def mail_server() -> Iterator[MailServer]:
	server = MailServer()
	server.controller.start()
	try:
		yield server
	finally:
		server.controller.stop()


def html_of(message: EmailMessage) -> str:
	part = message.get_body(preferencelist=("html",))
	assert part is not None
	return str(part.get_content())


def text_of(message: EmailMessage) -> str:
	"""The HTML's words, one blank between them."""
	return " ".join(re.sub(r"<style.*?</style>|<[^>]+>", " ", html_of(message), flags=re.S).split())


def keys_of(message: EmailMessage) -> list[str]:
	(found,) = re.findall(r'data-scb-keys="([^"]*)"', html_of(message))
	return str(found).split()


def message_id_of(message: EmailMessage) -> str:
	return str(message["Message-Id"]).strip().strip("<>")


def an_outgoing_account(port: int, name: str = "SCB Collection") -> str:
	if frappe.db.exists("Email Account", name):
		frappe.delete_doc("Email Account", name, force=True)
	return factories.insert(
		"Email Account",
		email_account_name=name,
		email_id="collection@riyadh-trading.example",
		enable_outgoing=1,
		default_outgoing=0,
		smtp_server="127.0.0.1",
		smtp_port=str(port),
		use_tls=0,
		no_smtp_authentication=1,
	).name


def a_policy(email_account: str | None = None, **values: Any) -> Document:
	if frappe.db.exists(POLICY, factories.COMPANY):
		frappe.delete_doc(POLICY, factories.COMPANY, force=True)
	defaults = {
		"company": factories.COMPANY,
		"enabled": 1,
		"email_account": email_account,
		"digest_enabled": 0,
	}
	return factories.insert(POLICY, **{**defaults, **values})


def a_reachable_customer(name: str, email: str | None = None, **values: Any) -> str:
	customer = factories.a_customer(name, **values)
	address = email if email is not None else f"{name.lower().replace(' ', '.')}@customer.example"
	frappe.db.set_value("Customer", customer, {"email_id": address, **values})
	return customer


def an_owing_invoice(customer: str, due_dates: Sequence[date], amount: float = 100, **values: Any) -> str:
	"""A submitted invoice with an active plan of equal open instalments on `due_dates`."""
	invoice = factories.a_sales_invoice(
		customer, [factories.line(rate=amount * len(due_dates))], **values
	).insert(ignore_permissions=True)
	invoice.submit()
	give_plan(invoice.name, customer, due_dates, amount)
	return invoice.name


def give_plan(invoice: str, customer: str, due_dates: Sequence[date], amount: float = 100) -> str:
	"""Write plan and instalments straight to the database, as the ledger left them."""
	common = {"company": factories.COMPANY, "customer": customer, "currency": "SAR"}
	plan = frappe.get_doc(
		{
			"doctype": "Instalment Plan",
			"name": f"PLAN-{invoice}",
			"reference_doctype": "Sales Invoice",
			"reference_name": invoice,
			"status": "Active",
			**common,
		}
	)
	plan.db_insert()
	for number, due_date in enumerate(due_dates, start=1):
		frappe.get_doc(
			{
				"doctype": "Instalment",
				"parent": plan.name,
				"parenttype": "Instalment Plan",
				"parentfield": "instalments",
				"idx": number,
				"number": number,
				"due_date": due_date,
				"amount": amount,
				"outstanding": amount,
				"sales_invoice": invoice,
				**common,
			}
		).db_insert()
	return str(plan.name)


def pay(invoice: str, number: int) -> None:
	"""As the heal writes it when the ledger says paid."""
	filters = {"sales_invoice": invoice, "number": number}
	frappe.db.set_value("Instalment", filters, "outstanding", 0, update_modified=False)


def days(count: int, start: date = SUNDAY) -> date:
	return start + timedelta(days=count)


def log_rows(**filters: Any) -> list[Any]:
	fields = ["*"]
	return frappe.get_all(
		LOG, filters=filters, fields=fields, order_by="sales_invoice, number, step, due_date"
	)


def deliver() -> None:
	"""What core's scheduler does every few minutes."""
	from frappe.email.queue import flush

	flush()
