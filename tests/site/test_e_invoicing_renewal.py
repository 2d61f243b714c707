"""Renewal, the next environment, and the alerts before a certificate ends: one certificate, one chain, one key."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import collection_kit
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from babel.dates import format_datetime
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime

from saudi_crm_billing.e_invoicing import tasks
from saudi_crm_billing.e_invoicing.devices import (
	connection,
	expiry,
	onboarding,
	succession,
	unit_api,
	units,
	vault,
)
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.engine.csr import Environment
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.issuing import issue
from saudi_crm_billing.e_invoicing.sending import outbox, states
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway, Reply
from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]

SUCCESSOR = f"{zatca.UNIT} (2)"


def issued() -> Document:
	return zatca.document_of(zatca.submitted(zatca.an_invoice(zatca.a_person())))


def renewed(unit: Document) -> Document:
	return frappe.get_doc("ZATCA Unit", unit_api.renew_unit(unit.name, zatca.OTP)["unit"])


def secrets_of(unit: str) -> list[str]:
	return [name for name in vault.SECRETS if vault.has(unit, name)]


def counter(unit: str) -> tuple[int, int]:
	return frappe.db.get_value("ZATCA Unit Counter", unit, ("last_icv", "closed"))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
	"""Every call to a gateway: method and path, and the address."""
	seen: list[tuple[str, str]] = []
	send = Gateway._send

	def noted(self: Gateway, method: str, path: str, *args: object, **options: object) -> Reply:
		seen.append((f"{method} {path}", self.base_url))
		return send(self, method, path, *args, **options)

	monkeypatch.setattr(Gateway, "_send", noted)
	yield seen


# renewal


def test_a_renewed_certificate_counts_from_one_in_a_chain_of_its_own(
	unit: Document, calls: list[tuple[str, str]]
) -> None:
	first, second = issued(), issued()
	key = vault.private_key(unit.name)
	new = renewed(unit)
	assert [call for call, _address in calls] == ["PATCH /production/csids"]
	assert (new.name, new.status, new.replaces) == (SUCCESSOR, "Active", unit.name)
	assert (unit.reload().status, unit.replaced_by) == ("Retired", new.name)
	assert vault.private_key(new.name) != key
	third = issued()
	assert (third.unit, third.icv, third.previous_hash) == (new.name, 1, FIRST_PREVIOUS_HASH)
	assert (second.icv, second.previous_hash) == (2, first.invoice_hash)
	assert (counter(unit.name), counter(new.name)) == ((2, 1), (1, 0))
	assert new.serial_number == unit.serial_number
	assert new.common_name == unit.common_name


def test_428_has_the_documents_shown_again(
	unit: Document, sandbox: Sandbox, calls: list[tuple[str, str]]
) -> None:
	sandbox.faults.arm(Kind.NOT_COMPLIANT)
	assert renewed(unit).status == "Active"
	assert [call for call, _address in calls] == [
		"PATCH /production/csids",
		*["POST /compliance/invoices"] * 6,
		"POST /production/csids",
	]
	assert zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person()))).state == "Reported"


def test_a_renewal_that_stopped_goes_on_without_a_password(
	unit: Document, sandbox: Sandbox, calls: list[tuple[str, str]]
) -> None:
	sandbox.faults.arm(Kind.NOT_COMPLIANT)
	sandbox.faults.arm(Kind.SERVER_ERROR, endpoint=Call.PRODUCTION_CSID)
	with pytest.raises(frappe.ValidationError, match="production-csid"):
		onboarding.renew(unit.name, zatca.OTP)
	assert unit.reload().status == "Active"
	assert issued().unit == unit.name
	calls.clear()
	assert unit_api.renew_unit(unit.name, None) == {"unit": SUCCESSOR}
	assert [call for call, _address in calls] == ["POST /production/csids"], "no document goes out twice"


def test_a_renewal_that_is_refused_leaves_the_unit_at_work(unit: Document) -> None:
	for _again in range(2):
		with pytest.raises(frappe.ValidationError, match=r"renewal.*Invalid-OTP"):
			onboarding.renew(unit.name, "999999")
	assert frappe.get_all("ZATCA Unit", {"replaces": unit.name}, pluck="name") == [SUCCESSOR]
	assert (unit.reload().status, issued().unit) == ("Active", unit.name)
	assert renewed(unit).name == SUCCESSOR


def test_a_unit_whose_certificate_has_ended_is_renewed_too(unit: Document, sandbox: Sandbox) -> None:
	end_certificate(unit, sandbox)
	units.mark_expired()
	assert unit.reload().status == "Expired"
	assert "press Renew" in units.next_step(unit)
	assert renewed(unit).status == "Active"
	assert issued().unit == SUCCESSOR


def test_a_draft_or_retired_unit_is_not_renewed(unit: Document) -> None:
	succession.retire(unit.name)
	with pytest.raises(
		frappe.ValidationError, match=f"{unit.name} is Retired: only a unit that was onboarded"
	):
		onboarding.renew(unit.name, zatca.OTP)


def test_what_waits_under_the_old_certificate_goes_out_with_it(unit: Document, sandbox: Sandbox) -> None:
	document = issued()
	new = renewed(unit)
	assert secrets_of(unit.name) == ["production_token", "production_secret"]
	outbox.send(document.name)
	assert document.reload().state == "Reported"
	assert signer(sandbox, document) != signer(
		sandbox, zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	)
	succession.forget_all_done()
	assert (secrets_of(unit.name), len(secrets_of(new.name))) == ([], 5 if new.compliance_request_id else 3)


def test_after_its_end_the_old_certificate_s_documents_go_out_with_the_new_one(
	unit: Document, sandbox: Sandbox
) -> None:
	document, stored = issued(), None
	stored = document.xml
	end_certificate(unit, sandbox)
	renewed(unit)
	outbox.send(document.name)
	assert (document.reload().state, document.xml) == ("Reported", stored)


def test_where_the_gateway_refuses_the_old_credentials_the_new_ones_are_used(
	unit: Document, sandbox: Sandbox
) -> None:
	documents = [issued(), issued()]
	new = renewed(unit)
	sandbox.faults.arm(Kind.UNAUTHORIZED, endpoint=Call.REPORT)
	outbox.send(documents[0].name)
	assert (documents[0].reload().state, unit.reload().needs_attention) == (states.PENDING, 0)
	assert secrets_of(unit.name) == []
	for document in documents:
		outbox.send(document.name)
	assert {document.reload().state for document in documents} == {"Reported"}
	sandbox.faults.arm(Kind.UNAUTHORIZED, endpoint=Call.REPORT)
	assert zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person()))).state == states.WAITING
	assert new.reload().needs_attention == 1, "the new unit's own trouble is told of"


def test_a_submit_that_was_under_way_is_refused_and_not_issued_in_a_closed_chain(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_person()).insert()
	invoice.submit()
	renewed_meanwhile(unit)
	with pytest.raises(frappe.ValidationError, match=f"{unit.name} was retired or replaced a moment ago"):
		frappe.db.commit()
	assert counter(unit.name) == (0, 1)


def test_the_compliance_documents_leave_nothing_behind(site: ModuleType, sandbox: Sandbox) -> None:
	tables = ("ZATCA Document", "ZATCA Unit Counter", "Sales Invoice", "Customer")
	before = {table: frappe.db.count(table) for table in tables}
	unit = zatca.an_active_unit(sandbox.base_url)
	added = {table: frappe.db.count(table) - before[table] for table in tables}
	assert added == {**dict.fromkeys(tables, 0), "ZATCA Unit Counter": 1}
	assert counter(unit.name) == (0, 0)


# the next environment


@pytest.fixture
def environments(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
	"""ZATCA's three addresses, on this machine."""
	at = {
		Environment.SANDBOX: sandbox.environment_url("developer-portal"),
		Environment.SIMULATION: sandbox.environment_url("simulation"),
		Environment.PRODUCTION: sandbox.environment_url("core"),
	}
	monkeypatch.setattr("saudi_crm_billing.e_invoicing.sending.gateway._BASES", at)
	return {environment.name.title(): url for environment, url in at.items()}


