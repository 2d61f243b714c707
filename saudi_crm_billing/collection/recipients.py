"""Who hears of a customer's instalments: the customer's own address, and the persons responsible for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.contacts.doctype.contact.contact import get_default_contact
from frappe.utils import validate_email_address

from saudi_crm_billing.collection.engine.messages import Owed


@dataclass(frozen=True)
class Recipient:
	"""Where a customer's message goes. `problem` says why it cannot go, and what to do; "" when it can."""

	customer: str
	name: str
	email: str
	print_language: str | None
	wants_none: bool
	problem: str


def of_customer(customer: str, sales_invoice: str) -> Recipient:
	"""The billing contact's address, else the customer's, else the invoice's contact, else any contact's."""
	fields = ["customer_name", "language", "email_id", "scb_no_reminders"]
	values = frappe.db.get_value("Customer", customer, fields, as_dict=True)
	email = (
		_billing_contact_email(customer)
		or values.email_id
		or frappe.db.get_value("Sales Invoice", sales_invoice, "contact_email")
		or _any_contact_email(customer)
		or ""
	)
	return Recipient(
		customer=customer,
		name=values.customer_name or customer,
		email=email,
		print_language=values.language,
		wants_none=bool(values.scb_no_reminders),
		problem=_problem(customer, email, bool(values.scb_no_reminders)),
	)


def _problem(customer: str, email: str, wants_none: bool) -> str:
	if wants_none:
		return _("Customer {0} gets no reminders: “No instalment reminders” is ticked there.").format(
			customer
		)
	if not email:
		return _(
			"Customer {0} has no e-mail address. Add one to its primary or billing contact; the reminder is sent by the next run."
		).format(customer)
	if not validate_email_address(email):
		return _(
			"“{1}” of customer {0} is not an e-mail address. Mend it in the contact; the reminder is sent by the next run."
		).format(customer, email)
	return ""


def refused(email: str) -> str:
	"""Why Frappe would not queue a message to an address that looks right."""
	return _(
		"{0} has unsubscribed from all e-mail of this site. Delete its Email Unsubscribe record if the customer agrees, or use another address."
	).format(email)


def _billing_contact_email(customer: str) -> str | None:
	if not frappe.get_meta("Contact").has_field("is_billing_contact"):
		return None
	contact, link = frappe.qb.DocType("Contact"), frappe.qb.DocType("Dynamic Link")
	found = (
		frappe.qb.from_(contact)
		.join(link)
		.on((link.parent == contact.name) & (link.parenttype == "Contact"))
		.select(contact.email_id)
		.where((link.link_doctype == "Customer") & (link.link_name == customer))
		.where((contact.is_billing_contact == 1) & (contact.email_id != ""))
		.orderby(contact.is_primary_contact, order=frappe.qb.desc)
		.orderby(contact.name)
		.limit(1)
	).run()
	return found[0][0] if found else None


def _any_contact_email(customer: str) -> str | None:
	contact = get_default_contact("Customer", customer)
	return frappe.db.get_value("Contact", contact, "email_id") if contact else None


def responsible_users(rows: Iterable[Owed], fallback: str | None) -> dict[str, list[Owed]]:
	"""Rows by the user who answers for them; rows that nobody answers for are left out.

	The users of the invoice's Sales Team, else of the customer's account manager, else the invoice's owner, else
	`fallback`; always an enabled user with an address of its own.
	"""
	rows = list(rows)
	invoices = sorted({row.sales_invoice for row in rows})
	team = _team_users(invoices)
	managers = _values("Customer", sorted({row.customer for row in rows}), "account_manager")
	owners = _values("Sales Invoice", invoices, "owner")
	named = {user for users in team.values() for user in users}
	reachable = _reachable(named | set(managers.values()) | set(owners.values()) | {fallback})
	found: dict[str, list[Owed]] = {}
	for row in rows:
		choices = (
			team.get(row.sales_invoice, []),
			[managers.get(row.customer)],
			[owners.get(row.sales_invoice)],
			[fallback],
		)
		users = next(
			(some for choice in choices if (some := [user for user in choice if user in reachable])), []
		)
		for user in users:
			found.setdefault(user, []).append(row)
	return found


def _team_users(invoices: list[str]) -> dict[str, list[str]]:
	team, person = frappe.qb.DocType("Sales Team"), frappe.qb.DocType("Sales Person")
	employee = frappe.qb.DocType("Employee")
	users: dict[str, list[str]] = {}
	for batch in frappe.utils.create_batch(invoices, 1000):
		found = (
			frappe.qb.from_(team)
			.join(person)
			.on(person.name == team.sales_person)
			.join(employee)
			.on(employee.name == person.employee)
			.select(team.parent, employee.user_id)
			.distinct()
			.where((team.parenttype == "Sales Invoice") & team.parent.isin(batch))
			.orderby(employee.user_id)
		).run()
		for invoice, user in found:
			users.setdefault(invoice, []).append(user)
	return users


def _values(doctype: str, names: list[str], field: str) -> dict[str, str]:
	table = frappe.qb.DocType(doctype)
	values: dict[str, str] = {}
	for batch in frappe.utils.create_batch(names, 1000):
		values.update(
			frappe.qb.from_(table).select(table.name, table[field]).where(table.name.isin(batch)).run()
		)
	return values


def _reachable(users: Iterable[str | None]) -> set[str]:
	names = [user for user in users if user and user not in frappe.STANDARD_USERS]
	if not names:
		return set()
	table = frappe.qb.DocType("User")
	query = frappe.qb.from_(table).select(table.name)
	return {name for (name,) in query.where(table.name.isin(names) & (table.enabled == 1)).run()}
