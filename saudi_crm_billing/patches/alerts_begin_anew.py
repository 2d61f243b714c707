"""An e-invoice may need a person for the same reason again: the index that forbade a second alert goes.

Units that are locked out now were so since they were last written.
"""

from __future__ import annotations

import frappe
from frappe.query_builder import DocType

TABLE = "tabZATCA Alert"
INDEX = "unique_document_stage"


def execute() -> None:
	if frappe.db.has_index(TABLE, INDEX):
		frappe.db.sql_ddl(f"ALTER TABLE `{TABLE}` DROP INDEX `{INDEX}`")
	unit = DocType("ZATCA Unit")
	(
		frappe.qb.update(unit)
		.set(unit.clearing_refused_since, unit.modified)
		.set(unit.reporting_refused_since, unit.modified)
		.where(unit.needs_attention == 1)
	).run()