def moved(unit: Document, environment: str) -> Document:
	name = unit_api.move_unit(unit.name, environment)["unit"]
	onboarding.onboard(name, zatca.OTP)
	return frappe.get_doc("ZATCA Unit", name)


def test_from_sandbox_to_simulation_to_production_nothing_old_is_taken_along(
	unit: Document, sandbox: Sandbox, environments: dict[str, str], calls: list[tuple[str, str]]
) -> None:
	here, seen = unit, set()
	for environment in ("Simulation", "Production"):
		old = {
			vault.private_key(here.name),
			*vars(vault.production(here.name)).values(),
			here.reload().certificate,
		}
		calls.clear()
		sent: list[bytes] = []
		with pytest.MonkeyPatch.context() as patch:
			listen(patch, sent)
			there = moved(here, environment)
		assert {address for _call, address in calls} == {environments[environment]}
		assert calls[0][0] == "POST /compliance", "a stranger's request, not a renewal"
		assert not [text for text in old for wire in sent if text.encode() in wire]
		assert here.reload().status == "Retired"
		assert secrets_of(here.name) == []
		new = {vault.private_key(there.name), *vars(vault.production(there.name)).values(), there.certificate}
		assert not new & (old | seen)
		seen |= old
		document = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person())))
		assert (document.unit, document.environment, document.icv) == (there.name, environment, 1)
		here = there
	assert units.address_of(here) == environments["Production"]


