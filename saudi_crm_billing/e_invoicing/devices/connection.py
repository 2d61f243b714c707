"""Whether the gateway lets a unit in: asked with what is at hand. What the answer changes, its own writers write."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.clock import riyadh_now
from saudi_crm_billing.e_invoicing.devices import asking, succession, units, vault
from saudi_crm_billing.e_invoicing.devices.compliance import sample_documents
from saudi_crm_billing.e_invoicing.engine.answers import Answer
from saudi_crm_billing.e_invoicing.sending import outbox
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway


def check(name: str) -> Answer:
	"""Ask the gateway with a document that waits for it; where none waits, with a sample.

	An accepted document is never sent again for this: ZATCA knows its hash as a duplicate for 24 hours only.
	"""
	unit = frappe.get_doc(units.UNIT, name)
	if unit.status == units.DRAFT:
		frappe.throw(_("{0} has no certificate yet: press Onboard first.").format(name))
	if waiting := outbox.oldest_waiting(name):
		return _send_waiting(unit, waiting)
	if unit.status == units.RETIRED:
		frappe.throw(_("{0} is retired, and no document of it waits to be sent.").format(name))
	if not vault.has_compliance(name):
		frappe.throw(
			_(
				"No document of {0} waits to be sent, and ZATCA renewed its certificate without one to try things with."
				" The next invoice shows whether the unit is let in."
			).format(name)
		)
	credentials = vault.compliance(name)
	sample = sample_documents(unit, vault.private_key(name), credentials.certificate, riyadh_now())[0]
	gateway = Gateway(units.address_of(unit))
	try:
		return asking.show(name, gateway, credentials, sample.payload)
	finally:
		gateway.close()


def _send_waiting(unit: Document, document: str) -> Answer:
	vault.production(succession.sender_of(unit))
	answer = outbox.send(document, at_once=True)
	if answer is None:
		frappe.throw(_("{0} is being sent at this moment. Look again in a minute.").format(document))
	return answer
