"""Custom fields of imported opening invoices; written by making.py only."""

from __future__ import annotations

from saudi_crm_billing.custom_fields import custom_field
from saudi_crm_billing.custom_fields import mark as _

MODULE = "Instalments"
KEY = "scb_opening_key"
KEPT = ("scb_opening_number", "scb_opening_import", KEY)
SYSTEM = {"read_only": 1, "no_copy": 1, "print_hide": 1, "depends_on": "eval:doc.scb_opening_number"}

CUSTOM_FIELDS = {
	"Sales Invoice": [
		custom_field(
			MODULE,
			"scb_opening_number",
			"Data",
			_("Number in the Old System"),
			"is_opening",
			search_index=1,
			in_global_search=1,
			**SYSTEM,
		),
		custom_field(
			MODULE,
			"scb_opening_import",
			"Link",
			_("Instalment Opening Import"),
			"scb_opening_number",
			options="Instalment Opening Import",
			search_index=1,
			**SYSTEM,
		),
		# The database keeps an old number unique in a company; a cancelled invoice gives it free.
		custom_field(
			MODULE,
			KEY,
			"Data",
			_("Key of the Opening Import"),
			"scb_opening_import",
			unique=1,
			**{**SYSTEM, "hidden": 1, "length": 140},
		),
	],
}
