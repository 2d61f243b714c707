"""Turns what the engine found into mail: renders it and puts it into the Email Queue. It sends nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import frappe
from bs4 import BeautifulSoup
from frappe.email.doctype.email_queue.email_queue import QueueBuilder
from markupsafe import Markup

from saudi_crm_billing.collection.engine.messages import CustomerMessage, Owed, totals
from saudi_crm_billing.collection.engine.wording import (
	LABELS,
	Language,
	amount_text,
	date_text,
	gregorian_text,
	hijri_text,
	instalment_text,
	status_text,
)
from saudi_crm_billing.collection.policy import Policy
from saudi_crm_billing.collection.recipients import Recipient
from saudi_crm_billing.collection.texts import render_body, render_subject

TEMPLATES = "saudi_crm_billing/collection/templates"


@dataclass(frozen=True)
class Mail:
	"""A rendered message and its From address; `keys` travel in the HTML, so that a received message can be told by them."""

	sender: str
	subject: str
	html: str


@dataclass(frozen=True)
class Party:
	"""The column that says whose a row is: its label ("customer", "supplier") and names by record."""

	label: str
	names: Mapping[str, str]


def customer_mail(policy: Policy, message: CustomerMessage, recipient: Recipient, today: date) -> Mail:
	"""The policy's text in each of the customer's languages, with the table of instalments in it."""
	subjects, parts = [], []
	languages = policy.languages(recipient.print_language)
	for language in languages:
		values = _values(policy, message, recipient, today, language)
		subject = render_subject(policy.texts[language].subject, {**values, "table": ""})
		subjects.append(_unmarked(subject))
		parts.append((language, render_body(policy.texts[language].body, values)))
	return Mail(
		policy.sender(languages[0]),
		" | ".join(subjects),
		frame(policy.company_names[languages[0]], parts, message.keys),
	)


def _unmarked(subject: str) -> str:
	"""A subject is text, but core also puts it into the HTML's title without escaping it."""
	return subject.replace("<", "").replace(">", "")


def _values(
	policy: Policy, message: CustomerMessage, recipient: Recipient, today: date, language: Language
) -> dict[str, object]:
	return {
		"customer_name": recipient.name_ar if language is Language.ARABIC else recipient.name,
		"company": policy.company_names[language],
		"note": policy.note(message.step, language),
		"total": total_text(message.rows, language),
		"count": len(message.rows),
		"today": date_text(today, language),
		"table": Markup(table(message.rows, today, language)),
	}


def total_text(rows: Iterable[Owed], language: Language) -> str:
	joint = " + "
	return joint.join(amount_text(amount, currency, language) for currency, amount in totals(rows).items())


def table(rows: Iterable[Owed], today: date, language: Language, party: Party | None = None) -> str:
	"""The instalments as an HTML table; with a column for the debtor or creditor when `party` is given."""
	rows = list(rows)
	lines = [
		{
			"party": party.names.get(row.customer, row.customer) if party else "",
			"invoice": row.sales_invoice,
			"instalment": instalment_text(row.number, language),
			"due_date": gregorian_text(row.due_date, language),
			"hijri": hijri_text(row.due_date, language),
			"status": status_text(row.due_date, today, language),
			"late": row.due_date < today,
			"amount": amount_text(row.outstanding, row.currency, language),
		}
		for row in rows
	]
	values = {
		"lines": lines,
		"labels": LABELS[language],
		"direction": language.direction,
		"party_label": LABELS[language][party.label] if party else "",
		"total": total_text(rows, language),
	}
	return frappe.render_template(f"{TEMPLATES}/table.html", values, is_path=True)


def frame(company: str, parts: Iterable[tuple[Language, str]], keys: Iterable[str]) -> str:
	"""The parts of a message one below the other under the company's name, each in its language's direction."""
	blocks = [{"language": lang.value, "direction": lang.direction, "body": body} for lang, body in parts]
	values = {"company": company, "blocks": blocks, "keys": " ".join(keys)}
	return frappe.render_template(f"{TEMPLATES}/frame.html", values, is_path=True)


class OwnMessage(QueueBuilder):
	"""Core's message without its closing line "Sent via ERPNext", which is English whatever the message's language.

	What the site itself puts at the foot of its mail (the account's footer, its address) stays.
	"""

	def email_html_content(self) -> str:
		soup = BeautifulSoup(super().email_html_content(), "html.parser")
		for line in soup.select(".default-mail-footer"):
			line.decompose()
		return str(soup)


def enqueue(mail: Mail, recipient: str, message_id: str, reference: tuple[str, str]) -> str | None:
	"""Put one message into the Email Queue in this transaction; its row's name, None if Frappe refused it.

	Frappe refuses addresses that unsubscribed from everything. Core sends the row after the commit and, when the
	sending was interrupted, again: always under this Message-ID.
	"""
	queued = OwnMessage(
		recipients=[recipient],
		sender=mail.sender,
		subject=" ".join(mail.subject.split()),
		message=mail.html,
		message_id=message_id,
		reference_doctype=reference[0],
		reference_name=reference[1],
		add_unsubscribe_link=0,
	).process()
	return queued.name if queued else None
