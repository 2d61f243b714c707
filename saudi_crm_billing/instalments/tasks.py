"""What the scheduler calls. The daily check finds plans that no longer agree with the ledger: data patches, reposts
and direct SQL fire no document event."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import add_days, now_datetime

from saudi_crm_billing.instalments.balances import LIVE, recompute

OWING = tuple(status for status in LIVE if status != "Completed")

BATCH = 500
"""Plans whose ledger is summed in one query."""

RECENT_DAYS = 30
"""How long a settled plan is still looked at."""


def check_instalment_drift() -> list[str]:
	"""Recompute the plans that differ from the ledger, a commit after each, and report them in the Error Log."""
	mended = [plan for plan in plans_off_the_ledger() if _mend(plan)]
	if mended:
		frappe.log_error(
			title=_("Instalment plans differed from the ledger"),
			message=_("Recomputed now. Find out what changed the ledger without its documents:")
			+ "\n"
			+ "\n".join(mended),
		)
	return mended


def plans_off_the_ledger() -> list[str]:
	"""Followed plans whose instalments do not add up to the invoice's ledger, by name."""
	plans = _followed_plans()
	batches = (plans[start : start + BATCH] for start in range(0, len(plans), BATCH))
	return [plan for batch in batches for plan in _off_the_ledger(batch)]


def _mend(plan: str) -> bool:
	"""A plan that cannot be recomputed goes to the Error Log and does not stop the others."""
	try:
		recompute(plan)
		frappe.db.commit()  # nosemgrep: a batch of a scheduled job
	except Exception:
		frappe.db.rollback()
		title = _("Instalment plan could not be recomputed")
		frappe.log_error(title=title, reference_doctype="Instalment Plan", reference_name=plan)
		frappe.db.commit()  # nosemgrep: the log of a scheduled job
		return False
	return True


def _followed_plans() -> list[str]:
	"""Plans of invoices that owe something, and those settled lately: the settled ones only grow in number."""
	plan = frappe.qb.DocType("Instalment Plan")
	settled_lately = (plan.status == "Completed") & (plan.modified >= add_days(now_datetime(), -RECENT_DAYS))
	query = (
		frappe.qb.from_(plan)
		.select(plan.name)
		.where((plan.reference_doctype == "Sales Invoice") & (plan.status.isin(OWING) | settled_lately))
		.orderby(plan.name)
	)
	return query.run(pluck=True)


def _off_the_ledger(plans: list[str]) -> list[str]:
	plan, row = frappe.qb.DocType("Instalment Plan"), frappe.qb.DocType("Instalment")
	invoice, entry = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Payment Ledger Entry")
	owed = frappe.qb.from_(row).select(Coalesce(Sum(row.outstanding), 0)).where(row.parent == plan.name)
	ledger = (
		frappe.qb.from_(entry)
		.select(Coalesce(Sum(entry.amount_in_account_currency), 0))
		.where(
			(entry.against_voucher_no == plan.reference_name)
			& (entry.against_voucher_type == "Sales Invoice")
			& (entry.account == invoice.debit_to)
			& (entry.delinked == 0)
		)
	)
	query = (
		frappe.qb.from_(plan)
		.join(invoice)
		.on(invoice.name == plan.reference_name)
		.select(plan.name)
		.where(plan.name.isin(plans))
		.where((plan.not_scheduled + owed) != ledger)
		.orderby(plan.name)
	)
	return query.run(pluck=True)
