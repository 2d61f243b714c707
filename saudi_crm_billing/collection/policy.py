"""Reads an Instalment Reminder Policy into what the engine and the messages need; the only reader of it."""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.utils import getdate

from saudi_crm_billing.collection.engine.steps import Steps
from saudi_crm_billing.collection.engine.wording import Language, languages_for

DOCTYPE = "Instalment Reminder Policy"
BY_PRINT_LANGUAGE = "Print Language of the customer"
FRIDAY, SATURDAY = 4, 5
LONGEST_SENDER = 140
"""Characters that Email Queue has for a sender."""
SPECIAL = frozenset('()<>[]:;@\\,"')
"""Of an address (RFC 5322): left out of a name, for a quoted name cannot be encoded."""


@dataclass(frozen=True)
class Text:
	"""Subject and body of a message in one language, as Jinja."""

	subject: str
	body: str


@dataclass(frozen=True)
class Policy:
	"""How one company reminds. `address` is the sending account's; None when no account can send."""

	company: str
	enabled: bool
	steps: Steps
	notes: dict[int, dict[Language, str]]
	texts: dict[Language, Text]
	by_print_language: bool
	company_names: dict[Language, str]
	address: str | None
	send_from_hour: int
	digest_enabled: bool
	digest_fallback_user: str | None
	payables_digest_user: str | None

	def languages(self, print_language: str | None) -> tuple[Language, ...]:
		"""In which languages a customer with that Print Language is written to, the first one first."""
		return languages_for(print_language if self.by_print_language else None)

	def sender(self, language: Language) -> str:
		"""A whole From address: the company's name in that language before the address of the account."""
		return from_address(self.company_names[language], self.address or "")

	def note(self, step: int, language: Language) -> str:
		"""The sentence of the last stage up to `step`: a repeated step speaks as the last stage does."""
		passed = [days for days in self.notes if days <= step]
		return self.notes[max(passed)][language] if passed else ""


def from_address(name: str, address: str) -> str:
	"""As text, not encoded: core encodes it when it builds the message, and keeps no more than `LONGEST_SENDER`."""
	plain = " ".join("".join(letter for letter in name if letter not in SPECIAL).split())
	return f"{plain[: LONGEST_SENDER - len(address) - 3].strip()} <{address}>"


def load(company: str) -> Policy | None:
	"""The policy of a company, enabled or not; None when it has none."""
	if not frappe.db.exists(DOCTYPE, company):
		return None
	document = frappe.get_doc(DOCTYPE, company)
	return Policy(
		company=company,
		enabled=bool(document.enabled),
		steps=_steps(document),
		notes={
			row.days_from_due: {Language.ARABIC: row.note_ar or "", Language.ENGLISH: row.note_en or ""}
			for row in document.stages
		},
		texts={
			language: Text(document.get(f"subject_{language.value}"), document.get(f"body_{language.value}"))
			for language in Language
		},
		by_print_language=document.message_language == BY_PRINT_LANGUAGE,
		company_names=_company_names(company),
		address=_address(document),
		send_from_hour=document.send_from_hour,
		digest_enabled=bool(document.digest_enabled),
		digest_fallback_user=document.digest_fallback_user,
		payables_digest_user=document.payables_digest_user,
	)


def enabled_companies() -> list[str]:
	return frappe.get_all(DOCTYPE, filters={"enabled": 1}, pluck="name", order_by="name")


def _steps(document: frappe._dict) -> Steps:
	weekend = {FRIDAY: document.skip_friday, SATURDAY: document.skip_saturday}
	return Steps(
		stages=tuple(sorted(row.days_from_due for row in document.stages)),
		repeat_every=document.repeat_every_days,
		not_before=getdate(document.start_date) if document.start_date else None,
		weekend=frozenset(day for day, skipped in weekend.items() if skipped),
		holidays=frozenset(
			getdate(day)
			for day in frappe.get_all(
				"Holiday", filters={"parent": document.holiday_list or ""}, pluck="holiday_date"
			)
		),
	)


def _company_names(company: str) -> dict[Language, str]:
	arabic = frappe.db.get_value("Company", company, "scb_name_ar")
	return {Language.ARABIC: arabic or company, Language.ENGLISH: company}


def _address(document: frappe._dict) -> str | None:
	"""Of the account that sends for the company."""
	if document.email_account:
		filters = {"name": document.email_account, "enable_outgoing": 1}
		return frappe.db.get_value("Email Account", filters, "email_id")
	account = EmailAccount.find_outgoing()
	return account.email_id if account else None
