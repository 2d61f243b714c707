"""Attempts and expiry notices of before get their unit's company, by which User Permissions bind them."""

from __future__ import annotations

import frappe
from frappe.query_builder import DocType


def execute() -> None:
	for unit, company in frappe.get_all("ZATCA Unit", fields=["name", "company"], as_list=True):
		for doctype in ("ZATCA Attempt", "ZATCA Expiry Notice"):
			row = DocType(doctype)
			frappe.qb.update(row).set(row.company, company).where(
				(row.unit == unit) & row.company.isnull()
			).run()
