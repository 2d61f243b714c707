"""Takes a unit from a one-time password to its production certificate: the only writer of its keys and certificates.

Key and request → compliance certificate → sample documents accepted → production certificate → chain opened. A renewal
begins with the old certificate in the place of a stranger's request; ZATCA then gives the new one at once, or has the
documents shown again (428). Every step is committed before the next call, so an onboarding that stops goes on where it
stopped; the one-time password is held in memory only.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime_str, now_datetime

from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.clock import riyadh_now
from saudi_crm_billing.e_invoicing.devices import (
	asking,
	lockouts,
	readiness,
	rivals,
	steps,
	succession,
	units,
	vault,
)
from saudi_crm_billing.e_invoicing.devices.compliance import sample_documents
from saudi_crm_billing.e_invoicing.engine import keys
from saudi_crm_billing.e_invoicing.engine.answers import Answer, Call, Csid, Outcome
from saudi_crm_billing.e_invoicing.engine.csr import make_csr
from saudi_crm_billing.e_invoicing.engine.errors import EngineError
from saudi_crm_billing.e_invoicing.issuing import issue
from saudi_crm_billing.e_invoicing.sending import attempts
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway

AT_DOCUMENT = "At the {document} (compliance document {number} of {total}):"


def onboard(name: str, password: str | None) -> None:
	"""Bring the unit to Active. The one-time password is needed unless a compliance certificate is there already.

	Raises a ValidationError that says what ZATCA said and how to mend it; what was reached stays.
	"""
	unit = _locked(name)
	if unit.status not in units.STEP_BY_STEP:
		frappe.throw(
			_("{0} is {1} and cannot be onboarded again.").format(name, _(unit.status, context="ZATCA Unit"))
		)
	_refuse_second(unit)
	succession.refuse_backwards(unit)
	if unit.status == units.DRAFT:
		readiness.refuse_unready(unit)
	gateway = Gateway(units.address_of(unit))
	try:
		if (password or unit.status == units.DRAFT) and _ask_first(unit, gateway, (password or "").strip()):
			return
		_pass_compliance(name, gateway)
		_ask_production(name, gateway)
	finally:
		gateway.close()


def renew(name: str, password: str | None) -> str:
	"""Replace a certificate before it ends, or after: the name of the unit that has the new one and counts from 1.

	The old unit goes on issuing until then. A renewal that stopped half way goes on with the same call.
	"""
	unit = _locked(name)
	succession.refuse_unless_issuing(unit)
	successor = succession.begin(unit, unit.environment)
	frappe.db.commit()  # nosemgrep: what follows goes on from here after a kill
	onboard(successor.name, password)
	return str(successor.name)


def _locked(name: str) -> Document:
	return frappe.get_doc(units.UNIT, name, for_update=True)


def _refuse_second(unit: Document) -> None:
	if other := units.rival_of(unit):
		frappe.throw(
			_(
				"{0} already issues these documents for {1}. Retire it first: a company, branch or POS profile has one unit"
				" at a time for each kind of document."
			).format(other, unit.pos_profile or unit.branch or unit.company)
		)
	if unit.environment != "Sandbox" and (issuer := rivals.other_issuer(unit.company)):
		frappe.throw(_("The app {0} already issues e-invoices for {1}.").format(issuer, unit.company))


def _refuse_foreign(name: str, certificate: str) -> None:
	"""The unit's lock ends at every commit: another onboarding may have replaced the key in between."""
	key = keys.load_key(vault.private_key(name)).public_key()
	certified = keys.public_key(keys.load_certificate(certificate))
	if keys.public_der(key) != keys.public_der(certified):
		frappe.throw(
			_(
				"The certificate does not belong to the key of {0}: another onboarding of it began meanwhile. Wait"
				" until that one has ended, reload the unit, and press Onboard again if it is not Active."
			).format(name),
			title=_("Onboarding Stopped"),
		)


def _ask_first(unit: Document, gateway: Gateway, password: str) -> bool:
	"""Have a request certified, for compliance; whether a renewal brought the production certificate at once."""
	if not password:
		frappe.throw(_("Enter the one-time password (OTP) from the Fatoora portal."), title=_("OTP"))
	renewed = unit.replaces if succession.is_renewal(unit) else None
	old = vault.production(succession.sender_of(frappe.get_doc(units.UNIT, renewed))) if renewed else None
	csr = _new_request(unit)
	if old:
		answer = asking.ask(
			unit.name,
			Call.RENEWAL,
			lambda: gateway.renew(old.token, old.secret, csr, password),
			password,
			*attempts.in_header(old),
		)
	else:
		answer = asking.ask(
			unit.name, Call.COMPLIANCE_CSID, lambda: gateway.compliance_csid(csr, password), password
		)
	csid = _certificate_in(unit.name, steps.CERTIFICATE, answer)
	if answer.accepted and old:
		_activate(unit.name, csid)
		return True
	_locked(unit.name)
	_refuse_foreign(unit.name, csid.certificate)
	vault.keep_compliance(unit.name, vault.Credentials(csid.token, csid.secret))
	units.write(unit.name, status=units.COMPLIANCE, compliance_request_id=csid.request_id)
	steps.mark(unit.name, steps.CERTIFICATE, steps.DONE)
	frappe.db.commit()  # nosemgrep: what was reached stays
	return False


