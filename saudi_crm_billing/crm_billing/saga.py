"""One attempt of a billing run, from its lock to its last document: all of it, or nothing and a reason.

Order of locks: the quotation, its order, then the run's row. They are the first statements of their transaction, so
that every plain read after them sees what was committed before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.translate import get_user_lang
from frappe.utils import fmt_money, strip_html

from saudi_crm_billing.crm_billing import making, matching, runs, sources
from saudi_crm_billing.crm_billing.engine.rules import within_limits


class ChangedMeanwhile(Exception):
	"""The sale led elsewhere when its rows were locked than when they were found; try again."""


PASSING = (ChangedMeanwhile, frappe.QueryDeadlockError, frappe.QueryTimeoutError)


@dataclass(frozen=True)
class Sale:
	"""The documents that a run starts from; names, or None."""

	quotation: str | None
	order: str | None


def process(name: str) -> None:
	"""Attempt the queued run `name` once. Called twice, or by two workers at once, it does its work once.

	The commits are the borders of the attempt: the claim stays even if the process is killed, the documents stand or
	fall together (with all that other slices do before the commit), and the outcome is recorded in any case.
	"""
	run = runs.claim(name)
	if run is None:
		return
	sale = sale_of(run)
	frappe.db.commit()  # nosemgrep: border of the attempt, see above
	try:
		with acting_as(run.run_as), speaking_to(run.owner):
			attempt(run, sale)
			frappe.db.commit()  # nosemgrep: border of the attempt, see above
	except PASSING as error:
		frappe.db.rollback()
		try_again_later(run, error)
	except Exception as error:
		traceback = frappe.get_traceback()
		frappe.db.rollback()
		record_failure(run, error, traceback)
	frappe.db.commit()  # nosemgrep: border of the attempt, see above


def attempt(run: Document, sale: Sale) -> None:
	"""Lock, look again, make, record; the caller commits or rolls back."""
	lock(sale)
	if not runs.still_running(run.name):
		return
	if sale_of(run) != sale:
		raise ChangedMeanwhile(run.name)
	rule = usable_rule(run)
	check_sale(run, rule, sale)
	runs.finish(run, making.make(run, rule, sale.quotation, sale.order))


def sale_of(run: Document) -> Sale:
	if run.source_doctype == "Sales Order":
		return Sale(None, run.source_name)
	quotation = run.source_name
	if run.source_doctype == "Opportunity":
		quotation = sources.quotation_to_bill(run.source_name)
	return Sale(quotation, sources.order_of(quotation) if quotation else None)


def lock(sale: Sale) -> None:
	for doctype, name in (("Quotation", sale.quotation), ("Sales Order", sale.order)):
		if name:
			frappe.db.get_value(doctype, name, "name", for_update=True)


def usable_rule(run: Document) -> Document:
	if not frappe.db.exists(matching.RULE, run.rule):
		frappe.throw(_("Billing rule {0} was deleted.").format(run.rule))
	rule = frappe.get_doc(matching.RULE, run.rule)
	if not rule.enabled:
		frappe.throw(_("Billing rule {0} is disabled.").format(run.rule))
	if not frappe.db.get_value("User", rule.run_as, "enabled"):
		frappe.throw(_("User {0}, as whom billing rule {1} runs, is disabled.").format(rule.run_as, run.rule))
	return rule


def check_sale(run: Document, rule: Document, sale: Sale) -> None:
	"""There is something to bill, and its total, which may have come after the event, is within the rule's limits."""
	if not sale.quotation and not sale.order:
		frappe.throw(
			_("Opportunity {0} has no submitted quotation to bill. Make and submit one.").format(
				run.source_name
			)
		)
	kind, name = ("Quotation", sale.quotation) if sale.quotation else ("Sales Order", sale.order)
	total = matching.money(frappe.db.get_value(kind, name, "base_grand_total"))
	if not within_limits(matching.as_rule(rule), total):
		frappe.throw(
			_("{0} {1} with its total of {2} is outside the limits of billing rule {3}.").format(
				_(kind), name, fmt_money(total, precision=2), rule.title
			)
		)


@contextmanager
def acting_as(user: str) -> Iterator[None]:
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


@contextmanager
def speaking_to(reader: str) -> Iterator[None]:
	"""Messages are in the language of the salesperson whose sale it is: who opens the run, not the worker."""
	before = frappe.local.lang
	frappe.local.lang = get_user_lang(reader)
	try:
		yield
	finally:
		frappe.local.lang = before


def try_again_later(run: Document, error: Exception) -> None:
	"""Another transaction was in the way: leave it to the next sweep, but not for ever."""
	if run.attempts < runs.MOST_ATTEMPTS:
		runs.requeue(run)
	else:
		record_failure(run, error, frappe.get_traceback())


def record_failure(run: Document, error: Exception, traceback: str) -> None:
	"""Say on the run what went wrong and what to do; the traceback goes to the Error Log."""
	frappe.clear_messages()
	log = frappe.log_error(
		_("Billing run {0} failed").format(run.name),
		traceback,
		reference_doctype=runs.RUN,
		reference_name=run.name,
	)
	message = plain_text(str(error)) or missing_right(error) or type(error).__name__
	with speaking_to(run.owner):
		runs.fail(run, message, next_step(run, error), log.name if log else None)


def missing_right(error: Exception) -> str:
	"""Core raises a refused right without a text and leaves the text beside it."""
	said = frappe.flags.error_message if isinstance(error, frappe.PermissionError) else ""
	return plain_text(str(said or ""))


def plain_text(markup: str) -> str:
	"""A message without its markup, what stood in lists and paragraphs a line each."""
	lines = re.sub(r"<(?:br|/?li|/?p|/?div|/tr)\b[^>]*>", "\n", markup)
	return "\n".join(line.strip() for line in unescape(strip_html(lines)).splitlines() if line.strip())


def next_step(run: Document, error: Exception) -> str:
	if isinstance(error, frappe.PermissionError):
		return _(
			"Give user {0} the missing right, or name another user in the billing rule; then press Retry."
		).format(run.run_as)
	if isinstance(error, frappe.ValidationError):
		return _("Mend what the message says, then press Retry. Nothing was made so far.")
	return _("Show the Error Log to the administrator, then press Retry. Nothing was made so far.")
