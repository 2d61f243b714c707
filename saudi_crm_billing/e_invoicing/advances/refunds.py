"""An advance that goes back to the customer: how much may, and its settlement in the ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing.advances import uses as advance_uses
from saudi_crm_billing.e_invoicing.advances.uses import ORDERS, PAYMENT, Piece
from saudi_crm_billing.e_invoicing.documents.named import may_be_told
from saudi_crm_billing.e_invoicing.documents.taxes import CannotIssue
from saudi_crm_billing.e_invoicing.engine.advances import AdvanceExceeded, Amounts
from saudi_crm_billing.e_invoicing.engine.model import Vat

# What a refund takes from the advance as it is.
SAME = (
	"company",
	"party_type",
	"party",
	"party_name",
	"mode_of_payment",
	"cost_center",
	"project",
	"scb_branch",
)

NOT_INVOICED = "{entry} has no advance invoice that ZATCA has not rejected, so there is nothing to credit. Refund it as an ordinary payment."
OTHER_PARTY = "The advance {entry} is of {party} in {company}. Its refund goes to the same customer, from the same company."
REFUND_ALLOCATED = (
	"A refund of an advance settles the advance only: remove the rows of the references of this entry."
)
TOO_MUCH = (
	"{asked} cannot be refunded: {left} is left of the advance invoice of {entry}. Lower the Paid Amount."
)
ALLOCATED = (
	"{asked} cannot be refunded: of {entry}, {left} is not allocated to invoices. Lower the Paid Amount, or take the"
	" allocation back first (Unreconcile on the invoice)."
)


def draft_of(entry: str) -> Document:
	"""A refund of all that is left of an advance, not yet inserted; `ValidationError` where nothing is."""
	advance = advance_uses.find([entry]).get(entry)
	left = min(advance.left.gross, unallocated(entry)) if advance else Decimal(0)
	if advance is None or left <= 0:
		frappe.throw(_("Nothing is left of the advance {0} that could be refunded.").format(entry))
	paid: Any = frappe.get_doc(PAYMENT, entry)
	refund = frappe.new_doc(PAYMENT)
	refund.update(
		{
			"payment_type": "Pay",
			"scb_advance_refund_of": entry,
			"paid_amount": float(left),
			"received_amount": float(left),
			"paid_from": paid.paid_to,
			"paid_from_account_currency": paid.paid_to_account_currency,
			"paid_to": paid.paid_from,
			"paid_to_account_currency": paid.paid_from_account_currency,
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			**{field: paid.get(field) for field in SAME},
		}
	)
	return refund


def to_refund(doc: Document, *, lock: bool = False) -> tuple[Vat, Amounts]:
	"""VAT and amounts of a refund; `CannotIssue` where it is more than is left, or not of this advance."""
	entry, gross = doc.scb_advance_refund_of, to_money(doc.paid_amount or 0)
	advance = advance_uses.find([entry], lock=lock).get(entry)
	if advance is None or not may_be_told(doc, PAYMENT, entry):
		raise CannotIssue(NOT_INVOICED, entry=entry)
	party, company = frappe.db.get_value(PAYMENT, entry, ("party", "company"))
	if (party, company) != (doc.party, doc.company):
		raise CannotIssue(OTHER_PARTY, entry=entry, party=party, company=company)
	if doc.references:
		raise CannotIssue(REFUND_ALLOCATED)
	if gross > (free := unallocated(entry)):
		raise CannotIssue(ALLOCATED, asked=f"{gross:,}", entry=entry, left=f"{free:,}")
	try:
		return advance.vat, advance.use(gross)
	except AdvanceExceeded as error:
		raise CannotIssue(TOO_MUCH, asked=f"{error.asked:,}", left=f"{error.left:,}", entry=entry) from error


def unallocated(entry: str) -> Decimal:
	"""What of an advance no invoice and no refund has been given by the ledger."""
	return sum((to_money(amount) for _row, amount in _free_rows(entry)), Decimal("0.00"))


def record_refund(doc: Document) -> None:
	"""On submit of a refund: its use, and the refund settled against the advance in the ledger."""
	advance = advance_uses.find([doc.scb_advance_refund_of], lock=True)[doc.scb_advance_refund_of]
	amounts = Amounts(to_money(doc.scb_advance_gross), to_money(doc.scb_advance_vat))
	_settle(doc, advance.entry)
	advance_uses.add(Piece(advance, amounts), doc)


def _settle(refund: Document, entry: str) -> None:
	"""Core's own reconciliation of the advance with its refund: neither stays open, and no order keeps what was paid back."""
	from erpnext.accounts.utils import reconcile_against_document

	left, rows = to_money(refund.paid_amount), []
	for row, free in _free_rows(entry):
		amount = min(left, to_money(free))
		if amount <= 0:
			continue
		left -= amount
		rows.append(
			frappe._dict(
				voucher_type=PAYMENT,
				voucher_no=entry,
				voucher_detail_no=row,
				against_voucher_type=PAYMENT,
				against_voucher=refund.name,
				account=refund.paid_to,
				party_type=refund.party_type,
				party=refund.party,
				is_advance="Yes",
				dr_or_cr="credit_in_account_currency",
				unadjusted_amount=float(free),
				allocated_amount=float(amount),
				exchange_rate=1,
				grand_total=float(refund.paid_amount),
				outstanding_amount=float(refund.paid_amount),
				difference_amount=0,
				exchange_gain_loss=0,
				difference_account=None,
				precision=2,
			)
		)
	reconcile_against_document(rows)


def _free_rows(entry: str) -> list[tuple[str | None, float]]:
	"""The advance's parts without an invoice: unallocated (no row), and each row of an order."""
	rows = frappe.get_all(
		"Payment Entry Reference",
		filters={"parent": entry, "parenttype": PAYMENT, "reference_doctype": ("in", ORDERS)},
		fields=["name", "allocated_amount"],
		order_by="idx",
	)
	free = frappe.db.get_value(PAYMENT, entry, "unallocated_amount") or 0
	return [(None, free), *((row.name, row.allocated_amount or 0) for row in rows)]
