"""Custom fields of a Payment Request that asks for an instalment; written by making.py and following.py only."""

from __future__ import annotations

from saudi_crm_billing.custom_fields import custom_field
from saudi_crm_billing.custom_fields import mark as _

MODULE = "Instalments"
KEPT = (
	"scb_instalment_plan",
	"scb_instalment_number",
	"scb_due_date",
	"scb_due_date_hijri",
	"scb_closed_reason",
	"scb_closed_reason_ar",
)
OF_INSTALMENT = "eval:doc.scb_instalment_plan"
SYSTEM = {"read_only": 1, "no_copy": 1, "print_hide": 1, "depends_on": OF_INSTALMENT}

CUSTOM_FIELDS = {
	"Payment Request": [
		custom_field(
			MODULE,
			"scb_instalment_plan",
			"Link",
			_("Instalment Plan"),
			"reference_name",
			options="Instalment Plan",
			search_index=1,
			in_standard_filter=1,
			**SYSTEM,
		),
		custom_field(
			MODULE,
			"scb_instalment_number",
			"Int",
			_("Instalment"),
			"scb_instalment_plan",
			description=_("0 is the down payment."),
			**SYSTEM,
		),
		custom_field(MODULE, "scb_due_date", "Date", _("Due Date"), "scb_instalment_number", **SYSTEM),
		custom_field(
			MODULE,
			"scb_due_date_hijri",
			"Data",
			_("Due Date (Hijri)"),
			"scb_due_date",
			length=12,
			**SYSTEM,
		),
		custom_field(
			MODULE,
			"scb_closed_reason",
			"Small Text",
			_("Why It Was Closed"),
			"scb_due_date_hijri",
			**{**SYSTEM, "depends_on": 'eval:doc.scb_closed_reason && !frappe.boot.lang.startsWith("ar")'},
		),
		custom_field(
			MODULE,
			"scb_closed_reason_ar",
			"Small Text",
			_("Why It Was Closed"),
			"scb_closed_reason",
			**{**SYSTEM, "depends_on": 'eval:doc.scb_closed_reason && frappe.boot.lang.startsWith("ar")'},
		),
	],
}
