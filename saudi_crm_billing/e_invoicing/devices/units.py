"""E-invoicing units: what a form may say, what is to be done with one, and what is wrong with it.

The only writer of a unit's state fields, beside onboarding.py and lockouts.py for those they bring.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, now_datetime

from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.devices import expiry, proposal, rivals, vault
from saudi_crm_billing.e_invoicing.devices.issuers import IssuingUnit as IssuingUnit
from saudi_crm_billing.e_invoicing.devices.issuers import issuing_unit_of as issuing_unit_of
from saudi_crm_billing.e_invoicing.devices.unit_states import ACTIVE as ACTIVE
from saudi_crm_billing.e_invoicing.devices.unit_states import COMPLIANCE as COMPLIANCE
from saudi_crm_billing.e_invoicing.devices.unit_states import DRAFT as DRAFT
from saudi_crm_billing.e_invoicing.devices.unit_states import EXPIRED as EXPIRED
from saudi_crm_billing.e_invoicing.devices.unit_states import RETIRED as RETIRED
from saudi_crm_billing.e_invoicing.devices.unit_states import STEP_BY_STEP as STEP_BY_STEP
from saudi_crm_billing.e_invoicing.devices.unit_states import UNIT as UNIT
from saudi_crm_billing.e_invoicing.engine.csr import MAX_NAME, CsrSubject, Environment, subject_problems
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway, GatewayAddressError, base_url

RIYAL = "SAR"

ENVIRONMENTS = {
	"Sandbox": Environment.SANDBOX,
	"Simulation": Environment.SIMULATION,
	"Production": Environment.PRODUCTION,
}

# In the certificate: fixed once ZATCA has seen the request.
SUBJECT_FIELDS = (
	"common_name",
	"organisation",
	"vat_number",
	"organisation_unit",
	"industry",
	"serial_number",
	"short_address",
	"invoice_types",
)
# Attributes of the request whose field on the form has another name.
FIELD_OF = {
	"organization": "organisation",
	"organization_unit": "organisation_unit",
	"location": "short_address",
	"invoice_type": "invoice_types",
}
# Where its documents come from: as fixed as the certificate, or its chain would change hands.
SCOPE_FIELDS = ("branch", "pos_profile")
STATE_FIELDS = (
	"status",
	"needs_attention",
	"attention",
	"clearing_refused_since",
	"reporting_refused_since",
	"certificate_expiry",
	"onboarded_on",
	"checked_on",
	"compliance_request_id",
	"csr",
	"certificate",
	"replaces",
	"replaced_by",
	"onboarding_log",
)


def exist_for(company: str) -> bool:
	"""Whether the company has set e-invoicing up at all; nothing is done for one that has not."""
	return bool(frappe.db.exists(UNIT, {"company": company}))


def rival_of(unit: Document) -> str | None:
	"""An active unit other than the one it replaces, with the same company, branch and till, and a kind in common.

	A locking read: what another onboarding has committed since this transaction began counts.
	"""
	scope = {field: unit.get(field) or ("is", "not set") for field in SCOPE_FIELDS}
	filters = {"company": unit.company, "status": ACTIVE, "name": ("!=", unit.name), **scope}
	for name, types in frappe.db.get_values(UNIT, filters, ("name", "invoice_types"), for_update=True):
		shared = any(a == b == "1" for a, b in zip(types, unit.invoice_types, strict=True))
		if shared and name != unit.replaces:
			return str(name)
	return None


def address_of(unit: Document) -> str:
	"""Where the unit's gateway is: ZATCA's own, or for a sandbox the one typed in."""
	typed = (unit.base_url or "").strip().rstrip("/")
	return typed if unit.environment == "Sandbox" and typed else base_url(ENVIRONMENTS[unit.environment])


def subject_of(unit: Document) -> CsrSubject:
	return CsrSubject(
		common_name=unit.common_name or unit.title or "",
		organization=unit.organisation or "",
		organization_unit=unit.organisation_unit or "",
		vat_number=unit.vat_number or "",
		serial_number=unit.serial_number or "",
		location=unit.short_address or "",
		industry=unit.industry or "",
		invoice_type=unit.invoice_types or "",
	)


def request_problems(unit: Document) -> dict[str, str]:
	"""What ZATCA would refuse in the certificate request: the form's field → the reason, in the user's language."""
	return {
		FIELD_OF.get(attribute, attribute): messages.say(error)
		for attribute, error in subject_problems(subject_of(unit)).items()
	}


def serial_number() -> str:
	"""One of its own for a new unit: solution, model and serial."""
	return f"1-SaudiCRMBilling|2-15|3-{frappe.generate_hash(length=16)}"


def fill_in(unit: Document) -> None:
	"""Defaults from the company; what the system writes stays what the system wrote."""
	unit.flags.ignore_save_passwords = True
	for name in vault.SECRETS:
		unit.set(name, None)
	_restore_state(unit)
	if not unit.serial_number:
		unit.serial_number = serial_number()
	unit.common_name = unit.common_name or (unit.title or "")[:MAX_NAME]
	for field, value in proposal.of_company(unit.company).items():
		if not unit.get(field):
			unit.set(field, value)


def validate(unit: Document) -> None:
	"""Refuse what ZATCA would refuse, before it is asked."""
	_check_address(unit)
	_check_currency(unit)
	_check_till(unit)
	_check_fixed(unit)
	if wrong := request_problems(unit):
		frappe.throw(messages.as_list(wrong.values()), title=_("Certificate Request"))
	if unit.environment == "Sandbox":
		return
	if issuer := rivals.other_issuer(unit.company):
		frappe.throw(
			_(
				"The app {0} already issues e-invoices for {1}. Switch it off there first: a company has one"
				" issuer. The new unit then gets a new certificate and counts from 1; its notes may refer to the old"
				" documents by number."
			).format(issuer, unit.company)
		)


def refuse_deletion(unit: Document) -> None:
	if frappe.db.exists("ZATCA Document", {"unit": unit.name}):
		frappe.throw(
			_("{0} has issued e-invoices and cannot be deleted. Retire it instead.").format(unit.name)
		)
	frappe.db.delete("ZATCA Unit Counter", {"unit": unit.name})


def next_step(unit: Document) -> str:
	"""What the user is to do with this unit now, in the user's language."""
	if unit.needs_attention:
		return _("Mend what is named under Needs Attention, then press Check Connection.")
	steps = {
		DRAFT: _("Get a one-time password (OTP) from the Fatoora portal and press Onboard."),
		COMPLIANCE: _("Onboarding stopped half way: press Onboard to go on."),
		ACTIVE: _("This unit issues and sends by itself. Nothing is to be done."),
		EXPIRED: _("The certificate has expired: get a one-time password (OTP) and press Renew."),
		RETIRED: _("This unit issues no more documents. Its documents stay for six years."),
	}
	step = steps.get(unit.status or DRAFT, "")
	if unit.replaced_by:
		return _("{0} has taken this unit's place. Its documents stay for six years.").format(
			unit.replaced_by
		)
	if ends_soon(unit) and unit.status == ACTIVE:
		left = max(expiry.days_left(unit) or 0, 0)
		return _("The certificate ends in {0} days: get a one-time password (OTP) and press Renew.").format(
			left
		)
	if unit.status == RETIRED and not frappe.db.exists(UNIT, {"company": unit.company, "status": ACTIVE}):
		silent = _("{0} issues no e-invoices until another unit is made and onboarded.").format(unit.company)
		return f"{step} {silent}"
	return step


