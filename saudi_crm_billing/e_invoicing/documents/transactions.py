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
	if said := _said(doc, "scb_government"):
		return said == YES
	return _is_checked(customer_of(doc), "scb_government")


def contract_of(doc: Document) -> str:
	return _said(doc, "scb_contract_reference")


def _said(doc: Document, fieldname: str) -> str:
	"""By the document itself; by the orders that an advance is paid for, where they say the same."""
	if own := (doc.get(fieldname) or "").strip():
		return str(own)
	rows = doc.get("references") or ()
	orders = {row.reference_name for row in rows if row.reference_doctype == ORDER}
	said = {(frappe.db.get_value(ORDER, order, fieldname) or "").strip() for order in orders}
	return said.pop() if len(said) == 1 else ""


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
