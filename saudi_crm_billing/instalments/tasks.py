"""What the scheduler calls. The daily check finds plans that no longer agree with the ledger: data patches, reposts
and direct SQL fire no document event."""

from __future__ import annotations

import frappe
from frappe import _

from saudi_crm_billing.instalments import drift
from saudi_crm_billing.instalments.balances import hold_plans, recompute
from saudi_crm_billing.instalments.directing import directions


def check_instalment_drift() -> list[str]:
	"""Recompute the plans that differ from the ledger, a commit after each, and report them in the Error Log."""
	found: dict[str, str] = {one.plan: one.cause for one in drift.differences(drift.followed())}
	mended = [plan for plan in found if _mend(plan)]
	if mended:
		frappe.log_error(
			title=_("Instalment plans differed from the ledger"),
			message=_("Recomputed now. Find out what changed the ledger without its documents:")
			+ "\n"
			+ "\n".join(f"{plan}: {found[plan]}" for plan in mended),
		)
	return mended


def plans_off_the_ledger() -> list[str]:
	"""Followed plans of which a figure differs from what the ledger says, by name."""
	return list(dict.fromkeys(one.plan for one in drift.differences(drift.followed())))


def _mend(plan: str) -> bool:
	"""A plan that cannot be recomputed goes to the Error Log and does not stop the others."""
	try:
		hold_plans([plan])
		if directions.given_up([plan]):
			directions.mark(plan)
		recompute(plan)
		frappe.db.commit()  # nosemgrep: a batch of a scheduled job
	except Exception:
		frappe.db.rollback()
		title = _("Instalment plan could not be recomputed")
		frappe.log_error(title=title, reference_doctype="Instalment Plan", reference_name=plan)
		frappe.db.commit()  # nosemgrep: the log of a scheduled job
		return False
	return True
