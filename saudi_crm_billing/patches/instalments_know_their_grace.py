"""Instalments made before there were grace days and company currency get both."""

from __future__ import annotations

import frappe


def execute() -> None:
	row, plan = frappe.qb.DocType("Instalment"), frappe.qb.DocType("Instalment Plan")
	frappe.qb.update(row).set(row.grace_until, row.due_date).where(row.grace_until.isnull()).run()
	invoice = frappe.qb.DocType("Sales Invoice")
	(
		frappe.qb.update(row)
		.join(plan)
		.on(plan.name == row.parent)
		.join(invoice)
		.on((invoice.name == plan.reference_name) & (plan.reference_doctype == "Sales Invoice"))
		.set(row.base_outstanding, row.outstanding * invoice.conversion_rate)
		.where((row.outstanding > 0) & (row.base_outstanding == 0))
	).run()
