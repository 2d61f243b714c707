"""Which unit issues a document: its POS profile's, else its branch's, else the company's own. Reads only.

One statement a save finds it; its validation asks anew, and what follows takes that answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import DocType
from frappe.query_builder.functions import Coalesce
from frappe.utils import get_link_to_form

from saudi_crm_billing.e_invoicing.devices.unit_states import ACTIVE, RETIRED, UNIT
from saudi_crm_billing.e_invoicing.documents import buyer_kind, exempt
from saudi_crm_billing.e_invoicing.engine.routing import Candidate, choose

# Flag of a document in memory.
FOUND = "scb_issuing_unit"
# Fields of a source: the unit that issues it, and its branch where the site has no accounting dimension for it.
UNIT_FIELD, BRANCH_FIELD = "scb_zatca_unit", "scb_branch"
EVERY_KIND = "11"


@dataclass(frozen=True)
class IssuingUnit:
	"""The unit of a document, as issuing needs it; one whose `status` is not Active issues nothing."""

	name: str
	environment: str
	invoice_types: str
	certificate: str
	has_counter: bool
	status: str = ACTIVE
	branch: str = ""
	pos_profile: str = ""


def issuing_unit_of(doc: Document, *, anew: bool = False) -> IssuingUnit | None:
	"""The active unit that issues `doc`; None where its company has none for it, or one that cannot issue now.

	None also for what has no e-invoice (exempt.py).
	"""
	found = unit_of(doc, anew=anew)
	return found if found and found.status == ACTIVE else None


def unit_of(doc: Document, *, anew: bool = False) -> IssuingUnit | None:
	"""The same, whether it can issue now or not."""
	if anew or FOUND not in doc.flags:
		doc.flags[FOUND] = None if exempt.is_exempt(doc) else _find(doc)
	found: IssuingUnit | None = doc.flags[FOUND]
	return found


def show_on(doc: Document, unit: IssuingUnit | None) -> None:
	"""The draft says who issues it, whatever a request put there."""
	if doc.meta.has_field(UNIT_FIELD):
		doc.set(UNIT_FIELD, unit.name if unit else None)


def refuse_unready(doc: Document) -> None:
	"""Where the document has a unit that should issue but cannot, nobody else issues in its place."""
	unit = unit_of(doc)
	if unit is None or unit.status == ACTIVE:
		return
	status = _(unit.status, context=UNIT)
	link = get_link_to_form(UNIT, unit.name)
	if bound_to := unit.pos_profile or unit.branch:
		said = _(
			"E-invoices of {0} are issued by the ZATCA Unit {1}, which cannot issue now (status {2}). Open it and onboard"
			" or renew it, or retire it: then the next wider unit of {3} issues them."
		).format(frappe.bold(bound_to), link, status, doc.company)
	else:
		said = _(
			"{0} has the ZATCA Unit {1}, but it is not onboarded (status {2}). Open the unit and press Onboard, or"
			" retire it if this company does not issue e-invoices here."
		).format(doc.company, link, status)
	frappe.throw(said, title=_("E-Invoice Refused"))


def branch_of(doc: Document) -> str:
	"""The branch by the site's own accounting dimension; where there is none, by our field."""
	field = "branch" if doc.meta.has_field("branch") else BRANCH_FIELD
	return doc.get(field) or ""


def pos_profile_of(doc: Document) -> str:
	"""A profile left over on an invoice that is no sale at a till does not count."""
	return (doc.get("pos_profile") or "") if doc.get("is_pos") else ""


def _find(doc: Document) -> IssuingUnit | None:
	branch, pos_profile = branch_of(doc), pos_profile_of(doc)
	units = {unit.name: unit for unit in _units(doc.company, branch, pos_profile)}
	candidates = [_candidate(unit) for unit in units.values()]
	# Most companies' units issue every kind, and then the buyer need not be looked at.
	every = all(unit.invoice_types.startswith(EVERY_KIND) for unit in candidates)
	chosen = choose(candidates, None if every else buyer_kind.subtype(doc), branch, pos_profile)
	return units[chosen.name] if chosen else None


def _candidate(unit: IssuingUnit) -> Candidate:
	return Candidate(unit.name, unit.invoice_types, unit.status == ACTIVE, unit.branch, unit.pos_profile)


def _units(company: str, branch: str, pos_profile: str) -> list[IssuingUnit]:
	"""The company's units that are not retired and may issue for this branch and till."""
	table, counter = DocType(UNIT), DocType("ZATCA Unit Counter")
	of_branch, of_till = Coalesce(table.branch, ""), Coalesce(table.pos_profile, "")
	rows: list[dict[str, Any]] = (
		frappe.qb.from_(table)
		.left_join(counter)
		.on(counter.unit == table.name)
		.select(
			table.name,
			table.environment,
			table.invoice_types,
			Coalesce(table.certificate, "").as_("certificate"),
			counter.name.as_("has_counter"),
			table.status,
			of_branch.as_("branch"),
			of_till.as_("pos_profile"),
		)
		.where((table.company == company) & (table.status != RETIRED))
		.where(of_branch.isin(["", branch]) & of_till.isin(["", pos_profile]))
	).run(as_dict=True)
	return [IssuingUnit(**{**row, "has_counter": bool(row["has_counter"])}) for row in rows]
