"""Issues e-invoices: the only writer of ZATCA Document rows, of unit counters and of a chain's next hash.

Runs before the submit's commit, in its transaction: counter, document and invoice fields are written together or not
at all. The unit's counter row is locked first, so a unit issues one document at a time on however many servers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn
from uuid import uuid4

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import DocType
from frappe.utils import now_datetime

from saudi_crm_billing.e_invoicing import mapping, messages, records, states, tasks, taxes, units, vault
from saudi_crm_billing.e_invoicing.clock import riyadh_now
from saudi_crm_billing.e_invoicing.engine import ubl
from saudi_crm_billing.e_invoicing.engine.errors import EngineError, KeyOrCertificateError
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.model import Invoice
from saudi_crm_billing.e_invoicing.engine.signing import SignedInvoice, sign
from saudi_crm_billing.e_invoicing.engine.totals import Totals
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

	The key sorts by unit, then by invoice: every process locks the units in the same order.
	"""
	if doc.is_opening == "Yes" or not (unit := units.issuing_unit(doc.company)):
		return
	enlist(Phase.E_INVOICES, f"{unit.name}\0{doc.name}", lambda: issue(doc, unit))


def issue(doc: Document, unit: units.IssuingUnit) -> str | None:
	"""Issue one submitted invoice; None where it is gone, not submitted, or has its document already."""
	place = lock_next_place(unit.name)
	if frappe.db.get_value("Sales Invoice", doc.name, "docstatus") != 1 or document_of(doc.name):
		return None
	invoice, totals, signed = _make(doc, unit, place)
	name = _insert(doc, unit, invoice, totals, signed)
	_advance(unit.name, place.icv, signed.invoice_hash)
	_write_on_invoice(doc, name, signed.qr)
	tasks.enqueue_sending(name)
	return name


def rehearse(doc: Document, unit: units.IssuingUnit) -> None:
	"""Make and sign the document once and throw it away: what would fail at the commit, without a message to the
	user, is refused here with one.
	"""
	if not frappe.db.exists(COUNTER, unit.name):
		_refuse_without_counter(unit.name)
	if not vault.has(unit.name, vault.PRIVATE_KEY):
		_refuse_without_key(unit.name)
	_make(doc, unit, Place(icv=1, previous_hash=FIRST_PREVIOUS_HASH))


def open_chain(unit: str) -> None:
	"""A new certificate counts from 1, after the first previous hash."""
	if frappe.db.exists(COUNTER, unit):
		frappe.throw(_("The chain of {0} is open already; a counter is never reset.").format(unit))
	records.add(COUNTER, unit, unit=unit, last_icv=0, last_hash=FIRST_PREVIOUS_HASH)


def lock_next_place(unit: str) -> Place:
	"""The next place, read with the counter's row locked until the transaction ends."""
	table = DocType(COUNTER)
	rows = (
		frappe.qb.from_(table)
		.select(table.last_icv, table.last_hash)
		.where(table.unit == unit)
		.for_update()
		.run()
	)
	if not rows:
		_refuse_without_counter(unit)
	return Place(icv=int(rows[0][0]) + 1, previous_hash=rows[0][1])


def document_of(invoice: str) -> str | None:
	"""The e-invoice of a Sales Invoice, whatever its state."""
	return frappe.db.get_value(
		DOCUMENT, {"reference_doctype": "Sales Invoice", "reference_name": invoice}, "name"
	)


def _make(doc: Document, unit: units.IssuingUnit, place: Place) -> tuple[Invoice, Totals, SignedInvoice]:
	"""The document at `place`, signed; a ValidationError that says why, where it cannot be made."""
	try:
		draft = mapping.to_invoice(doc, icv=place.icv, previous_hash=place.previous_hash, uuid=str(uuid4()))
		invoice, totals = taxes.close_rounding(doc, draft)
		signed = sign(ubl.build(invoice), vault.private_key(unit.name), unit.certificate or "", riyadh_now())
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
	return invoice, totals, signed


def _refuse_without_counter(unit: str) -> NoReturn:
	frappe.throw(
		_("The ZATCA Unit {0} has no counter: onboard it again as a new unit.").format(unit),
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
	now = now_datetime()
	row = records.add(
		DOCUMENT,
		f"{unit.name}-{invoice.icv:06d}",
		state=states.PENDING,
		unit=unit.name,
		company=doc.company,
		environment=unit.environment,
		reference_doctype="Sales Invoice",
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


def _write_on_invoice(doc: Document, document: str, qr: str) -> None:
	values = {"scb_zatca_document": document, "scb_zatca_status": states.PENDING, "scb_qr": qr}
	frappe.db.set_value("Sales Invoice", doc.name, values, update_modified=False)
	doc.update(values)
