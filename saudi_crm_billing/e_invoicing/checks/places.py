"""Where what is said of a draft is mended on this site, and where its form shows it. Reads only.

`engine/rules/mending.py` says which role and field; here they become records of this very document.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing.advances import entries as advances
from saudi_crm_billing.e_invoicing.documents import parties
from saudi_crm_billing.e_invoicing.engine.rules import Finding
from saudi_crm_billing.e_invoicing.engine.rules.mending import Mend, Record, line_of, mend

# The form's field beside which a finding on another record is shown.
SHOWN_AT = {
	Record.COMPANY: "company",
	Record.SELLER_ADDRESS: "company_address",
	Record.CUSTOMER: "customer",
	Record.BUYER_ADDRESS: "customer_address",
	Record.ROW: "items",
}
# A payment has other fields for the same, and one line that no row of it stands for.
ON_A_PAYMENT = {
	"company_address": "company",
	"customer": "party",
	"customer_address": "party",
	"items": "scb_tax_class",
	"taxes": "scb_tax_class",
	"payments": "mode_of_payment",
}
# What a row takes from its item: the item is opened too, or the next invoice has the same fault.
OF_THE_ITEM = {"item_code": "", "item_name": "item_name", "item_tax_template": "taxes", "uom": "uoms"}


@dataclass(frozen=True)
class Place:
	"""A record to open (`doctype`, `name`; none where it is this form) at `field`, and this form's field and row.

	`label` is the field's, untranslated; `shown_at` and `row` (from 1) are on the form of the draft itself.
	"""

	doctype: str = ""
	name: str = ""
	field: str = ""
	label: str = ""
	shown_at: str = ""
	row: int = 0


def shown(doc: Document, findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
	"""Findings as the form shows them to this user: each with its place, a link only to what the user may read."""
	may_read: dict[tuple[str, str], bool] = {}
	rows = []
	for finding in findings:
		place = place_of(doc, finding)
		if place.name:
			key = (place.doctype, place.name)
			if key not in may_read:
				may_read[key] = bool(frappe.has_permission(place.doctype, "read", doc=place.name))
			if not may_read[key]:
				place = Place(shown_at=place.shown_at, row=place.row)
		rows.append({**asdict(finding), "place": {**asdict(place), "label": _(place.label)}})
	return rows


def place_of(doc: Document, finding: Finding) -> Place:
	target = mend(finding.id, finding.where)
	if target.record is Record.APP:
		return Place()
	if target.record is Record.SOURCE:
		shown_at = _on_form(doc, target.field)
		return Place(field=shown_at or target.field, shown_at=shown_at)
	if target.record is Record.ROW:
		return _row(doc, target, line_of(finding.where))
	doctype, name = _master(doc, target.record)
	# Where there is no address yet, its owner is opened: there it is added.
	field = target.field if doctype == _doctype(target.record) else ""
	return Place(doctype, name, field, _label(doctype, field), _on_form(doc, SHOWN_AT[target.record]))


def _row(doc: Document, target: Mend, line: int | None) -> Place:
	rows = _rows_of_lines(doc)
	if line is None or line > len(rows):
		return Place(shown_at=_on_form(doc, "items"))
	item = rows[line - 1]
	shown_at = _on_form(doc, "items")
	if target.field not in OF_THE_ITEM or not item.get("item_code"):
		return Place(field=target.field, shown_at=shown_at, row=item.idx)
	field = OF_THE_ITEM[target.field]
	return Place("Item", item.item_code, field, _label("Item", field), shown_at, item.idx)


def _rows_of_lines(doc: Document) -> list[Any]:
	"""The item rows that became lines, in order: one that lowers the total is a discount (amounts.py)."""
	sign = -1 if doc.get("is_return") else 1
	return [item for item in doc.get("items") or () if to_money(item.net_amount) * sign >= 0]


def _master(doc: Document, record: Record) -> tuple[str, str]:
	if record is Record.SELLER_ADDRESS and (address := parties.seller_address(doc)):
		return "Address", address
	if record is Record.BUYER_ADDRESS and (address := parties.buyer_address(doc)):
		return "Address", address
	if record in (Record.COMPANY, Record.SELLER_ADDRESS):
		return "Company", doc.company
	return "Customer", parties.customer_of(doc).name


def _doctype(record: Record) -> str:
	named = {Record.COMPANY: "Company", Record.CUSTOMER: "Customer"}
	return named.get(record, "Address")


def _on_form(doc: Document, field: str) -> str:
	if doc.doctype == advances.PAYMENT:
		field = ON_A_PAYMENT.get(field, field)
	return field if field and doc.meta.has_field(field) else ""


def _label(doctype: str, field: str) -> str:
	return str(frappe.get_meta(doctype).get_label(field)) if field else ""