def test_a_document_of_the_old_environment_goes_to_the_old_gateway_only(
	unit: Document, environments: dict[str, str], calls: list[tuple[str, str]]
) -> None:
	document = issued()
	moved(unit, "Simulation")
	assert secrets_of(unit.name) == ["production_token", "production_secret"]
	calls.clear()
	outbox.send(document.name)
	assert calls == [("POST /invoices/reporting/single", environments["Sandbox"])]
	assert document.reload().state == "Reported"
	succession.forget_all_done()
	assert secrets_of(unit.name) == []


def test_refused_in_the_old_environment_it_is_not_passed_on_to_the_new(
	unit: Document, sandbox: Sandbox, environments: dict[str, str], calls: list[tuple[str, str]]
) -> None:
	document = issued()
	moved(unit, "Simulation")
	sandbox.faults.arm(Kind.UNAUTHORIZED, endpoint=Call.REPORT)
	calls.clear()
	outbox.send(document.name)
	assert (document.reload().state, unit.reload().needs_attention) == (states.WAITING, 1)
	assert {address for _call, address in calls} == {environments["Sandbox"]}


@pytest.mark.parametrize("environment", ["Sandbox", "Simulation", "Production"])
def test_a_production_unit_goes_nowhere(
	site: ModuleType, environments: dict[str, str], environment: str
) -> None:
	unit = zatca.an_active_unit("", environment="Production")
	with pytest.raises(frappe.ValidationError, match="works in Production and cannot be moved"):
		unit_api.move_unit(unit.name, environment)
	unit.environment = "Sandbox"
	with pytest.raises(frappe.ValidationError):
		unit.save()
	assert frappe.db.get_value("ZATCA Unit", unit.name, "environment") == "Production"


def test_a_company_in_production_gets_no_unit_for_tests(
	site: ModuleType, environments: dict[str, str]
) -> None:
	make.insert("Branch", branch="Trial Branch")
	unit = zatca.an_active_unit("", environment="Production")
	with pytest.raises(frappe.ValidationError, match=f"issues in production with {unit.name}"):
		zatca.an_active_unit("", title="Trial", branch="Trial Branch")


