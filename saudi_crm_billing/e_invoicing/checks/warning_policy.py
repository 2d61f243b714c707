"""What a company does with a document that ZATCA would accept with warnings: allow it, ask a person, or refuse it.

The only writer of who accepted which warnings. Errors are refused whatever the policy says (drafts.py).
"""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.documents import parties
from saudi_crm_billing.e_invoicing.documents.sources import ACCEPTED, ACCEPTED_BY, ACCEPTED_ON
from saudi_crm_billing.e_invoicing.engine.rules import WARNING, Finding

ALLOW, ASK, REFUSE = "Allow", "Ask", "Refuse"
POLICY = "scb_e_invoice_warnings"


def policy_of(doc: Document) -> str:
	return parties.company_of(doc).get(POLICY) or ALLOW


def as_accepted(findings: Iterable[Finding]) -> str:
	"""The rules of all warnings, one name for each finding: whoever accepts them accepts these and no others."""
	return ", ".join(sorted(finding.id for finding in findings if finding.severity == WARNING))


def enforce(doc: Document, findings: Iterable[Finding]) -> None:
	"""Before submit: refuse, or keep who accepted what."""
	warnings = [finding for finding in findings if finding.severity == WARNING]
	policy = policy_of(doc)
	if not warnings or policy == ALLOW:
		doc.update({ACCEPTED: None, ACCEPTED_BY: None, ACCEPTED_ON: None})
		return
	said = messages.as_list(f"{messages.say(row)} [{row.id}]" for row in warnings)
	if policy == REFUSE:
		frappe.throw(
			_("{0} issues no e-invoice with warnings. Mend these first:").format(doc.company) + said,
			title=_("E-Invoice Refused"),
		)
	named = as_accepted(warnings)
	if doc.get(ACCEPTED) != named:
		frappe.throw(
			_(
				"A person must accept the warnings of this e-invoice: open {0}, press Submit and confirm. A program accepts"
				" them with the value {1} in the field {2}."
			).format(doc.name, frappe.bold(named), ACCEPTED)
			+ said,
			title=_("Warnings Not Accepted"),
		)
	doc.update({ACCEPTED_BY: frappe.session.user, ACCEPTED_ON: now_datetime()})
