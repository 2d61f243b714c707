"""Directs what was paid through a request to the instalment that it asks for; else it would settle the oldest."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.balances import LIVE
from saudi_crm_billing.instalments.directing.directing import Debt
from saudi_crm_billing.instalments.directing.directions import DIRECTION
from saudi_crm_billing.instalments.requests.reading import DOCTYPE
from saudi_crm_billing.instalments.settings import settings_of


def direct(payment: Document) -> None:
	"""Once the payment's ledger is written, where the company lets payments be directed."""
	fields = [
		"name",
		"scb_instalment_plan as plan",
		"scb_instalment_number as number",
		"reference_name",
		"company",
	]
	for name, amount in sorted(_paid_through(payment).items()):
		request = frappe.db.get_value(DOCTYPE, name, fields, as_dict=True)
		if request and request.plan and settings_of(request.company).allow_directed:
			_direct(payment, request, amount)


def _paid_through(payment: Document) -> dict[str, Decimal]:
	paid: dict[str, Decimal] = defaultdict(Decimal)
	for row in payment.references:
		if row.payment_request:
			paid[row.payment_request] += to_money(row.allocated_amount or 0)
	return paid


def _direct(payment: Document, request: Any, paid: Decimal) -> None:
	"""As far as the instalment owes it; the rest settles the oldest. Whoever may pay through a request may do this."""
	debt, voucher = Debt(request.reference_name), (payment.doctype, payment.name)
	if debt.plan != request.plan or debt.header.status not in LIVE:
		return
	amount = min(paid, debt.free(voucher), debt.room(voucher).get(request.number, Decimal(0)))
	if amount <= 0:
		return
	frappe.get_doc(
		{
			"doctype": DIRECTION,
			"sales_invoice": request.reference_name,
			"voucher_type": payment.doctype,
			"voucher_no": payment.name,
			"number": request.number,
			"amount": float(amount),
			"reason": _("Paid through {0}.").format(request.name),
		}
	).insert(ignore_permissions=True)