# the end of a certificate


def test_alerts_60_30_and_7_days_before_once_each(unit: Document, monkeypatch: pytest.MonkeyPatch) -> None:
	manager = make.a_user("manager.zatca@example.com", "Accounts Manager")
	clerk = make.a_user("clerk.zatca@example.com", "Accounts User")
	monkeypatch.setitem(frappe.flags, "in_test", True)  # Frappe then does not knock at the mail server
	frappe.db.set_value("Email Account", collection_kit.an_outgoing_account(2525), "default_outgoing", 1)
	told: list[int] = []
	for days in (61, 60, 59, 40, 29, 29, 8, 6, 0, -1, -2):
		ends_in(unit, days)
		expiry.warn_all()
		told.append(frappe.db.count(expiry.NOTICE, {"unit": unit.name}))
	assert told == [0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4]
	notices = frappe.get_all(
		expiry.NOTICE, {"unit": unit.name}, ["name", "days"], order_by="days desc", as_list=True
	)
	assert notices == tuple((f"{unit.name}-{days}", days) for days in (60, 30, 7, 0))
	for doctype, field in (("Notification Log", "for_user"), ("Email Queue Recipient", "recipient")):
		assert frappe.db.count(doctype, {field: manager}) == 4, doctype
		assert frappe.db.count(doctype, {field: clerk}) == 0, doctype


def test_a_milestone_that_passed_while_the_scheduler_slept_is_not_told_of_late(unit: Document) -> None:
	make.a_user("manager.zatca@example.com", "Accounts Manager")
	ends_in(unit, 5)
	expiry.warn_all()
	notices = frappe.get_all(expiry.NOTICE, {"unit": unit.name}, ["days", "company"], as_list=True)
	assert notices == ((7, unit.company),)


def test_the_end_is_told_of_also_where_the_scheduler_slept_past_it(unit: Document) -> None:
	manager = make.a_user("manager.zatca@example.com", "Accounts Manager")
	ends_in(unit, -3)
	tasks.watch_units()
	tasks.watch_units()
	assert unit.reload().status == "Expired"
	assert frappe.get_all(expiry.NOTICE, {"unit": unit.name}, pluck="days") == [0]
	told = frappe.get_all("Notification Log", {"for_user": manager}, ["subject", "email_content"])
	(notice,) = told
	assert notice.subject == f"The e-invoicing certificate of {unit.name} has ended"
	ended = unit.certificate_expiry
	assert (
		f"ended on {ended.day} {ended:%B %Y %H:%M}. Its invoices cannot be submitted" in notice.email_content
	)


def test_a_unit_that_was_replaced_is_not_told_of(unit: Document) -> None:
	make.a_user("manager.zatca@example.com", "Accounts Manager")
	renewed(unit)
	ends_in(unit, -3)
	tasks.watch_units()
	assert not frappe.db.exists(expiry.NOTICE, {"unit": unit.name})


def test_where_nobody_is_responsible_nothing_counts_as_told(unit: Document) -> None:
	ends_in(unit, 5)
	with pytest.MonkeyPatch.context() as patch:
		patch.setattr(expiry, "responsible_users", lambda unit: [])
		expiry.warn_all()
	assert not frappe.db.exists(expiry.NOTICE, {"unit": unit.name})
	make.a_user("manager.zatca@example.com", "Accounts Manager")
	expiry.warn_all()
	assert frappe.db.exists(expiry.NOTICE, {"unit": unit.name})


def test_who_may_not_see_the_company_is_not_told(unit: Document) -> None:
	stranger = make.a_user("stranger.zatca@example.com", "Accounts Manager")
	other = make.insert(
		"Company", company_name="Other Co", abbr="OTC", default_currency="SAR", country="Saudi Arabia"
	).name
	make.insert("User Permission", user=stranger, allow="Company", for_value=other)
	assert stranger not in expiry.responsible_users(unit)
	assert make.a_user("manager.zatca@example.com", "Accounts Manager") in expiry.responsible_users(unit)


