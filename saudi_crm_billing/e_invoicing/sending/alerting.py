"""Tells the Accounts Managers of a company that e-invoices need them: in the Desk and by mail, in each one's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import escape_html, get_url_to_form

from saudi_crm_billing.common.languages import is_arabic
from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.advances import settlement
from saudi_crm_billing.e_invoicing.engine.deadlines import Stage

DOCUMENT = "ZATCA Document"
ROLE = "Accounts Manager"
# Where a company has no Accounts Manager, whoever runs the site hears of it: an alert to nobody is none.
FALLBACK = "System Manager"
LISTED = 50


@dataclass(frozen=True)
class Person:
	"""Somebody responsible, with the address and the language to tell him in."""

	user: str
	email: str
	language: str


def people_of(company: str) -> list[Person]:
	"""The company's Accounts Managers, else the System Managers; enabled users who may see the company, by name."""
	return _with_role(ROLE, company) or _with_role(FALLBACK, company)


def tell(people: Sequence[Person], company: str, stage: Stage, rows: Sequence[Any]) -> bool:
	"""Put a notification and a mail to each in this transaction; whether mail could be sent.

	`rows` have name, reference_doctype, reference_name and report_by.
	"""
	mailed = bool(people)
	for person in people:
		subject, text = _subject(stage, company, len(rows), person.language), _text(stage, person.language)
		_notify(person, subject, text, rows)
		mailed = _mail(person, subject, _body(text, stage, rows, person.language), rows) and mailed
	return mailed


def _with_role(role: str, company: str) -> list[Person]:
	has_role, user = DocType("Has Role"), DocType("User")
	rows = (
		frappe.qb.from_(user)
		.join(has_role)
		.on((has_role.parent == user.name) & (has_role.parenttype == "User"))
		.select(user.name, user.email, user.language)
		.distinct()
		.where((has_role.role == role) & (user.enabled == 1) & user.name.notin(["Administrator", "Guest"]))
		.orderby(user.name)
	).run()
	return [
		Person(name, email or "", language or frappe.local.lang or "en")
		for name, email, language in rows
		if frappe.has_permission("Company", "read", doc=company, user=name)
	]


def _subject(stage: Stage, company: str, count: int, lang: str) -> str:
	subjects = {
		Stage.REJECTED: _("{0}: e-invoices rejected by ZATCA: {1}", lang=lang),
		Stage.WAITING: _("{0}: e-invoices that wait, their unit is not let in: {1}", lang=lang),
		Stage.STALLED: _("{0}: e-invoices have not gone out for half an hour", lang=lang),
		Stage.UNCLEARED: _("{0}: tax invoices not cleared within an hour: {1}", lang=lang),
		Stage.STAMP: _("{0}: e-invoices cleared with another document's stamped XML: {1}", lang=lang),
		Stage.UNDECIDED: _("{0}: e-invoices that ZATCA wants neither cleared nor reported: {1}", lang=lang),
		Stage.NEAR: _("{0}: e-invoices close to ZATCA's 24 hours: {1}", lang=lang),
		Stage.OVERDUE: _("{0}: e-invoices past ZATCA's 24 hours: {1}", lang=lang),
	}
	return str(subjects[stage]).format(company, count)


def _text(stage: Stage, lang: str) -> str:
	texts = {
		Stage.REJECTED: _(
			"ZATCA rejected these e-invoices and they are not sent again. Open each one, read the messages and do what"
			" is said there.",
			lang=lang,
		),
		Stage.WAITING: _(
			"ZATCA's gateway does not let the unit in, so these e-invoices wait. Open the ZATCA Unit, mend what it"
			" says there and press Check Connection.",
			lang=lang,
		),
		Stage.STALLED: _(
			"Nothing of this unit has reached ZATCA for half an hour. Open the e-invoice and read its last message; if"
			" it says nothing, check that the server reaches ZATCA and that its background workers run.",
			lang=lang,
		),
		Stage.UNCLEARED: _(
			"ZATCA has not cleared these tax invoices within an hour of their issue. They are sent again by themselves."
			" The buyer may be given the invoice uncleared: open it and press E-Invoice > Hand Over Uncleared. Keep the log of"
			" attempts as evidence, and tell ZATCA if the failure is on your side.",
			lang=lang,
		),
		Stage.STAMP: _(
			"ZATCA cleared these e-invoices, but the stamped XML that came back is not theirs. It is kept as evidence and"
			" not given to the buyer. Download the right one from the Fatoora portal and give the buyer that one; if it is"
			" wrong there too, tell ZATCA's support.",
			lang=lang,
		),
		Stage.UNDECIDED: _(
			"ZATCA's gateway answers clearance with “report it” and reporting with “clear it”. These e-invoices are sent"
			" again by themselves, to the one and the other, at growing intervals. Tell ZATCA's support and show it the"
			" log of attempts.",
			lang=lang,
		),
		Stage.NEAR: _(
			"These e-invoices must reach ZATCA within 24 hours of their issue and have not been accepted yet. They are"
			" sent again by themselves; read the last message of each for what keeps them.",
			lang=lang,
		),
		Stage.OVERDUE: _(
			"These e-invoices had to reach ZATCA within 24 hours of their issue and have not been accepted yet. They are"
			" still sent again by themselves; mend what keeps them and keep this message as evidence.",
			lang=lang,
		),
	}
	return str(texts[stage])


def _body(text: str, stage: Stage, rows: Sequence[Any], lang: str) -> str:
	lines = "".join(f"<li>{_line(row, stage, lang)}</li>" for row in rows[:LISTED])
	left = len(rows) - LISTED
	more = f"<p>{_('and {0} more', lang=lang).format(left)}</p>" if left > 0 else ""
	direction = "rtl" if is_arabic(lang) else "ltr"
	return f'<div dir="{direction}"><p>{escape_html(text)}</p><ul>{lines}</ul>{more}</div>'


def _line(row: Any, stage: Stage, lang: str) -> str:
	link = f'<a href="{get_url_to_form(DOCUMENT, row.name)}">{escape_html(row.reference_name)}</a>'
	if stage is Stage.REJECTED and row.reference_doctype == settlement.PAYMENT:
		return " ".join((link, escape_html(settlement.after_rejection(row.reference_name, lang)))).strip()
	if stage not in (Stage.NEAR, Stage.OVERDUE):
		return link
	until = messages.moment(row.report_by, lang)
	return f"{link} ({_('to arrive by {0}', lang=lang).format(until)})"


def _notify(person: Person, subject: str, text: str, rows: Sequence[Any]) -> None:
	frappe.get_doc(
		{
			"doctype": "Notification Log",
			"for_user": person.user,
			"type": "Alert",
			"document_type": DOCUMENT,
			"document_name": rows[0].name,
			"subject": escape_html(subject),
			"email_content": escape_html(text),
		}
	).insert(ignore_permissions=True)  # the scheduler tells users, as the system


def _mail(person: Person, subject: str, body: str, rows: Sequence[Any]) -> bool:
	if not person.email:
		return False
	try:
		frappe.sendmail(
			recipients=[person.email],
			subject=subject,
			message=body,
			reference_doctype=DOCUMENT,
			reference_name=rows[0].name,
		)
	except frappe.OutgoingEmailError:
		frappe.clear_last_message()
		return False
	return True
