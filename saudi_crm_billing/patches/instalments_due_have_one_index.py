"""`scb_due` begins with the columns of the index that it takes the place of."""

from __future__ import annotations

import frappe

FORMER = "company_due_date_outstanding_index"


def execute() -> None:
	if frappe.db.has_index("tabInstalment", FORMER):
		frappe.db.sql_ddl(f"alter table `tabInstalment` drop index `{FORMER}`")