def test_an_alert_speaks_its_reader_s_language(unit: Document) -> None:
	manager = make.a_user("manager.zatca@example.com", "Accounts Manager")
	frappe.db.set_value("User", manager, "language", "ar")
	ends_in(unit, 20)
	expiry.warn_all()
	subject = frappe.db.get_value("Notification Log", {"for_user": manager}, "subject")
	assert "تنتهي شهادة" in subject
	assert unit.name in subject
	text = frappe.db.get_value("Notification Log", {"for_user": manager}, "email_content")
	assert format_datetime(unit.reload().certificate_expiry, "d MMMM yyyy HH:mm", locale="ar") in text


def test_a_site_that_cannot_mail_still_notifies(unit: Document, monkeypatch: pytest.MonkeyPatch) -> None:
	manager = make.a_user("manager.zatca@example.com", "Accounts Manager")

	def no_account(**options: object) -> None:
		frappe.throw("no outgoing account", frappe.OutgoingEmailError)

	monkeypatch.setattr(frappe, "sendmail", no_account)
	ends_in(unit, 20)
	expiry.warn_all()
	assert frappe.db.count("Notification Log", {"for_user": manager}) == 1
	assert frappe.db.exists("Error Log", {"method": ("like", f"%{unit.name}%")})


def test_the_unit_says_that_its_certificate_ends(unit: Document) -> None:
	ends_in(unit, 20)
	assert "ends in 20 days" in units.next_step(unit.reload())
	renewed(unit)
	assert f"{SUCCESSOR} has taken this unit's place" in units.next_step(unit.reload())


# helpers


def ends_in(unit: Document, days: int) -> None:
	soon = frappe.utils.add_to_date(now_datetime(), days=days, hours=1)
	units.write(unit.name, certificate_expiry=soon)


def end_certificate(unit: Document, sandbox: Sandbox) -> None:
	"""Its certificate has run out, for us and for the gateway."""
	from dataclasses import replace
	from datetime import timedelta

	units.write(unit.name, certificate_expiry=add_days(now_datetime(), -1))
	token = vault.production(unit.name).token
	csid = sandbox.state._csids[token]
	sandbox.state.add_csid(replace(csid, valid_until=csid.valid_until - timedelta(days=3650)))


def signer(sandbox: Sandbox, document: Document) -> str:
	return next(row.signer for row in sandbox.state.submissions() if row.uuid == document.uuid)


def renewed_meanwhile(unit: Document) -> None:
	"""What another process commits while this one holds a submitted invoice that is not issued yet."""
	issue.close_chain(unit.name)


def listen(patch: pytest.MonkeyPatch, sent: list[bytes]) -> None:
	"""Everything that goes over the wire: headers, decoded logins and bodies."""
	import base64

	import requests

	send = requests.Session.send

	def heard(
		self: requests.Session, request: requests.PreparedRequest, **options: object
	) -> requests.Response:
		login = request.headers.get("Authorization", "").removeprefix("Basic ")
		sent.extend((request.body or b"", str(request.headers).encode(), base64.b64decode(login)))
		return send(self, request, **options)

	patch.setattr(requests.Session, "send", heard)


def test_a_renewed_unit_without_a_certificate_to_try_with_says_so(unit: Document) -> None:
	new = renewed(unit)
	vault.forget(new.name, "compliance_token", "compliance_secret")
	with pytest.raises(
		frappe.ValidationError, match="renewed its certificate without one to try things with"
	):
		connection.check(new.name)
	document = issued()
	frappe.db.set_value("ZATCA Document", document.name, "state", states.WAITING)
	zatca.due_now(document.name)
	assert connection.check(new.name).let_in
