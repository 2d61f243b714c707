"""Instalments planned before margins were kept apart are principal wholly."""

from __future__ import annotations

import frappe


def execute() -> None:
	row = frappe.qb.DocType("Instalment")
	(
		frappe.qb.update(row)
		.set(row.principal, row.amount)
		.where((row.principal == 0) & (row.margin == 0))
		.run()
	)
