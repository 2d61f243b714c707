"""Issues e-invoices: the only writer of ZATCA Document rows, of unit counters and of a chain's next hash.

Runs before the submit's commit, in its transaction: counter, document and invoice fields are written together or not
at all. The unit's counter row is locked first, so a unit issues one document at a time on however many servers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import NoReturn
from uuid import uuid4

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import DocType
from frappe.utils import now_datetime

from saudi_crm_billing.common.dates import RIYADH
from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.checks import drafts, reused_names
from saudi_crm_billing.e_invoicing.clock import at_site, riyadh_now
from saudi_crm_billing.e_invoicing.devices import units, vault
from saudi_crm_billing.e_invoicing.documents import mapping, sources, taxes
from saudi_crm_billing.e_invoicing.engine import keys, ubl
from saudi_crm_billing.e_invoicing.engine.deadlines import deadline
from saudi_crm_billing.e_invoicing.engine.draft import at_place
from saudi_crm_billing.e_invoicing.engine.errors import EngineError, KeyOrCertificateError
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.model import Invoice, Subtype
from saudi_crm_billing.e_invoicing.engine.signing import SignedInvoice, sign_element
from saudi_crm_billing.e_invoicing.engine.totals import Totals
from saudi_crm_billing.e_invoicing.issuing import records
from saudi_crm_billing.e_invoicing.sending import queueing, states
from saudi_crm_billing.unit_of_work import Phase, enlist

COUNTER = "ZATCA Unit Counter"
DOCUMENT = "ZATCA Document"


@dataclass(frozen=True)
class Place:
	"""A place in a unit's chain."""

	icv: int
	previous_hash: str


def enlist_issue(doc: Document) -> None:
	"""Have `doc` issued before this transaction commits; nothing for a company without an active unit.

	The key sorts by unit, then by source: every process locks the units in the same order.
	"""
	if not (unit := units.issuing_unit_of(doc)):
		return
	enlist(Phase.E_INVOICES, f"{unit.name}\0{doc.name}\0{doc.doctype}", lambda: issue(doc, unit))


def issue(doc: Document, unit: units.IssuingUnit) -> str | None:
	"""Issue one submitted source; None where it is gone or not submitted any more.

	Refused where it has a document that is not rejected: nothing is ever left without one in silence.
	"""
	if frappe.db.get_value(doc.doctype, doc.name, "docstatus") != 1:
		return None
	# All that does not need the place is done before the lock: nobody else issues for the unit while it is held.
	draft, totals, secret = _prepare(doc, unit)
	place = lock_next_place(unit.name)
	if not _is_submitted(doc):
		return None
	invoice, signed = _sign(draft, totals, unit, secret, place)
	name = _insert(doc, unit, invoice, totals, signed)
	_advance(unit.name, place.icv, signed.invoice_hash)
	_write_on_source(doc, name, signed.qr)
	queueing.enqueue_sending()
	return name


def rehearse(unit: units.IssuingUnit) -> None:
	"""Before submit: what would fail at the commit is refused here, before anything is written.

	The document itself was made and judged by the validation of the same save (drafts.py); what is left is the unit:
	its counter, its key, and a certificate that belongs to the key and is valid.
	"""
	if not unit.has_counter:
		_refuse_without_counter(unit.name)
	if not (secret := vault.find_private_key(unit.name)):
		_refuse_without_key(unit.name)
	with _refusals(unit):
		_key, certificate = keys.load_pair(secret, unit.certificate)
	if certificate.not_valid_after_utc <= datetime.now(timezone.utc):
		_refuse_expired(unit.name, certificate.not_valid_after_utc)


def open_chain(unit: str) -> None:
	"""A new certificate counts from 1, after the first previous hash."""
	if frappe.db.exists(COUNTER, unit):
		frappe.throw(_("The chain of {0} is open already; a counter is never reset.").format(unit))
	records.add(COUNTER, unit, unit=unit, last_icv=0, last_hash=FIRST_PREVIOUS_HASH)


def close_chain(unit: str) -> None:
	"""The unit is retired: who waits for its counter by now is told so, and none of its documents comes after."""
	table = DocType(COUNTER)
	frappe.qb.update(table).set(table.closed, 1).where(table.unit == unit).run()


def lock_next_place(unit: str) -> Place:
	"""The next place, read with the counter's row locked until the transaction ends."""
	table = DocType(COUNTER)
	rows = (
		frappe.qb.from_(table)
		.select(table.last_icv, table.last_hash, table.closed)
		.where(table.unit == unit)
		.for_update()
		.run()
	)
	if not rows:
		_refuse_without_counter(unit)
	if rows[0][2]:
		_refuse_retired(unit)
	return Place(icv=int(rows[0][0]) + 1, previous_hash=rows[0][1])


def _is_submitted(doc: Document) -> bool:
	"""Whether the source is there and submitted; refused where it has a document by now that is not rejected.

	Read under the source's own lock: what another transaction has issued since this one began is seen.
	"""
	table = DocType(doc.doctype)
	rows = (
		frappe.qb.from_(table)
		.select(table.docstatus, table[sources.DOCUMENT])
		.where(table.name == doc.name)
		.for_update()
	).run()
	if not rows or rows[0][0] != 1:
		return False
	if not (document := rows[0][1]):
		reused_names.refuse(doc)
	elif frappe.db.get_value(DOCUMENT, document, "state", for_update=True) != states.REJECTED:
		_refuse_issued(doc.name, document)
	return True