def ends_soon(unit: Document) -> bool:
	"""Whether its certificate is to be renewed by now, or has ended."""
	left = expiry.days_left(unit)
	return unit.status in (ACTIVE, EXPIRED) and left is not None and left < expiry.DAYS[0]


def write(unit: str, **values: object) -> None:
	"""Write state fields past the form's checks and tell open forms."""
	frappe.db.set_value(UNIT, unit, values)
	frappe.clear_document_cache(UNIT, unit)
	frappe.publish_realtime("scb_zatca_unit", {"unit": unit}, doctype=UNIT, docname=unit, after_commit=True)


def mark_expired() -> None:
	"""Daily: units whose certificate has run out issue no more."""
	for name, end in frappe.get_all(
		UNIT, filters={"status": ACTIVE}, fields=["name", "certificate_expiry"], as_list=True
	):
		if end and get_datetime(end) <= now_datetime():
			write(name, status=EXPIRED)


def _restore_state(unit: Document) -> None:
	stored = {} if unit.is_new() else frappe.db.get_value(UNIT, unit.name, STATE_FIELDS, as_dict=True) or {}
	for name in STATE_FIELDS:
		unit.set(name, stored.get(name))
	unit.status = unit.status or DRAFT


def _check_address(unit: Document) -> None:
	if unit.environment != "Sandbox":
		unit.base_url = None
	try:
		Gateway(address_of(unit)).close()
	except GatewayAddressError:
		frappe.throw(
			_(
				"Gateway Address {0} must begin with https://; plain http:// is for a sandbox on this machine"
				" (127.0.0.1) only."
			).format(unit.base_url),
			title=_("Gateway Address"),
		)


def _check_currency(unit: Document) -> None:
	"""Exchange rates lead to the company's own currency, and VAT is declared in riyals."""
	currency = frappe.db.get_value("Company", unit.company, "default_currency")
	if currency != RIYAL:
		frappe.throw(
			_(
				"Company {0}: its default currency is {1}. An e-invoice declares VAT in riyals by the company's own"
				" exchange rates, so only a company whose Default Currency is SAR can issue one."
			).format(unit.company, currency),
			title=_("Company's Currency"),
		)


def _check_till(unit: Document) -> None:
	company = unit.pos_profile and frappe.db.get_value("POS Profile", unit.pos_profile, "company")
	if company and company != unit.company:
		frappe.throw(
			_(
				"POS Profile {0} belongs to {1}, not to {2}. Choose a profile of the unit's own company."
			).format(unit.pos_profile, company, unit.company),
			title=_("POS Profile"),
		)


def _check_fixed(unit: Document) -> None:
	before = unit.get_doc_before_save()
	if not before or before.status == DRAFT:
		return
	if address_of(before) != address_of(unit):
		frappe.throw(
			_(
				"Gateway Address cannot change any more: the secrets of this unit and its invoices go to {0}. Put"
				" that address back, or make a new unit for another gateway."
			).format(address_of(before)),
			title=_("Gateway Address"),
		)
	moved = [name for name in SCOPE_FIELDS if (before.get(name) or "") != (unit.get(name) or "")]
	if moved:
		labels = ", ".join(_(unit.meta.get_label(name)) for name in moved)
		frappe.throw(
			_("{0} cannot change any more: the unit's chain belongs to it. Make a new unit.").format(labels)
		)
	changed = [name for name in SUBJECT_FIELDS if (before.get(name) or "") != (unit.get(name) or "")]
	if changed:
		labels = ", ".join(_(unit.meta.get_label(name)) for name in changed)
		frappe.throw(
			_("{0} cannot change any more: the unit's certificate carries it. Make a new unit.").format(
				labels
			)
		)
