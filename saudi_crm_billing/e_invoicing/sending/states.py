"""The states of an e-invoice, what each asks of whom, and how it is shown. Pure but for translation."""

from __future__ import annotations

from frappe import _

PENDING = "Pending"
SENDING = "Sending"
WAITING = "Waiting for Configuration"
CLEARED = "Cleared"
REPORTED = "Reported"
REJECTED = "Rejected"

OPEN = (PENDING, SENDING, WAITING)
ACCEPTED = (CLEARED, REPORTED)
FINAL = (*ACCEPTED, REJECTED)


def next_step(
	state: str, *, stamped: bool = True, replaced_by: str | None = None, unknown: bool = False
) -> str:
	"""What happens next, or what the user is to do, in the user's language.

	`stamped` says whether ZATCA's own XML is here, which only a cleared document has; `replaced_by` names the document
	that was issued after this one's rejection; of an `unknown` one nobody knows whether ZATCA has it.
	"""
	if replaced_by:
		return _("ZATCA rejected this document. {0} took its place; nothing is to be done here.").format(
			replaced_by
		)
	if unknown and state in OPEN:
		return _(
			"No answer of ZATCA could be read, so it may or may not have this document. The system sends the same one"
			" again by itself: ZATCA does not take it twice. Do not issue another one for the same supply."
		)
	if state == CLEARED and not stamped:
		return _(
			"ZATCA has cleared this document, but its stamped XML is not here: download it from the Fatoora portal"
			" and give that one to the buyer. A correction needs a credit note."
		)
	steps = {
		PENDING: _("The system sends this document by itself. Nothing is to be done."),
		SENDING: _("The document is on its way to ZATCA. Nothing is to be done."),
		WAITING: _(
			"ZATCA's gateway does not let the unit in. Open the ZATCA Unit, mend what it says there and press"
			" Check Connection: the waiting documents are then sent by themselves."
		),
		CLEARED: _(
			"ZATCA has cleared this document: give it to the buyer. A correction needs a credit note."
		),
		REPORTED: _("ZATCA has received this document. A correction needs a credit note."),
		REJECTED: _(
			"ZATCA rejected this document and it will not be sent again. Read the messages. If the customer, an address"
			" or the company was wrong, mend it there and press Issue Again. Otherwise cancel the invoice,"
			" amend it, mend what the messages name and submit: the amended invoice gets a new e-invoice."
		),
	}
	return steps.get(state, "")
