"""Write-offs made before they settled the instalments in their rows settle these from now on."""

from __future__ import annotations

import frappe

from saudi_crm_billing.instalments.balances import hold_plans, recompute
from saudi_crm_billing.instalments.directing import directions


def execute() -> None:
	for plan in sorted(frappe.get_all("Instalment Write-Off", {"docstatus": 1}, pluck="plan", distinct=True)):
		hold_plans([plan])
		directions.mark(plan)
		recompute(plan)
