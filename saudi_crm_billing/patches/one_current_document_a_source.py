"""A rejected document may be followed by another of the same source: the index that forbade it goes.

Its successor, which allows one current document a source, is made with the doctype.
"""

from __future__ import annotations

import frappe

TABLE = "tabZATCA Document"
INDEX = "unique_reference_doctype_reference_name_kind"


def execute() -> None:
	if frappe.db.has_index(TABLE, INDEX):
		frappe.db.sql_ddl(f"ALTER TABLE `{TABLE}` DROP INDEX `{INDEX}`")
