"""The only writer of Instalment Digest: one message of a kind a person, company and day, listing what is overdue.

Sales persons hear of their customers' instalments, whoever pays the company's bills of the suppliers'. The digest's
row is inserted before its message is made: the unique key sends a second process away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import escape_html, get_url

from saudi_crm_billing.collection import delivery, mail, payables, planning, recipients
from saudi_crm_billing.collection.batches import each_committed
from saudi_crm_billing.collection.engine.keys import digest_key, message_id
from saudi_crm_billing.collection.engine.messages import Owed
from saudi_crm_billing.collection.engine.steps import may_send
from saudi_crm_billing.collection.engine.wording import Language, date_text, language_of
from saudi_crm_billing.collection.policy import Policy
from saudi_crm_billing.compat import desk_path

DOCTYPE = "Instalment Digest"
LONGEST = 200
"""Rows in one message; the report has them all."""

MORE = {Language.ARABIC: "و {0} أخرى في التقرير.", Language.ENGLISH: "and {0} more in the report."}
OPEN_REPORT = {Language.ARABIC: "فتح التقرير", Language.ENGLISH: "Open the report"}
UNREACHED = {
	Language.ARABIC: "عملاء تعذر تذكيرهم، ويلزم تصحيح عناوينهم:",
	Language.ENGLISH: "Customers who could not be reminded; their addresses need mending:",
}


@dataclass(frozen=True)
class Kind:
	"""What a digest is about: its name in the log, whose debts it lists, where to read on, and its words."""

	name: str
	party: str
	report: str
	subject: Mapping[Language, str]
	intro: Mapping[Language, str]


RECEIVABLES = Kind(
	name="Receivables",
	party="customer",
	report="Overdue Instalments",
	subject={
		Language.ARABIC: "الأقساط المتأخرة لعملائك: {0} ({1})",
		Language.ENGLISH: "Overdue instalments of your customers: {0} ({1})",
	},
	intro={
		Language.ARABIC: "الأقساط المتأخرة لعملائك في {0} حتى {1}:",
		Language.ENGLISH: "Overdue instalments of your customers in {0} as of {1}:",
	},
)
PAYABLES = Kind(
	name="Payables",
	party="supplier",
	report="Accounts Payable",
	subject={
		Language.ARABIC: "فواتير الموردين المتأخرة: {0} ({1})",
		Language.ENGLISH: "Overdue supplier bills: {0} ({1})",
	},
	intro={
		Language.ARABIC: "فواتير الموردين التي تأخر سدادها في {0} حتى {1}:",
		Language.ENGLISH: "Supplier bills that {0} has not paid in time, as of {1}:",
	},
)


def send_digests(policy: Policy, today: date) -> Counter[str]:
	"""Queue the day's digests that were not queued yet. Counts "digests" and "errors"."""
	if not may_send(today, policy.steps):
		return Counter()
	counts: Counter[str] = Counter()
	if policy.digest_enabled:
		rows = planning.overdue_on(policy.company, today)
		by_user = recipients.responsible_users(rows, policy.digest_fallback_user)
		counts += _send_kind(policy, RECEIVABLES, by_user, today)
	if policy.payables_digest_user:
		bills = payables.overdue_on(policy.company, today)
		by_user = {policy.payables_digest_user: list[Owed](bills)} if bills else {}
		counts += _send_kind(policy, PAYABLES, by_user, today)
	return counts


def _send_kind(
	policy: Policy, kind: Kind, by_user: Mapping[str, Sequence[Owed]], today: date
) -> Counter[str]:
	filters = {"company": policy.company, "run_date": today, "kind": kind.name}
	waiting = sorted(set(by_user) - set(frappe.get_all(DOCTYPE, filters, pluck="user")))
	return each_committed(
		waiting, lambda user: _send_digest(policy, kind, user, by_user[user], today), "User"
	)