def _prepare(doc: Document, unit: units.IssuingUnit) -> tuple[Invoice, Totals, str]:
	"""The document without its place, and the unit's key; a ValidationError that says why, where it cannot be made.

	What was judged before the submit is not judged again, unless somebody has changed the invoice since.
	"""
	with _refusals(unit):
		draft, totals = drafts.make(doc)
		drafts.refuse_errors(doc, drafts.judged(doc, draft, totals).findings)
		return draft, totals, vault.private_key(unit.name)


def _sign(
	draft: Invoice, totals: Totals, unit: units.IssuingUnit, secret: str, place: Place
) -> tuple[Invoice, SignedInvoice]:
	"""The document at its place, signed."""
	with _refusals(unit):
		invoice = at_place(draft, icv=place.icv, previous_hash=place.previous_hash, uuid=str(uuid4()))
		root = ubl.build_element(invoice, totals)
		return invoice, sign_element(root, secret, unit.certificate, riyadh_now())


@contextmanager
def _refusals(unit: units.IssuingUnit) -> Iterator[None]:
	"""What the engine refuses, as a message to the user."""
	try:
		yield
	except KeyOrCertificateError as error:
		frappe.throw(
			_("The ZATCA Unit {0} cannot sign: {1} Retire it, make a new unit and onboard it.").format(
				unit.name, messages.say(error)
			),
			title=_("E-Invoice Refused"),
		)
	except EngineError as error:
		frappe.throw(messages.say(error), title=_("E-Invoice Refused"))
	except taxes.CannotIssue as error:
		frappe.throw(_(error.template).format(**error.params), title=_("E-Invoice Refused"))


def _refuse_issued(source: str, document: str) -> NoReturn:
	frappe.throw(
		_("{0} has an e-invoice already: {1}.").format(source, document), title=_("E-Invoice Refused")
	)


def _refuse_without_counter(unit: str) -> NoReturn:
	frappe.throw(
		_("The ZATCA Unit {0} has no counter: onboard it again as a new unit.").format(unit),
		title=_("E-Invoice Refused"),
	)


def _refuse_retired(unit: str) -> NoReturn:
	frappe.throw(
		_(
			"The ZATCA Unit {0} was retired or replaced a moment ago: submit again, its successor issues."
		).format(unit),
		title=_("E-Invoice Refused"),
	)


def _refuse_expired(unit: str, expiry: datetime) -> NoReturn:
	frappe.throw(
		_("The certificate of the ZATCA Unit {0} expired on {1}. Open it and press Renew.").format(
			unit, frappe.format(expiry.astimezone(RIYADH).replace(tzinfo=None), "Datetime")
		),
		title=_("E-Invoice Refused"),
	)


def _refuse_without_key(unit: str) -> NoReturn:
	frappe.throw(
		_(
			"The private key of the ZATCA Unit {0} is missing or cannot be decrypted. If this site was restored from a"
			" backup, restore its encryption_key in site_config.json too; else retire the unit, make a new one and"
			" onboard it."
		).format(unit),
		title=_("E-Invoice Refused"),
	)


def _insert(
	doc: Document, unit: units.IssuingUnit, invoice: Invoice, totals: Totals, signed: SignedInvoice
) -> str:
	now, issued_at = now_datetime(), at_site(datetime.combine(invoice.issue_date, invoice.issue_time))
	row = records.add(
		DOCUMENT,
		f"{unit.name}-{invoice.icv:06d}",
		state=states.PENDING,
		unit=unit.name,
		company=doc.company,
		environment=unit.environment,
		reference_doctype=doc.doctype,
		reference_name=doc.name,
		kind=mapping.KINDS[invoice.type_code],
		subtype=mapping.SUBTYPES[invoice.subtype],
		currency=invoice.currency,
		grand_total=str(totals.inclusive),
		tax_total=str(totals.tax),
		icv=invoice.icv,
		uuid=invoice.uuid,
		previous_hash=invoice.previous_hash,
		invoice_hash=signed.invoice_hash,
		xml=signed.xml.decode(),
		qr=signed.qr,
		issued_at=issued_at,
		report_by=deadline(issued_at) if invoice.subtype is Subtype.SIMPLIFIED else None,
		submitted_on=now,
		next_attempt_on=now,
	)
	return str(row.name)


def _advance(unit: str, icv: int, invoice_hash: str) -> None:
	table = DocType(COUNTER)
	(
		frappe.qb.update(table)
		.set(table.last_icv, icv)
		.set(table.last_hash, invoice_hash)
		.set(table.modified, now_datetime())
		.where(table.unit == unit)
	).run()


def _write_on_source(doc: Document, document: str, qr: str) -> None:
	values = {sources.DOCUMENT: document, sources.STATUS: states.PENDING, sources.QR: qr}
	frappe.db.set_value(doc.doctype, doc.name, values, update_modified=False)
	doc.update(values)
