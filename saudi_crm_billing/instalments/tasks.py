"""What the scheduler calls. The daily check finds plans that no longer agree with the ledger: data patches, reposts
and direct SQL fire no document event."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce, Sum

from saudi_crm_billing.instalments.balances import LIVE, recompute

BATCH = 100


def check_instalment_drift() -> list[str]:
	"""Recompute the plans that differ from the ledger, commit by batch, and report them in the Error Log."""
	drifted = plans_off_the_ledger()
	for start in range(0, len(drifted), BATCH):
		for plan in drifted[start : start + BATCH]:
			recompute(plan)
		frappe.db.commit()  # nosemgrep: a batch of a scheduled job
	if drifted:
		frappe.log_error(
			title=_("Instalment plans differed from the ledger"),
			message=_("Recomputed now. Find out what changed the ledger without its documents:")
			+ "\n"
			+ "\n".join(drifted),
		)
	return drifted


def plans_off_the_ledger() -> list[str]:
	"""Plans of submitted invoices whose instalments do not add up to the invoice's ledger, by name."""
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
		.where((plan.reference_doctype == "Sales Invoice") & plan.status.isin(LIVE))
		.where((plan.not_scheduled + owed) != ledger)
		.orderby(plan.name)
	)
	return [name for (name,) in query.run()]
