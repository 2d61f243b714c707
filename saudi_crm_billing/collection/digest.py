"""The only writer of Instalment Digest: one message a person, company and day, listing what is overdue.

The digest's row is inserted before its message is made: the unique key sends a second process away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import frappe
from frappe.utils import escape_html, get_url

from saudi_crm_billing.collection import delivery, mail, planning, recipients
from saudi_crm_billing.collection.batches import each_committed
from saudi_crm_billing.collection.engine.keys import digest_key, message_id
from saudi_crm_billing.collection.engine.messages import Owed
from saudi_crm_billing.collection.engine.steps import may_send
from saudi_crm_billing.collection.engine.wording import Language, date_text
from saudi_crm_billing.collection.policy import Policy
from saudi_crm_billing.compat import desk_path

DOCTYPE = "Instalment Digest"
LONGEST = 200
"""Rows in one message; the report has them all."""

WORDS = {
	Language.ARABIC: {
		"subject": "الأقساط المتأخرة لعملائك: {0} ({1})",
		"intro": "الأقساط المتأخرة لعملائك في {0} حتى {1}:",
		"more": "و {0} قسطًا آخر في التقرير.",
		"report": "فتح تقرير الأقساط المتأخرة",
		"unreached": "عملاء تعذر تذكيرهم، ويلزم تصحيح عناوينهم:",
	},
	Language.ENGLISH: {
		"subject": "Overdue instalments of your customers: {0} ({1})",
		"intro": "Overdue instalments of your customers in {0} as of {1}:",
		"more": "and {0} more in the report.",
		"report": "Open the report of overdue instalments",
		"unreached": "Customers who could not be reminded; their addresses need mending:",
	},
}


def send_digests(policy: Policy, today: date) -> Counter[str]:
	"""Queue the day's digests that were not queued yet. Counts "digests" and "errors"."""
	if not (policy.digest_enabled and may_send(today, policy.steps)):
		return Counter()
	rows = planning.overdue_on(policy.company, today)
	by_user = recipients.responsible_users(rows, policy.digest_fallback_user)
	done = set(frappe.get_all(DOCTYPE, {"company": policy.company, "run_date": today}, pluck="user"))
	waiting = sorted(set(by_user) - done)
	return each_committed(waiting, lambda user: _send_digest(policy, user, by_user[user], today), "User")


def _send_digest(policy: Policy, user: str, rows: Sequence[Owed], today: date) -> Counter[str]:
	key = digest_key(policy.company, user, today)
	email, language = _person(user)
	# The job, not a person, writes the log; nobody has the right to.
	row = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"company": policy.company,
			"user": user,
			"run_date": today,
			"digest_key": key,
			"instalments": len(rows),
			"total": mail.total_text(rows, Language.ENGLISH),
			"recipient": email,
			"message_id": message_id([key], frappe.local.site),
			"state": "Queued",
		}
	).insert(ignore_permissions=True)
	rendered = digest_mail(policy.company, rows, today, language, key)
	queued = mail.enqueue(rendered, policy.sender or "", email, row.message_id, ("User", user))
	if queued:
		row.db_set("email_queue", queued)
	else:
		row.db_set({"state": "Failed", "reason": recipients.refused(email)})
	return Counter({"digests": 1 if queued else 0})


def _person(user: str) -> tuple[str, Language]:
	email, language = frappe.db.get_value("User", user, ["email", "language"])
	return email or user, Language.ARABIC if (language or "").startswith("ar") else Language.ENGLISH


def digest_mail(company: str, rows: Sequence[Owed], today: date, language: Language, key: str) -> mail.Mail:
	words = WORDS[language]
	names = _customer_names(rows)
	shown = rows[:LONGEST]
	parts = [
		f"<p>{words['intro'].format(escape_html(company), date_text(today, language))}</p>",
		mail.table(shown, today, language, names),
		f"<p>{words['more'].format(len(rows) - len(shown))}</p>" if len(rows) > len(shown) else "",
		_unreached(company, sorted(names), language),
		_report_link(company, words["report"]),
	]
	subject = words["subject"].format(mail.total_text(rows, language), len(rows))
	return mail.Mail(subject, mail.frame(company, [(language, "".join(parts))], [key]))


def _customer_names(rows: Sequence[Owed]) -> dict[str, str]:
	customers = sorted({row.customer for row in rows})
	table = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(table).select(table.name, table.customer_name)
	return dict(query.where(table.name.isin(customers)).run())


def _unreached(company: str, customers: list[str], language: Language) -> str:
	"""Of these customers, those whose reminder failed, with what to do about it."""
	reasons = frappe.get_all(
		planning.LOG,
		filters={"company": company, "customer": ["in", customers], "state": "Failed"},
		pluck="reason",
		distinct=True,
		order_by="reason",
	)
	if not reasons:
		return ""
	lines = "".join(f"<li>{escape_html(reason)}</li>" for reason in reasons)
	return f"<p>{WORDS[language]['unreached']}</p><ul>{lines}</ul>"


def _report_link(company: str, text: str) -> str:
	address = get_url(desk_path("query-report/Overdue Instalments")).replace(" ", "%20")
	return f'<p><a href="{escape_html(address)}">{text}</a></p>'


def follow_delivery() -> None:
	"""Write down what core's mail queue did with the queued digests since."""
	for change in delivery.news(DOCTYPE):
		frappe.db.set_value(DOCTYPE, change.name, {"state": change.state, "reason": change.reason})
