"""The findings that a draft keeps, and what its form is told of them. Reads only; validating.py writes them."""

from __future__ import annotations

import json
from typing import Any

from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.checks import places, warning_policy
from saudi_crm_billing.e_invoicing.documents.sources import FINDINGS
from saudi_crm_billing.e_invoicing.engine.rules import Finding


def of(doc: Document) -> tuple[Finding, ...]:
	return tuple(Finding(**row) for row in json.loads(doc.get(FINDINGS) or "[]"))


def told(doc: Document, findings: tuple[Finding, ...]) -> dict[str, Any]:
	"""For the form: the findings with their places for this user, and what the company does with warnings."""
	return {
		"findings": places.shown(doc, findings),
		"policy": warning_policy.policy_of(doc),
		"accepts": warning_policy.as_accepted(findings),
	}


def tell(doc: Document) -> None:
	"""When a draft is opened."""
	if doc.docstatus == 0 and (findings := of(doc)):
		doc.set_onload("scb_e_invoice", told(doc, findings))
