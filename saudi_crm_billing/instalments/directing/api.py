"""What the forms of a payment and of an invoice call to direct a payment to an instalment."""

from __future__ import annotations

from typing import Any

import frappe

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.directing import directing
from saudi_crm_billing.instalments.directing.directions import DIRECTION


@frappe.whitelist(methods=["GET", "POST"])
def directable(sales_invoice: str) -> dict[str, Any]:
	"""What may be directed in this invoice: {"currency", "payments": [{"voucher_type", "voucher_no", "free",
	"instalments": [{"number", "due_date", "owes"}]}]}, only payments with something free.
	"""
	frappe.has_permission(DIRECTION, "create", throw=True)
	frappe.has_permission("Sales Invoice", "read", doc=sales_invoice, throw=True)
	debt = directing.Debt(sales_invoice)
	due = {row.number: row.due_date for row in debt.rows}
	payments = []
	for voucher in debt.payments():
		free = debt.free(voucher)
		if free and frappe.has_permission(voucher[0], "read", doc=voucher[1]):
			rows = [
				{"number": number, "due_date": due[number], "owes": float(owed)}
				for number, owed in debt.room(voucher).items()
				if owed
			]
			payments.append(
				{
					"voucher_type": voucher[0],
					"voucher_no": voucher[1],
					"free": float(free),
					"instalments": rows,
				}
			)
	return {"currency": debt.header.currency, "payments": payments}


@frappe.whitelist(methods=["POST"])
def direct(
	sales_invoice: str, voucher_type: str, voucher_no: str, number: int, amount: float, reason: str
) -> str:
	"""Direct `amount` of the payment to instalment `number`; returns the direction's name."""
	frappe.has_permission(DIRECTION, "create", throw=True)
	direction = frappe.get_doc(
		{
			"doctype": DIRECTION,
			"sales_invoice": sales_invoice,
			"voucher_type": voucher_type,
			"voucher_no": voucher_no,
			"number": int(number),
			"amount": float(to_money(amount)),
			"reason": reason,
		}
	)
	return str(direction.insert().name)


@frappe.whitelist(methods=["POST"])
def withdraw(direction: str) -> None:
	"""Take a direction back: the payment settles the oldest instalments again."""
	frappe.has_permission(DIRECTION, "create", throw=True)
	frappe.has_permission(DIRECTION, "read", doc=direction, throw=True)
	directing.withdraw(frappe.get_doc(DIRECTION, direction))
