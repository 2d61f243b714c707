"""Who hears of a customer's instalments: the customer's own address, and the persons responsible for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils import validate_email_address
from pypika.terms import ValueWrapper

from saudi_crm_billing.bilingual import NOTHING, Said, said
from saudi_crm_billing.collection.engine.messages import Owed

BATCH = 1000


@dataclass(frozen=True)
class Recipient:
	"""Where a customer's message goes. `problem` says why it cannot go, and what to do; nothing when it can.

	`name_ar` is the name for an Arabic text: the customer's Arabic one, else `name`.
	"""

	customer: str
	name: str
	name_ar: str
	email: str
	print_language: str | None
	wants_none: bool
	problem: Said


def of_customer(customer: str, sales_invoice: str) -> Recipient:
	return of_customers({customer: sales_invoice})[customer]


def of_customers(invoices: Mapping[str, str]) -> dict[str, Recipient]:
	"""Recipients by customer, from customers with one invoice each.

	The address is the billing contact's, else the customer's, else the invoice's contact's, else any contact's.
	"""
	billing, other = _contact_emails(list(invoices))
	of_invoices = _values("Sales Invoice", list(invoices.values()), "contact_email")
	return {
		row.name: _recipient(
			row,
			billing.get(row.name)
			or row.email_id
			or of_invoices.get(invoices[row.name])
			or other.get(row.name)
			or "",
		)
		for row in _customers(list(invoices))
	}


def _customers(names: list[str]) -> list[Any]:
	table = frappe.qb.DocType("Customer")
	found: list[Any] = []
	for batch in frappe.utils.create_batch(names, BATCH):
		query = frappe.qb.from_(table).select(
			table.name,
			table.customer_name,
			table.scb_name_ar,
			table.language,
			table.email_id,
			table.scb_no_reminders,
		)
		found += query.where(table.name.isin(batch)).run(as_dict=True)
	return found


def _recipient(customer: Any, email: str) -> Recipient:
	wants_none = bool(customer.scb_no_reminders)
	name = customer.customer_name or customer.name
	return Recipient(
		customer=customer.name,
		name=name,
		name_ar=customer.scb_name_ar or name,
		email=email,
		print_language=customer.language,
		wants_none=wants_none,
		problem=_problem(customer.name, email, wants_none),
	)


def _problem(customer: str, email: str, wants_none: bool) -> Said:
	if wants_none:
		return said(
			lambda lang: _(
				"Customer {0} gets no reminders: “No instalment reminders” is ticked there.", lang=lang
			).format(customer)
		)
	if not email:
		return said(
			lambda lang: _(
				"Customer {0} has no e-mail address. Add one to its primary or billing contact; the reminder is sent by the next run.",
				lang=lang,
			).format(customer)
		)
	if not validate_email_address(email):
		return said(
			lambda lang: _(
				"“{1}” of customer {0} is not an e-mail address. Mend it in the contact; the reminder is sent by the next run.",
				lang=lang,
			).format(customer, email)
		)
	return NOTHING


def refused(email: str) -> Said:
	"""Why Frappe would not queue a message to an address that looks right."""
	return said(
		lambda lang: _(
			"{0} has unsubscribed from all e-mail of this site. Delete its Email Unsubscribe record if the customer agrees, or use another address.",
			lang=lang,
		).format(email)
	)


def _contact_emails(customers: list[str]) -> tuple[dict[str, str], dict[str, str]]:
	"""Addresses by customer: of its billing contact, and of any contact; the primary contact's first."""
	contact, link = frappe.qb.DocType("Contact"), frappe.qb.DocType("Dynamic Link")
	knows_billing = frappe.get_meta("Contact").has_field("is_billing_contact")
	billing: dict[str, str] = {}
	other: dict[str, str] = {}
	for batch in frappe.utils.create_batch(customers, BATCH):
		found = (
			frappe.qb.from_(contact)
			.join(link)
			.on((link.parent == contact.name) & (link.parenttype == "Contact"))
			.select(link.link_name, contact.email_id)
			.select(contact.is_billing_contact if knows_billing else ValueWrapper(0))
			.where((link.link_doctype == "Customer") & link.link_name.isin(batch) & (contact.email_id != ""))
			.orderby(contact.is_primary_contact, order=frappe.qb.desc)
			.orderby(contact.name)
		).run()
		for customer, email, is_billing in found:
			other.setdefault(customer, email)
			if is_billing:
				billing.setdefault(customer, email)
	return billing, other


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
	for batch in frappe.utils.create_batch(invoices, BATCH):
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
	for batch in frappe.utils.create_batch(names, BATCH):
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
