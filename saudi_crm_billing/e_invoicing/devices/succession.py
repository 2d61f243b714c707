"""A unit that takes another's place: with a renewed certificate, or in the next environment. And how a unit ends.

A unit is one certificate and one chain, for good: ZATCA has every new certificate count from 1 (zatca.md 5). So what is
renewed or moved is a unit of its own, with a key of its own, which *replaces* the one before in the same commit in which
it becomes active. The only writer of `replaces` and `replaced_by`.
"""

from __future__ import annotations

import re

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.devices import units, vault
from saudi_crm_billing.e_invoicing.devices.expiry import has_expired
from saudi_crm_billing.e_invoicing.issuing import issue
from saudi_crm_billing.e_invoicing.sending import outbox_rows, states

ORDER = ("Sandbox", "Simulation", "Production")
CARRIED = (*units.SUBJECT_FIELDS, *units.SCOPE_FIELDS, "company")
# Between two commits, of units that were retired while documents of theirs were still under way.
FORGET_BATCH = 200


def begin(unit: Document, environment: str) -> Document:
	"""The successor of `unit` that was begun already, else a new draft with the same request and the same scope."""
	if begun := begun_for(unit.name, environment, locked=True):
		return frappe.get_doc(units.UNIT, begun)
	successor = frappe.new_doc(units.UNIT)
	successor.update({field: unit.get(field) for field in CARRIED})
	successor.update({"title": _next_title(unit.title), "environment": environment})
	if environment == unit.environment:
		successor.base_url = unit.base_url
	successor.insert()
	units.write(successor.name, replaces=unit.name)
	return successor.reload()


def begun_for(name: str, environment: str | None = None, *, locked: bool = False) -> str | None:
	"""The successor of a unit that waits to be onboarded, by default in the unit's own environment.

	`locked` sees also one that another request committed since this one began.
	"""
	environment = environment or frappe.db.get_value(units.UNIT, name, "environment")
	waiting = {"replaces": name, "environment": environment, "status": ("in", units.STEP_BY_STEP)}
	return frappe.db.get_value(units.UNIT, waiting, for_update=locked)


def prepare_move(name: str, environment: str) -> str:
	"""A draft of the unit in a later environment: its name. The unit itself goes on until that one is onboarded."""
	unit = frappe.get_doc(units.UNIT, name, for_update=True)
	refuse_unless_issuing(unit)
	if environment not in ORDER[ORDER.index(unit.environment) + 1 :]:
		frappe.throw(
			_(
				"{0} works in {1} and cannot be moved to {2}: a unit moves from Sandbox to Simulation to Production."
			).format(name, _(unit.environment, context=units.UNIT), _(environment, context=units.UNIT))
		)
	return str(begin(unit, environment).name)


def refuse_unless_issuing(unit: Document) -> None:
	if unit.status not in (units.ACTIVE, units.EXPIRED):
		frappe.throw(
			_(
				"{0} is {1}: only a unit that was onboarded and is not retired can be renewed or moved."
			).format(unit.name, _(unit.status, context=units.UNIT))
		)


def refuse_backwards(unit: Document) -> None:
	"""Once a company issues for ZATCA's books, none of its invoices may end in a gateway for tests."""
	if unit.environment == ORDER[-1]:
		return
	onboarded = {"company": unit.company, "environment": ORDER[-1], "status": ("!=", units.DRAFT)}
	if production := frappe.db.get_value(units.UNIT, onboarded):
		frappe.throw(
			_(
				"{0} issues in production with {1}: invoices sent to {2} would never reach ZATCA's books. Try things out"
				" with a company of their own."
			).format(unit.company, production, _(unit.environment, context=units.UNIT)),
			title=_("Onboarding Stopped"),
		)


def is_renewal(unit: Document) -> bool:
	"""Whether `unit` replaces one in its own environment; else it is new there, and nothing of the old one counts."""
	if not unit.replaces:
		return False
	return bool(frappe.db.get_value(units.UNIT, unit.replaces, "environment") == unit.environment)


def hand_over(unit: Document) -> None:
	"""`unit` has become active: the one it replaces issues no more. Call it in the same transaction."""
	if unit.replaces:
		_end(unit.replaces)
		units.write(unit.replaces, replaced_by=unit.name)


def retire(name: str) -> None:
	"""The unit issues no more; what it issued is still sent and kept."""
	_end(name)
	frappe.db.commit()  # nosemgrep: no document is issued after this, so that what is still open can be seen
	forget_if_done(name)


def forget_if_done(name: str) -> None:
	"""A retired unit whose documents all have their answer needs no credentials any more."""
	open_ones = {"unit": name, "state": ("in", states.OPEN)}
	if not frappe.db.exists(outbox_rows.DOCUMENT, open_ones):
		vault.forget(name, *vault.SECRETS)


def forget_all_done() -> None:
	"""Daily, for those whose last answers came after they were retired."""
	retired = frappe.get_all(units.UNIT, filters={"status": units.RETIRED}, pluck="name")
	for name in vault.keepers(retired)[:FORGET_BATCH]:
		forget_if_done(name)


def sender_of(unit: Document) -> str:
	"""The unit with whose credentials documents of `unit` are sent: those that signed them, for as long as they hold.

	After that, by its own expiry or because the gateway refused them, its successor's in the same environment. The
	bytes are never changed, and never go to another environment's gateway.
	"""
	if not unit.replaced_by or (vault.has(unit.name, "production_token") and not has_expired(unit)):
		return str(unit.name)
	successor = frappe.get_cached_doc(units.UNIT, unit.replaced_by)
	return sender_of(successor) if successor.environment == unit.environment else str(unit.name)


def pass_on(name: str) -> bool:
	"""The gateway refused a unit's credentials: if it was renewed, its successor's are used from now on."""
	unit = frappe.get_cached_doc(units.UNIT, name)
	if not unit.replaced_by or not vault.has(name, "production_token"):
		return False
	if frappe.db.get_value(units.UNIT, unit.replaced_by, "environment") != unit.environment:
		return False
	vault.forget(name, *vault.SECRETS)
	return True


def _end(name: str) -> None:
	"""No more documents, and nothing to make one with; credentials stay until the last answer."""
	issue.close_chain(name)
	units.write(name, status=units.RETIRED)
	vault.forget(name, vault.PRIVATE_KEY, *vault.COMPLIANCE)


def _next_title(title: str) -> str:
	base = re.sub(r" \(\d+\)$", "", title)
	number = 2
	while frappe.db.exists(units.UNIT, f"{base} ({number})"):
		number += 1
	return f"{base} ({number})"