def _send_digest(policy: Policy, kind: Kind, user: str, rows: Sequence[Owed], today: date) -> Counter[str]:
	key = digest_key(policy.company, user, today, kind.name)
	email, language = _person(user)
	# The job, not a person, writes the log; nobody has the right to.
	row = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"company": policy.company,
			"user": user,
			"run_date": today,
			"kind": kind.name,
			"digest_key": key,
			"instalments": len(rows),
			"total": mail.total_text(rows, Language.ENGLISH),
			"recipient": email,
			"message_id": message_id([key], frappe.local.site),
			"state": "Queued",
		}
	).insert(ignore_permissions=True)
	rendered = digest_mail(policy, kind, rows, today, language, key)
	queued = mail.enqueue(rendered, email, row.message_id, ("User", user))
	if queued:
		row.db_set("email_queue", queued)
	else:
		row.db_set({"state": "Failed", **recipients.refused(email).columns("reason")})
	return Counter({"digests": 1 if queued else 0})


def _person(user: str) -> tuple[str, Language]:
	email, language = frappe.db.get_value("User", user, ["email", "language"])
	return email or user, language_of(language)


def digest_mail(
	policy: Policy, kind: Kind, rows: Sequence[Owed], today: date, language: Language, key: str
) -> mail.Mail:
	names = _customer_names(rows, language) if kind is RECEIVABLES else {}
	company = policy.company_names[language]
	more = len(rows) - LONGEST
	parts = [
		f"<p>{kind.intro[language].format(escape_html(company), date_text(today, language))}</p>",
		mail.table(rows[:LONGEST], today, language, mail.Party(kind.party, names)),
		f"<p>{MORE[language].format(more)}</p>" if more > 0 else "",
		_unreached(policy.company, rows if kind is RECEIVABLES else (), language),
		_report_link(kind.report, OPEN_REPORT[language]),
	]
	subject = kind.subject[language].format(mail.total_text(rows, language), len(rows))
	return mail.Mail(
		policy.sender(language), subject, mail.frame(company, [(language, "".join(parts))], [key])
	)


def _customer_names(rows: Sequence[Owed], language: Language) -> dict[str, str]:
	customers = sorted({row.customer for row in rows})
	table = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(table).select(table.name, table.customer_name, table.scb_name_ar)
	found = query.where(table.name.isin(customers)).run()
	arabic = language is Language.ARABIC
	return {customer: (arabic and name_ar) or name for customer, name, name_ar in found}


def _unreached(company: str, overdue: Sequence[Owed], language: Language) -> str:
	"""Of the customers of these instalments, those whose latest reminder failed, with what to do about it."""
	listed = {(owed.sales_invoice, owed.number) for owed in overdue}
	customers = sorted({owed.customer for owed in overdue})
	rows = {
		(row.reason or "", row.reason_ar or "")
		for row in _latest_failures(company, customers)
		if (row.sales_invoice, row.number) in listed
	}
	if not rows:
		return ""
	arabic = language is Language.ARABIC
	lines = "".join(f"<li>{escape_html((arabic and said_ar) or said)}</li>" for said, said_ar in sorted(rows))
	return f"<p>{UNREACHED[language]}</p><ul>{lines}</ul>"


def _latest_failures(company: str, customers: list[str]) -> list[frappe._dict]:
	"""Instalments whose latest step failed: what an earlier step met was mended, or is said again by a later one."""
	row, newer = frappe.qb.DocType(planning.LOG), frappe.qb.DocType(planning.LOG).as_("newer")
	same = (newer.sales_invoice == row.sales_invoice) & (newer.number == row.number)
	return (
		frappe.qb.from_(row)
		.left_join(newer)
		.on(same & (newer.customer == row.customer) & (newer.step > row.step))
		.select(row.sales_invoice, row.number, row.reason, row.reason_ar)
		.where((row.company == company) & row.customer.isin(customers or [""]))
		.where((row.state == "Failed") & newer.name.isnull())
	).run(as_dict=True)


def _report_link(report: str, text: str) -> str:
	address = get_url(desk_path(f"query-report/{report}")).replace(" ", "%20")
	return f'<p><a href="{escape_html(address)}">{text}</a></p>'


def follow_delivery() -> None:
	"""Write down what core's mail queue did with the queued digests since."""
	for change in delivery.news(DOCTYPE):
		values = {"state": change.state, **change.reason.columns("reason")}
		frappe.db.set_value(DOCTYPE, change.name, values)
