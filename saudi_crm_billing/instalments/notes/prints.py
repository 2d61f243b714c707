"""A promissory note and the receipt of its return as they are printed. Reads and never writes.

The note has what the Commercial Papers Law (royal decree M/37 of 1383 AH, article 87) asks of one: its name in the
text, an unconditional promise of a sum, when and where it is payable, to whose order, when and where it was made, and
the signature. Its text is Arabic in every language of the print; English stands beside it for whoever keeps the register.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.bilingual import Said
from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.notes.reading import id_readers, may_read_id
from saudi_crm_billing.instalments.prints import parts
from saudi_crm_billing.printing import texts

RETURNABLE = ("To Be Returned", "Returned", "Replaced")


@dataclass(frozen=True)
class Covered:
	label: Said
	due: texts.Day
	amount: str


@dataclass(frozen=True)
class PrintedNote:
	"""`electronic`: the note itself is the platform's record, and this is a copy of the register's."""

	arabic: bool
	number: str
	register: str
	electronic: bool
	beneficiary: texts.Party
	drawer: str
	drawer_id: str
	guarantor: str
	guarantor_id: str
	amount: str
	currency: str
	words: Said
	at_sight: bool
	due: texts.Day
	issued: texts.Day
	issue_place: str
	payment_place: str
	covered: tuple[Covered, ...]
	is_draft: bool


@dataclass(frozen=True)
class PrintedReturn:
	note: PrintedNote
	returned: texts.Day
	replaced_by: str


def scb_promissory_note(doc: Document) -> PrintedNote:
	"""Of any note but a cancelled one."""
	_check_may_print(doc)
	if doc.status == "Cancelled":
		parts.refuse_print(_("{0} was cancelled. There is no note to print.").format(doc.name))
	return _note(doc)


def scb_note_return(doc: Document) -> PrintedReturn:
	"""Of a note that goes back to its drawer, or went."""
	_check_may_print(doc)
	if doc.status not in RETURNABLE:
		state = _(doc.status, context=doc.doctype)
		parts.refuse_print(_("{0} is {1}: it is not to be returned.").format(doc.name, state))
	moved = next((row.moved_on for row in doc.moves if row.to_state == "Returned"), None)
	return PrintedReturn(_note(doc), texts.day(getdate(moved)), doc.replaced_by or "")


def _check_may_print(doc: Document) -> None:
	"""The IDs stand on the paper, and Frappe keeps permission levels in its own layout only. What the system prints for a
	mail is checked before that, by the right to send one."""
	parts.check_may_print(doc)
	if frappe.flags.ignore_print_permissions or may_read_id(doc, frappe.session.user):
		return
	parts.refuse_print(
		_(
			"{0} carries the national ID of its drawer, which you may not read. Someone with one of these roles can print"
			" it: {1}."
		).format(doc.name, ", ".join(_(role) for role in id_readers(doc)))
	)


def _note(doc: Document) -> PrintedNote:
	amount = to_money(doc.amount)
	return PrintedNote(
		arabic=parts.in_arabic(),
		number=doc.note_number or doc.name,
		register=doc.name,
		electronic=doc.platform == "Nafith",
		beneficiary=texts.company(doc.company),
		drawer=doc.drawer_name,
		drawer_id=doc.drawer_id or "",
		guarantor=doc.guarantor_name or "",
		guarantor_id=doc.guarantor_id or "",
		amount=texts.amount(amount),
		currency=doc.currency,
		words=texts.in_words(amount, doc.currency),
		at_sight=bool(doc.at_sight),
		due=texts.day(None if doc.at_sight else getdate(doc.due_date)),
		issued=texts.day(getdate(doc.issue_date) if doc.issue_date else None),
		issue_place=doc.issue_place or "",
		payment_place=doc.payment_place or doc.issue_place or "",
		covered=tuple(_covered(row) for row in doc.instalments),
		is_draft=doc.status == "Draft",
	)


def _covered(row: Document) -> Covered:
	amount: Decimal = to_money(row.amount)
	return Covered(parts.label(row.number), texts.day(getdate(row.due_date)), texts.amount(amount))
