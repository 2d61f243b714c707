"""What the form of a ZATCA Unit may ask beyond api.py: permission first, then one call.

One-time passwords come as `password`: Frappe's Error Log hides a variable and a form's field of that name.
"""

from __future__ import annotations

from dataclasses import asdict

import frappe

from saudi_crm_billing.e_invoicing.devices import onboarding, steps, succession, units


@frappe.whitelist(methods=["POST"])
def renew_unit(unit: str, password: str | None = None) -> dict[str, str]:
	"""Replace the unit's certificate; `unit` of the answer is the one that has the new one."""
	frappe.has_permission(units.UNIT, "write", doc=unit, throw=True)
	return {"unit": onboarding.renew(unit, password)}


@frappe.whitelist(methods=["POST"])
def move_unit(unit: str, environment: str) -> dict[str, str]:
	"""A draft of the unit in a later environment, to be checked and onboarded there."""
	frappe.has_permission(units.UNIT, "write", doc=unit, throw=True)
	return {"unit": succession.prepare_move(unit, environment)}


@frappe.whitelist()
def onboarding_steps(unit: str) -> list[dict[str, str | int]]:
	"""How far the unit's onboarding, or the renewal that it has begun, has come: four steps in order."""
	frappe.has_permission(units.UNIT, "read", doc=unit, throw=True)
	return [asdict(step) for step in steps.as_shown(succession.begun_for(unit) or unit)]


@frappe.whitelist()
def check_request(values: str) -> dict[str, str]:
	"""What ZATCA would refuse in a certificate request with these values (JSON) of a form, by field; it stores nothing."""
	frappe.has_permission(units.UNIT, "create", throw=True)
	said = frappe.parse_json(values)
	typed = {field: str(said.get(field) or "") for field in ("title", *units.SUBJECT_FIELDS)}
	draft = frappe.get_doc({"doctype": units.UNIT, **typed})
	if not draft.serial_number:
		draft.serial_number = units.serial_number()
	return units.request_problems(draft)
