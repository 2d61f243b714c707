"""What the Desk must know of e-invoicing before a form opens. Reads only."""

from __future__ import annotations

import frappe

from saudi_crm_billing.e_invoicing.checks import warning_policy
from saudi_crm_billing.e_invoicing.devices.unit_states import RETIRED, UNIT


def extend(bootinfo: frappe._dict) -> None:
	"""Whether any unit issues for a branch: only then is an invoice asked for one; which companies issue, which ask."""
	of_a_branch = {"branch": ("is", "set"), "status": ("!=", RETIRED)}
	bootinfo.scb_zatca_branches = bool(frappe.db.exists(UNIT, of_a_branch))
	issuing = frappe.get_all(UNIT, {"status": ("!=", RETIRED)}, pluck="company", distinct=True)
	bootinfo.scb_zatca_companies = issuing
	asking = {"name": ("in", issuing), warning_policy.POLICY: warning_policy.ASK}
	bootinfo.scb_zatca_asking = frappe.get_all("Company", asking, pluck="name") if issuing else []
