"""The documents that an e-invoice is made from: one row each. Whatever handles a source asks here what it is.

Every source carries the same fields of ours (source_fields.py): its state, its ZATCA Document, the QR code and the findings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.advances import entries as advances
from saudi_crm_billing.e_invoicing.documents import mapping, taxes
from saudi_crm_billing.e_invoicing.engine.model import Invoice
from saudi_crm_billing.e_invoicing.engine.totals import Totals

STATUS, DOCUMENT, FINDINGS, QR = "scb_zatca_status", "scb_zatca_document", "scb_zatca_findings", "scb_qr"
# Who accepted which warnings (warning_policy.py); a request says only which.
ACCEPTED = "scb_zatca_accepted_warnings"
ACCEPTED_BY, ACCEPTED_ON = "scb_zatca_accepted_by", "scb_zatca_accepted_on"
# A request never writes these (system_fields.py).
SYSTEM_FIELDS = (STATUS, DOCUMENT, FINDINGS, QR, ACCEPTED_BY, ACCEPTED_ON)


@dataclass(frozen=True)
class Source:
	"""How one doctype becomes an e-invoice.

	`read` maps a document without a place in a chain; `close` brings the payable amount to ERPNext's own figure and
	computes the totals. `is_mirrored`: order and quotation show its state (mirror.py).
	"""

	doctype: str
	read: Callable[[Document], Invoice]
	close: Callable[[Document, Invoice], tuple[Invoice, Totals]]
	is_mirrored: bool = False


SOURCES = {
	row.doctype: row
	for row in (
		Source("Sales Invoice", mapping.to_invoice, taxes.close_rounding, is_mirrored=True),
		Source("POS Invoice", mapping.to_invoice, taxes.close_rounding),
		Source("Payment Entry", advances.to_invoice, advances.close),
		Source("ZATCA Advance Credit Note", advances.document, advances.close),
	)
}


def of(doc: Document) -> Source:
	return SOURCES[doc.doctype]


def refuse_other(doctype: str) -> None:
	"""What a caller names must be a source."""
	if doctype not in SOURCES:
		frappe.throw(_("{0} has no e-invoice.").format(_(doctype)), frappe.PermissionError)