def _new_request(unit: Document) -> str:
	"""A new key and its signing request (PEM); the key is kept before any certificate for it can exist."""
	key = keys.generate_key()
	try:
		csr = make_csr(units.subject_of(unit), key, units.ENVIRONMENTS[unit.environment])
	except EngineError as error:
		frappe.throw(messages.say(error))
	vault.keep(unit.name, vault.PRIVATE_KEY, key)
	units.write(unit.name, csr=csr)
	steps.begin(unit.name)
	steps.mark(unit.name, steps.REQUEST, steps.DONE)
	steps.mark(unit.name, steps.CERTIFICATE, steps.DOING)
	frappe.db.commit()  # nosemgrep: the key is kept before its certificate exists
	return csr


def _pass_compliance(name: str, gateway: Gateway) -> None:
	"""Send the sample documents that the unit's document types ask for; each must be accepted, once."""
	unit = frappe.get_doc(units.UNIT, name)
	credentials = vault.compliance(name)
	_refuse_foreign(name, credentials.certificate)
	samples = sample_documents(unit, vault.private_key(name), credentials.certificate, riyadh_now())
	passed = steps.passed(name)
	steps.mark(name, steps.DOCUMENTS, steps.DOING, total=len(samples), passed=passed)
	frappe.db.commit()  # nosemgrep: the progress is seen, and no transaction is open during the calls
	for number, sample in enumerate(samples, start=1):
		if sample.kind in passed:
			continue
		answer = asking.show(name, gateway, credentials, sample.payload)
		at = {"document": sample.name, "number": number, "total": len(samples)}
		_require(name, steps.DOCUMENTS, answer, (AT_DOCUMENT, at))
		passed = [*passed, sample.kind]
		steps.mark(name, steps.DOCUMENTS, steps.DOING, passed=passed)
		frappe.db.commit()  # nosemgrep: what ZATCA accepted is not sent again
	steps.mark(name, steps.DOCUMENTS, steps.DONE)


def _ask_production(name: str, gateway: Gateway) -> None:
	credentials = vault.compliance(name)
	request_id = frappe.db.get_value(units.UNIT, name, "compliance_request_id")
	steps.mark(name, steps.PRODUCTION, steps.DOING)
	frappe.db.commit()  # nosemgrep: no transaction is open during the call
	answer = asking.ask(
		name,
		Call.PRODUCTION_CSID,
		lambda: gateway.production_csid(credentials.token, credentials.secret, request_id),
		*attempts.in_header(credentials),
	)
	if answer.outcome is Outcome.REJECTED:
		# ZATCA misses documents that we hold for passed: the next attempt sends them all.
		steps.mark(name, steps.DOCUMENTS, steps.WAITING, passed=[])
	_activate(name, _certificate_in(name, steps.PRODUCTION, answer))


def _activate(name: str, csid: Csid) -> None:
	unit = _locked(name)
	frappe.db.get_value("Company", unit.company, "name", for_update=True)
	_refuse_second(unit)
	_refuse_foreign(name, csid.certificate)
	vault.keep_production(name, vault.Credentials(csid.token, csid.secret))
	issue.open_chain(name)
	units.write(
		name,
		status=units.ACTIVE,
		certificate=csid.certificate,
		certificate_expiry=_expiry(csid.certificate),
		onboarded_on=now_datetime(),
		**lockouts.OVER,
	)
	for step in (steps.CERTIFICATE, steps.DOCUMENTS, steps.PRODUCTION):
		steps.mark(name, step, steps.DONE)
	succession.hand_over(unit)
	frappe.db.commit()  # nosemgrep: certificate, counter and state together
	if unit.replaces:
		succession.forget_if_done(unit.replaces)
		frappe.db.commit()  # nosemgrep: seen from after the old chain was closed


def _certificate_in(name: str, step: str, answer: Answer) -> Csid:
	if answer.call is not Call.RENEWAL or answer.outcome is not Outcome.COMPLIANCE_NEEDED:
		_require(name, step, answer)
	if answer.csid is None:
		frappe.throw(_("ZATCA's answer held no certificate. Try again."))
	try:
		keys.load_certificate(answer.csid.certificate)
	except EngineError as error:
		frappe.throw(
			_("ZATCA's answer held a certificate that cannot be used: {0} Press Onboard again.").format(
				messages.say(error)
			),
			title=_("Onboarding Stopped"),
		)
	return answer.csid


def _require(name: str, step: str, answer: Answer, at: tuple[str, dict[str, object]] | None = None) -> None:
	"""A yes; else the step has failed, which the unit keeps, and the user is told what ZATCA said."""
	if answer.accepted:
		return
	english, arabic = messages.answer_texts(answer.errors or answer.messages)
	if at:
		place = _place(*at)
		english, arabic = f"{place[0]}\n{english}", f"{place[1]}\n{arabic}"
	steps.fail(name, step, english, arabic)
	frappe.db.commit()  # nosemgrep: the refusal that follows rolls back
	said = (arabic if messages.in_arabic() else english).splitlines()
	frappe.throw(
		_("ZATCA did not accept this step ({0}):").format(answer.call.value) + messages.as_list(said),
		title=_("Onboarding Stopped"),
	)


def _place(template: str, params: dict[str, object]) -> tuple[str, str]:
	"""Where it stopped, English and Arabic; the document's name is a text of its own."""
	arabic = {**params, "document": _(str(params["document"]), lang="ar")}
	return template.format(**params), str(_(template, lang="ar")).format(**arabic)


def _expiry(certificate: str) -> str:
	"""When the certificate ends, in UTC as it states it; a few hours do not matter over years."""
	return get_datetime_str(keys.load_certificate(certificate).not_valid_after_utc.replace(tzinfo=None))
