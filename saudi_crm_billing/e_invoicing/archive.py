"""What the law keeps: documents issued in production that nobody has exported yet."""

from __future__ import annotations

import frappe


def production_documents_not_exported() -> int:
	"""How many production e-invoices exist only on this site; uninstalling would destroy them."""
	if not frappe.db.table_exists("ZATCA Document"):
		return 0
	return frappe.db.count("ZATCA Document", {"environment": "Production", "exported_on": ("is", "not set")})
