"""Business rules on any UBL invoice, whoever made it: `check` says what ZATCA would reject or warn of.

Each rule is data (`rule.Rule`): the authority's id and severity, the nodes it looks at, a short function, and
a message in English and Arabic. The modules group them by subject; `RULES` is all of them in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import localcontext

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.errors import UnreadableInvoice
from saudi_crm_billing.e_invoicing.engine.rules import (
	allowances,
	buyer,
	codes,
	document,
	formats,
	lines,
	notes,
	parties,
	prepayment,
	stamp,
	totals,
	transaction,
	vat,
	vat_categories,
)
from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING, Finding, Severity
from saudi_crm_billing.e_invoicing.engine.rules.nodes import PRECISION
from saudi_crm_billing.e_invoicing.engine.rules.rule import Rule
from saudi_crm_billing.e_invoicing.engine.rules.view import View
from saudi_crm_billing.e_invoicing.engine.xml import INVOICE, parse

__all__ = ["ERROR", "RULES", "WARNING", "Finding", "Severity", "check"]

# Characters of a document's own text that a message repeats.
MAX_SHOWN = 200

MODULES = (
	document,
	stamp,
	transaction,
	notes,
	parties,
	buyer,
	lines,
	allowances,
	vat,
	vat_categories,
	totals,
	prepayment,
	codes,
	formats,
)
RULES: tuple[Rule, ...] = tuple(rule for module in MODULES for rule in module.RULES)


def check(xml: bytes | etree._Element, now: datetime | None = None) -> tuple[Finding, ...]:
	"""Every breach of a rule in an invoice: errors first, then warnings, each in the order of `RULES`.

	`now` is the moment of checking, for the rules on future and late documents, which are left out without
	it; a moment without a zone is Saudi time. Raises `UnreadableInvoice` for what is not a UBL invoice.
	"""
	root = parse(xml) if isinstance(xml, bytes) else xml
	if root.tag != f"{{{INVOICE}}}Invoice":
		raise UnreadableInvoice("not-an-invoice", root=str(root.tag).rpartition("}")[2])
	with localcontext() as context:
		context.prec = PRECISION
		view = View(root, now)
		findings = dict.fromkeys(finding for rule in RULES for finding in _breaches(rule, view))
	return tuple(sorted(findings, key=lambda finding: finding.severity != ERROR))


def _breaches(rule: Rule, view: View) -> Iterator[Finding]:
	test = rule.test
	for node in rule.select(view):
		outcome = test(view, node)
		if not outcome:
			continue
		figures = {} if outcome is True else {name: _short(value) for name, value in outcome.items()}
		where = view.location(node, rule.at)
		yield Finding(rule.id, rule.severity, where, rule.en.format(**figures), rule.ar.format(**figures))


def _short(value: object) -> str:
	"""A value as a message can show it: on one line, not endless."""
	text = " ".join(str(value).split())
	return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
