"""A new e-invoice for a source whose last one was rejected, where only master data were wrong.

The submitted source cannot change, so what is mended is the customer, an address, the company or an item. The rejected
document keeps its place in the chain and its state; the new one has a counter value, a UUID and a hash of its own, is
judged by the same rules and made under the same lock (issue.py). The only writer of `replaces`, `replaced_by` and
`superseded`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form

from saudi_crm_billing.e_invoicing.advances import settlement
from saudi_crm_billing.e_invoicing.checks import drafts
from saudi_crm_billing.e_invoicing.devices import issuers
from saudi_crm_billing.e_invoicing.documents import mapping, sources
from saudi_crm_billing.e_invoicing.issuing import issue, issued
from saudi_crm_billing.e_invoicing.sending import answering, mirror, states

DOCUMENT = "ZATCA Document"
# What the rejected document has been told of itself and a mended master does not change.
FIXED = ("kind", "currency", "grand_total", "tax_total")


def issue_again(document: str) -> str:
	"""Issue the source of a rejected document anew; the new document's name.

	Refused, with what to do instead: for one that is not rejected or not its source's latest, a source that is not
	submitted or has no unit to issue it, what the rules refuse, and figures that are not the rejected document's.
	"""
	reference = frappe.db.get_value(DOCUMENT, document, ("reference_doctype", "reference_name"))
	doc = frappe.get_doc(*reference)
	_refuse_unless_its_own(document, doc)
	unit = issuers.issuing_unit_of(doc, anew=True)
	if not unit:
		_refuse(_("No active ZATCA Unit issues {0}. Onboard or renew its unit first.").format(doc.name))
	mended = _take_over_masters(doc)
	drafts.refuse_errors(doc, drafts.remarks(doc, unit))
	issue.rehearse(unit)
	# Document, then source, then what shows it; the counter comes last, as everywhere.
	frappe.db.get_value(DOCUMENT, document, "name", for_update=True)
	if frappe.db.get_value(doc.doctype, doc.name, "docstatus", for_update=True) != 1:
		_refuse_unsubmitted(doc.name)
	if sources.of(doc).is_mirrored:
		mirror.Mirror(doc.name).lock()
	_refuse_unless_rejected(document, doc)
	_refuse_other_figures(document, doc)
	_supersede(document, doc)
	name = issue.issue(doc, unit)
	if not name:
		_refuse_unsubmitted(doc.name)
	frappe.db.set_value(DOCUMENT, document, "replaced_by", name, update_modified=False)
	frappe.db.set_value(DOCUMENT, name, "replaces", document, update_modified=False)
	if mended:
		frappe.db.set_value(doc.doctype, doc.name, mended, update_modified=False)
	answering.show_state(name, states.PENDING)
	_tell_settled(doc)
	return name


def _tell_settled(doc: Document) -> None:
	"""Final invoices go on naming the advance invoice that was rejected."""
	if doc.doctype == settlement.PAYMENT and (text := settlement.after_rejection(doc.name)):
		frappe.msgprint(text, title=_("Advance Settled Already"), indicator="orange")


def _take_over_masters(doc: Document) -> dict[str, str | None]:
	"""The buyer's name and VAT number, which a submitted source keeps as they were, are the customer's of now."""
	if not doc.get("customer"):
		return {}
	now = frappe.db.get_value("Customer", doc.customer, ("customer_name", "tax_id"), as_dict=True)
	mended = {field: value for field, value in now.items() if (doc.get(field) or "") != (value or "")}
	doc.update(mended)
	return mended


def _refuse_unless_its_own(document: str, doc: Document) -> None:
	if doc.docstatus != 1:
		_refuse_unsubmitted(doc.name)
	if not doc.get(sources.DOCUMENT):
		_refuse(
			_("What {0} was issued for has been deleted; {1} is another document of that number.").format(
				document, doc.name
			)
		)


def _refuse_unsubmitted(source: str) -> NoReturn:
	_refuse(_("{0} is not submitted, so it has no e-invoice to be issued again.").format(source))


def _refuse_unless_rejected(document: str, doc: Document) -> None:
	latest = issued.current_of(doc)
	if latest != document:
		link = get_link_to_form(DOCUMENT, latest)
		_refuse(_("{0} was issued again already: {1} is its e-invoice now.").format(doc.name, link))
	state = frappe.db.get_value(DOCUMENT, document, "state", for_update=True)
	if state != states.REJECTED:
		shown = _(state, context=DOCUMENT)
		_refuse(
			_(
				"Only a rejected e-invoice can be issued again; {0} is {1}. A correction needs a credit note."
			).format(document, shown)
		)


def _refuse_other_figures(document: str, doc: Document) -> None:
	"""A document of other figures is another invoice: that is cancelled and amended, so that the books follow."""
	invoice, totals = drafts.make(doc)
	before: Any = frappe.db.get_value(DOCUMENT, document, FIXED)
	after = (mapping.KINDS[invoice.type_code], invoice.currency, totals.inclusive, totals.tax)
	for field, old, new in zip(FIXED, before, after, strict=True):
		same = Decimal(str(old)) == new if isinstance(new, Decimal) else old == new
		if not same:
			label = _(frappe.get_meta(DOCUMENT).get_label(field))
			_refuse(
				_(
					"{0} would change from {1} to {2}. Cancel {3}, amend it and submit the amended one."
				).format(label, old, new, doc.name)
			)


def _supersede(document: str, doc: Document) -> None:
	"""Free the place of the source's current document, of which the database allows one."""
	of_source = {"reference_doctype": doc.doctype, "reference_name": doc.name, "superseded": (">", 0)}
	order = frappe.db.count(DOCUMENT, of_source) + 1
	frappe.db.set_value(DOCUMENT, document, "superseded", order, update_modified=False)


def _refuse(text: str) -> NoReturn:
	frappe.throw(text, title=_("E-Invoice Not Issued Again"))
