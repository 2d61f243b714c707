"""Onboarding that goes wrong: two at once, a moved gateway, and passwords that no log may show."""

from __future__ import annotations

import base64
import json
from types import ModuleType

import e_invoicing_helpers as zatca
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import api
from saudi_crm_billing.e_invoicing.devices import onboarding, unit_api, vault
from saudi_crm_billing.e_invoicing.engine import keys
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.sending import outbox, states
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway, Reply
from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]

ANOTHER = "another onboarding"


def belong_together(unit: str, certificate: str) -> bool:
	public = keys.load_key(vault.private_key(unit)).public_key()
	return keys.public_der(public) == keys.public_der(keys.public_key(keys.load_certificate(certificate)))


def interrupted(monkeypatch: pytest.MonkeyPatch, call: str, other: object) -> None:
	"""Have `other` run while the first `call` is on its way."""
	original, met = getattr(Gateway, call), []

	def slow(*args: object) -> Reply:
		if not met:
			met.append(True)
			reply = original(*args)
			other()
			return reply
		return original(*args)

	monkeypatch.setattr(Gateway, call, slow)


@pytest.mark.parametrize("call", ["compliance_csid", "production_csid"])
def test_a_certificate_never_lands_on_another_onboardings_key(
	site: ModuleType, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
	unit = zatca.a_unit(sandbox.base_url)

	def second() -> None:
		sandbox.faults.arm(Kind.SERVER_ERROR, endpoint=Call.PRODUCTION_CSID)
		with pytest.raises(frappe.ValidationError, match="production-csid"):
			onboarding.onboard(unit.name, zatca.OTP)

	interrupted(monkeypatch, call, second)
	with pytest.raises(frappe.ValidationError, match=ANOTHER):
		onboarding.onboard(unit.name, zatca.OTP)
	assert unit.reload().status == "Compliance"
	assert belong_together(unit.name, vault.compliance(unit.name).certificate)
	assert not vault.has(unit.name, "production_token")

	onboarding.onboard(unit.name, None)
	assert unit.reload().status == "Active"
	assert belong_together(unit.name, unit.certificate)


def test_samples_are_not_signed_with_another_onboardings_key(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	sandbox.faults.arm(Kind.SERVER_ERROR, endpoint=Call.PRODUCTION_CSID)
	with pytest.raises(frappe.ValidationError, match="production-csid"):
		onboarding.onboard(unit.name, zatca.OTP)
	vault.keep(unit.name, vault.PRIVATE_KEY, keys.generate_key())
	with pytest.raises(frappe.ValidationError, match=ANOTHER):
		onboarding.onboard(unit.name, None)


def test_a_certificate_that_is_none_stops_with_a_message(
	site: ModuleType, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	token = base64.b64encode(base64.b64encode(b"\x30junk")).decode()
	body = {"requestID": 1, "dispositionMessage": "ISSUED", "binarySecurityToken": token, "secret": "s"}
	monkeypatch.setattr(Gateway, "compliance_csid", lambda *args: Reply(200, json.dumps(body)))
	with pytest.raises(frappe.ValidationError, match=r"cannot be used: .* Press Onboard again"):
		onboarding.onboard(unit.name, zatca.OTP)
	assert unit.reload().status == "Draft"


def test_the_check_of_a_locked_out_unit_asks_with_what_waits(unit: Document, sandbox: Sandbox) -> None:
	"""That the compliance certificate is let in says nothing of the one that documents go out with."""
	sandbox.faults.arm(Kind.UNAUTHORIZED, endpoint=Call.REPORT, count=2)
	waiting = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	assert zatca.sent(waiting).state == states.WAITING
	assert api.check_unit(unit.name)["ok"] is False
	assert (zatca.document_of(waiting).state, unit.reload().needs_attention) == (states.WAITING, 1)
	assert api.check_unit(unit.name)["ok"] is True
	assert (zatca.document_of(waiting).state, unit.reload().needs_attention) == ("Reported", 0)


def test_the_check_claims_nothing_while_another_process_asks(unit: Document, sandbox: Sandbox) -> None:
	sandbox.faults.arm(Kind.UNAUTHORIZED, endpoint=Call.REPORT)
	document = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	with pytest.MonkeyPatch.context() as patch:
		patch.setattr(outbox, "send", lambda *args, **options: None)
		with pytest.raises(frappe.ValidationError, match=f"{document.name} is being sent at this moment"):
			api.check_unit(unit.name)
	assert unit.reload().needs_attention == 1


def test_the_check_never_sends_an_accepted_document_again(unit: Document) -> None:
	document = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	assert api.check_unit(unit.name)["ok"] is True
	assert (document.state, document.reload().attempts) == ("Reported", 1)
	assert frappe.db.count("ZATCA Attempt", {"document": document.name}) == 1


def test_the_gateway_of_an_onboarded_unit_stays_where_it_is(unit: Document) -> None:
	unit.base_url = "https://elsewhere.example/"
	with pytest.raises(frappe.ValidationError, match="Gateway Address cannot change any more"):
		unit.save()
	assert frappe.db.get_value("ZATCA Unit", unit.name, "base_url") != unit.base_url


def test_the_gateway_of_a_draft_may_still_be_moved(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.a_unit("https://elsewhere.example/")
	unit.base_url = sandbox.base_url
	unit.save()
	assert unit.reload().base_url == sandbox.base_url


def test_an_onboarded_unit_can_still_be_saved(unit: Document) -> None:
	unit.base_url = f"{unit.base_url}/"
	unit.save()


@pytest.mark.parametrize("place", ["compliance_csid", "_exchange"])
def test_an_error_log_shows_no_one_time_password(
	site: ModuleType, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
	"""As Frappe logs it: a traceback with the local variables of every frame, from its own call on."""
	unit = zatca.a_unit(sandbox.base_url)
	if place == "_exchange":
		monkeypatch.setattr(Gateway, "_headers", broken)
	else:
		monkeypatch.setattr("saudi_crm_billing.e_invoicing.sending.gateway._csr_body", broken)
	form = frappe._dict(unit=unit.name, password="987654")
	try:
		frappe.call(api.onboard_unit, **form)
	except RuntimeError:
		shown = frappe.get_traceback(with_context=True)
	assert "password" in shown, "the frames are there"
	assert "987654" not in shown


def shown(unit: str) -> list[tuple[str, str, int, int]]:
	return [(row["name"], row["state"], row["done"], row["total"]) for row in unit_api.onboarding_steps(unit)]


@pytest.mark.parametrize(("types", "count"), [("1100", 6), ("1000", 3), ("0100", 3)])
def test_the_steps_of_an_onboarding_are_told(
	site: ModuleType, sandbox: Sandbox, types: str, count: int
) -> None:
	unit = zatca.a_unit(sandbox.base_url, invoice_types=types)
	assert shown(unit.name) == [
		("request", "waiting", 0, 0),
		("certificate", "waiting", 0, 0),
		("documents", "waiting", 0, 0),
		("production", "waiting", 0, 0),
	]
	onboarding.onboard(unit.name, zatca.OTP)
	assert shown(unit.name) == [
		("request", "done", 0, 0),
		("certificate", "done", 0, 0),
		("documents", "done", count, count),
		("production", "done", 0, 0),
	]


def test_an_onboarding_says_at_which_document_it_stopped_and_goes_on_there(
	site: ModuleType, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	sandbox.faults.arm(Kind.REJECT, endpoint=Call.COMPLIANCE_CHECK, after=4)
	with pytest.raises(frappe.ValidationError) as refused:
		onboarding.onboard(unit.name, zatca.OTP)
	said = "At the credit note to a simplified invoice (compliance document 5 of 6):"
	assert said in str(refused.value)
	assert "SANDBOX_REJECTED" in str(refused.value)
	assert "XSD_ZATCA_VALID" not in str(refused.value), "what was in order is not told among what was not"
	assert shown(unit.name)[2:] == [("documents", "failed", 4, 6), ("production", "waiting", 0, 0)]
	assert said in unit_api.onboarding_steps(unit.name)[2]["note"]
	frappe.local.lang = "ar"
	assert (
		"عند الإشعار الدائن لفاتورة مبسطة (مستند الامتثال 5 من 6)"
		in unit_api.onboarding_steps(unit.name)[2]["note"]
	)
	frappe.local.lang = "en"
	sent: list[object] = []
	check = Gateway.compliance_check
	monkeypatch.setattr(Gateway, "compliance_check", lambda *args: sent.append(args) or check(*args))
	onboarding.onboard(unit.name, None)
	assert len(sent) == 2, "what was accepted is not sent again"
	assert unit.reload().status == "Active"


@pytest.mark.parametrize("killed_at", ["compliance_csid", "compliance_check", "production_csid"])
def test_an_onboarding_that_was_killed_goes_on(
	site: ModuleType, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
	unit = zatca.a_unit(sandbox.base_url)

	def kill(*args: object) -> Reply:
		raise KeyboardInterrupt

	with pytest.MonkeyPatch.context() as patch:
		patch.setattr(Gateway, killed_at, kill)
		with pytest.raises(KeyboardInterrupt):
			onboarding.onboard(unit.name, zatca.OTP)
	assert unit.reload().status == ("Draft" if killed_at == "compliance_csid" else "Compliance")
	onboarding.onboard(unit.name, zatca.OTP if killed_at == "compliance_csid" else None)
	assert unit.reload().status == "Active"
	assert frappe.db.count("ZATCA Unit Counter", {"unit": unit.name}) == 1


def test_zatca_may_miss_documents_that_it_had_accepted(site: ModuleType, sandbox: Sandbox) -> None:
	"""Then the next attempt sends them all."""
	unit = zatca.a_unit(sandbox.base_url)
	error = {"errors": [{"code": "Missing-ComplianceSteps", "message": "not complete"}]}
	sandbox.faults.arm(Kind.ANSWER, endpoint=Call.PRODUCTION_CSID, status=400, body=error)
	with pytest.raises(frappe.ValidationError, match="Missing-ComplianceSteps"):
		onboarding.onboard(unit.name, zatca.OTP)
	assert shown(unit.name)[2:] == [("documents", "waiting", 0, 6), ("production", "failed", 0, 0)]
	onboarding.onboard(unit.name, None)
	assert shown(unit.name)[2] == ("documents", "done", 6, 6)


def test_the_one_time_password_is_stored_nowhere(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.an_active_unit(sandbox.base_url)
	password = "731945"
	with pytest.raises(frappe.ValidationError, match="Invalid-OTP"):
		onboarding.renew(unit.name, password)
	for doctype in ("ZATCA Unit", "Version", "Error Log", "Activity Log", "Comment", "Integration Request"):
		for row in frappe.get_all(doctype, fields=["*"]):
			assert password not in str(dict(row)), doctype


def test_every_call_of_an_onboarding_is_logged(site: ModuleType, sandbox: Sandbox) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	sandbox.faults.arm(Kind.SERVER_ERROR, endpoint=Call.PRODUCTION_CSID)
	with pytest.raises(frappe.ValidationError, match="production-csid"):
		onboarding.onboard(unit.name, zatca.OTP)
	onboarding.onboard(unit.name, None)
	logged = frappe.get_all(
		"ZATCA Attempt", {"unit": unit.name}, ["`call`", "outcome"], order_by="creation", as_list=True
	)
	assert logged == (
		("compliance-csid", "accepted"),
		*[("compliance-check", "accepted")] * 6,
		("production-csid", "try-later"),
		("production-csid", "accepted"),
	)


def test_an_echoed_one_time_password_is_masked_in_the_log(
	site: ModuleType, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
	unit = zatca.a_unit(sandbox.base_url)
	body = {"errors": [{"code": "Invalid-OTP", "message": f"The OTP {zatca.OTP} is unknown"}]}
	monkeypatch.setattr(Gateway, "compliance_csid", lambda *args: Reply(400, json.dumps(body)))
	with pytest.raises(frappe.ValidationError):
		onboarding.onboard(unit.name, zatca.OTP)
	messages = frappe.db.get_value("ZATCA Attempt", {"unit": unit.name}, "messages")
	assert "The OTP ••• is unknown" in messages and zatca.OTP not in messages


def test_every_problem_of_a_request_is_told_beside_its_field(site: ModuleType) -> None:
	values = {
		"title": "Till",
		"organisation": "X" * 65,
		"vat_number": "123",
		"organisation_unit": "",
		"serial_number": "serial",
		"short_address": "RRRD2929",
		"industry": "Retail",
		"invoice_types": "1100",
	}
	found = unit_api.check_request(json.dumps(values))
	assert set(found) == {"organisation", "vat_number", "organisation_unit", "serial_number"}
	assert "65" in found["organisation"]
	values.update(
		organisation="شركة", vat_number=zatca.SELLER_VAT, organisation_unit="Riyadh", serial_number=""
	)
	assert unit_api.check_request(json.dumps(values)) == {}
	group = values | {"vat_number": "399999999910003"}
	assert set(unit_api.check_request(json.dumps(group))) == {"organisation_unit"}


def test_a_form_that_is_saved_names_every_problem_at_once(site: ModuleType, sandbox: Sandbox) -> None:
	with pytest.raises(frappe.ValidationError) as refused:
		zatca.a_unit(sandbox.base_url, vat_number="123", serial_number="serial")
	assert str(refused.value).count("<li>") == 2


def broken(*args: object) -> object:
	raise RuntimeError("broken")
