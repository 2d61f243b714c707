"""What kind of transaction an invoice is about, and when it was supplied, as its fields and its buyer say. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate

from saudi_crm_billing.e_invoicing.documents.parties import customer_of
from saudi_crm_billing.e_invoicing.documents.transaction_fields import YES
from saudi_crm_billing.e_invoicing.engine.buyer_kind import EXPORTS
from saudi_crm_billing.e_invoicing.engine.model import Subtype, TransactionCode, Vat

ORDER = "Sales Order"
SAID_ONCE = GOVERNMENT, CONTRACT = "scb_government", "scb_contract_reference"
# Flag of a document in memory.
ORDERS_SAY = "scb_orders_say"
# What a person ticks on an invoice; a note on it is of the same kinds.
KINDS = ("scb_third_party", "scb_nominal", "scb_self_billed", "scb_summary", "scb_continuous_supply")


@dataclass(frozen=True)
class Period:
	"""The day of supply, or of a period its first and last [KSA-5, KSA-24]."""

	start: date
	end: date | None = None


def code_of(doc: Document, subtype: Subtype, vats: Iterable[Vat]) -> TransactionCode:
	"""The transaction code [KSA-2] of a supply with these VATs; `InvalidInvoice` where its parts exclude each other."""
	export = subtype is Subtype.STANDARD and any(vat.exemption_code in EXPORTS for vat in vats)
	return TransactionCode(
		subtype,
		third_party=_is_checked(doc, "scb_third_party"),
		nominal=_is_checked(doc, "scb_nominal"),
		export=export,
		summary=_is_checked(doc, "scb_summary"),
		self_billed=_is_checked(doc, "scb_self_billed"),
		continuous_supply=_is_checked(doc, "scb_continuous_supply"),
		government=is_government(doc),
	)


def is_government(doc: Document) -> bool:
	if said := said_by(doc, GOVERNMENT):
		return said == YES
	return _is_checked(customer_of(doc), GOVERNMENT)


def contract_of(doc: Document) -> str:
	return said_by(doc, CONTRACT)


def said_by(doc: Document, fieldname: str) -> str:
	"""By the document itself; else by the orders it is for, where they say the same.

	ERPNext copies an order's fields to its invoice, but not by way of a Delivery Note, which has none of them.
	"""
	if own := (doc.get(fieldname) or "").strip():
		return str(own)
	said = {(row[fieldname] or "").strip() for row in _orders_say(doc)}
	return said.pop() if len(said) == 1 else ""


def _orders_say(doc: Document) -> list[frappe._dict]:
	"""Asked once while the document is in memory and is for the same orders: it is mapped several times a save."""
	orders = _orders_of(doc)
	if not orders:
		return []
	kept = doc.flags.get(ORDERS_SAY)
	if not kept or kept[0] != orders:
		kept = orders, frappe.get_all(ORDER, {"name": ("in", sorted(orders))}, list(SAID_ONCE))
		doc.flags[ORDERS_SAY] = kept
	return kept[1]


def _orders_of(doc: Document) -> set[str]:
	"""What an advance is paid for, or an invoice bills."""
	if rows := doc.get("references"):
		return {row.reference_name for row in rows if row.reference_doctype == ORDER}
	return {row.sales_order for row in doc.get("items") or () if row.get("sales_order")}


def period_of(doc: Document, issued: date) -> Period:
	"""When it was supplied: as the document says, a note on a period's invoice as that one, else on the day of issue."""
	own = _period(doc.get("scb_supply_date"), doc.get("scb_supply_end"), issued)
	if own or not doc.get("return_against") or not doc.meta.has_field("scb_supply_end"):
		return own or Period(issued)
	names = ("scb_supply_date", "scb_supply_end", "posting_date")
	start, end, posted = frappe.db.get_value(doc.doctype, doc.return_against, names) or (None, None, None)
	return (end and _period(start, end, getdate(posted))) or Period(issued)


def _period(start: date | str | None, end: date | str | None, otherwise: date) -> Period | None:
	if not (start or end):
		return None
	return Period(getdate(start) if start else otherwise, getdate(end) if end else None)


def _is_checked(doc: Document, fieldname: str) -> bool:
	return bool(cint(doc.get(fieldname)))
