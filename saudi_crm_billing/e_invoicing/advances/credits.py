"""Credit notes (381) to advance invoices, for what was allocated to invoices that declare their whole VAT themselves.

That happens when a payment is reconciled after the final invoice is issued: its VAT is then declared twice until the
advance invoice is credited. The only writer of a ZATCA Advance Credit Note's figures.
"""

from __future__ import annotations

from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing.advances import entries as advances
from saudi_crm_billing.e_invoicing.advances import ledger as advance_ledger
from saudi_crm_billing.e_invoicing.advances import uses as advance_uses
from saudi_crm_billing.e_invoicing.advances import vat as advance_vat
from saudi_crm_billing.e_invoicing.advances.entries import REFUND_OF
from saudi_crm_billing.e_invoicing.advances.uses import PAYMENT, Advance, Piece
from saudi_crm_billing.e_invoicing.documents.named import may_be_told
from saudi_crm_billing.e_invoicing.engine.advances import Amounts

NOTE = "ZATCA Advance Credit Note"


def draft_of(entry: str) -> Document:
	"""A credit note for all of the advance that is to be credited, not yet inserted."""
	advance_uses.refresh(entry)
	paid: Any = frappe.db.get_value(
		PAYMENT, entry, ("party", "company", "scb_advance_to_credit"), as_dict=True
	)
	if to_money(paid.scb_advance_to_credit or 0) <= 0:
		frappe.throw(
			_(
				"Nothing of the advance {0} is to be credited: no invoice that declares its whole VAT has taken any of it."
			).format(entry)
		)
	note = frappe.new_doc(NOTE)
	note.update(
		{
			REFUND_OF: entry,
			"customer": paid.party,
			"company": paid.company,
			"scb_advance_gross": paid.scb_advance_to_credit,
		}
	)
	return note


def prepare(note: Document) -> None:
	"""In validate: the figures, from the advance as it is now; refused where there is not so much to credit."""
	if not may_be_told(note, PAYMENT, note.get(REFUND_OF)):
		_refuse_not_invoiced(note.get(REFUND_OF))
	paid: Any = frappe.db.get_value(PAYMENT, note.get(REFUND_OF), ("party", "company"), as_dict=True)
	note.update({"customer": paid.party, "company": paid.company})
	_write(note, _advance(note))


def reserve(note: Document) -> None:
	"""Before submit: the figures again, under the advance's lock; what comes out is what is issued."""
	advance = _advance(note)
	_write(note, advance)
	note.flags.scb_advance = advance


def record(note: Document) -> None:
	"""On submit: the use, and the VAT taken back."""
	amounts = advances.amounts_of(note)
	entry = advance_ledger.take_back(
		note,
		note.posting_date,
		[(note.get(REFUND_OF), amounts.tax)],
		_("VAT of the advance {0} that the credit note {1} credits").format(note.get(REFUND_OF), note.name),
	)
	advance_uses.add(Piece(note.flags.scb_advance, amounts), note, entry)
	if entry:
		note.db_set("journal_entry", entry, update_modified=False)


def _advance(note: Document) -> Advance:
	"""As it is now: its document and its entry are locked, in this order, as whoever answers for the document does."""
	entry = note.get(REFUND_OF)
	if not (advance := advance_uses.find([entry], lock=True).get(entry)):
		_refuse_not_invoiced(entry)
	advance_uses.refresh(entry)
	asked = to_money(note.scb_advance_gross or 0)
	limit = to_money(frappe.db.get_value(PAYMENT, entry, "scb_advance_to_credit") or 0)
	if not 0 < asked <= limit:
		frappe.throw(
			_("Amount with VAT is {0}; of the advance {1}, {2} is to be credited.").format(
				f"{asked:,}", entry, f"{limit:,}"
			)
		)
	return advance


def _refuse_not_invoiced(entry: str) -> NoReturn:
	frappe.throw(_("{0} has no advance invoice that could be credited.").format(entry))


def _write(note: Document, advance: Advance) -> None:
	amounts: Amounts = advance.use(to_money(note.scb_advance_gross))
	advance_vat.store(note, advance.vat)
	note.update(
		{
			"scb_advance_taxable": float(amounts.taxable),
			"scb_advance_vat": float(amounts.tax),
		}
	)
