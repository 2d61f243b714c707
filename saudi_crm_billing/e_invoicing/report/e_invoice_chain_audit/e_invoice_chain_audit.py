"""Is every chain of a company's units whole? Reads only. Core runs it in the background where it takes long."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.core.doctype.user_permission.user_permission import get_user_permissions
from frappe.utils import cint

from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.devices import units
from saudi_crm_billing.e_invoicing.issuing import audit
from saudi_crm_billing.e_invoicing.issuing.audit import UnitAudit

Row = dict[str, Any]


def execute(
	filters: dict[str, Any] | None = None,
) -> tuple[list[Row], list[Row], str | None, None, list[Row]]:
	chosen = frappe._dict(filters or {})
	if not chosen.company:
		frappe.throw(_("Choose a company."))
	names = permitted(chosen.company, chosen.unit)
	results = list(audit.audit(names, from_icv=cint(chosen.from_icv) or 1))
	rows = [row for result in results for row in _rows(result)]
	return columns(), rows, _message(results), None, _summary(results)


def permitted(company: str, unit: str | None) -> list[str]:
	"""The company's units, or the one chosen of them, for a user who may see the company."""
	allowed = [row["doc"] for row in get_user_permissions().get("Company", [])]
	if allowed and company not in allowed:
		frappe.throw(_("You have no permission for company {0}.").format(company), frappe.PermissionError)
	filters = {"company": company, **({"name": unit} if unit else {})}
	return frappe.get_all(units.UNIT, filters, pluck="name")


def _rows(result: UnitAudit) -> list[Row]:
	return [
		{
			"unit": result.unit,
			"icv": finding.icv,
			"document": finding.document,
			"finding": finding.problem.message_ar if messages.in_arabic() else finding.problem.message_en,
			"code": finding.problem.code,
		}
		for finding in result.findings
	]


def columns() -> list[Row]:
	"""An auditor may read documents, not units: core refuses a report that links to what may not be read."""
	unit_type = "Link" if frappe.has_permission(units.UNIT, "read") else "Data"
	return [
		_column("unit", _("ZATCA Unit"), unit_type, units.UNIT if unit_type == "Link" else None, 160),
		_column("icv", _("Counter Value (ICV)"), "Int", None, 110),
		_column("document", _("Document"), "Link", audit.DOCUMENT, 200),
		_column("finding", _("Finding"), "Data", None, 560),
		_column("code", _("Code"), "Data", None, 160),
	]


def _column(fieldname: str, label: str, fieldtype: str, options: str | None, width: int) -> Row:
	return {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": fieldtype,
		"options": options,
		"width": width,
	}


def _message(results: list[UnitAudit]) -> str | None:
	if not results:
		return _("This company has no ZATCA Unit.")
	if all(result.whole for result in results):
		return _("The chain of every unit is whole, and every stored document is as it was signed.")
	if any(result.count > len(result.findings) for result in results):
		return _("Of each unit the first {0} findings are shown.").format(audit.MOST_FINDINGS)
	return None


def _summary(results: list[UnitAudit]) -> list[Row]:
	found = sum(result.count for result in results)
	return [
		{"label": _("Units"), "value": len(results), "datatype": "Int"},
		{"label": _("Documents"), "value": sum(row.documents for row in results), "datatype": "Int"},
		{
			"label": _("Findings"),
			"value": found,
			"datatype": "Int",
			"indicator": "Red" if found else "Green",
		},
	]
