"""Keys and secrets of a unit: encrypted at rest, and readable by no role through any channel."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.devices import connection, onboarding, vault
from saudi_crm_billing.e_invoicing.engine import keys
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]

READERS = ("System Manager", "Accounts Manager", "Administrator")


@pytest.fixture
def hidden(unit: Document) -> list[str]:
	"""Everything of the unit that nobody may see; of the key also single lines of its PEM."""
	key = vault.private_key(unit.name)
	found = [line for line in key.splitlines() if not line.startswith("-----")]
	for credentials in (vault.compliance(unit.name), vault.production(unit.name)):
		found += [credentials.token, credentials.secret]
	return found


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest, unit: Document) -> str:
	"""Each role that may open a unit, and the one user who may do everything."""
	role = request.param
	if role == "Administrator":
		return "Administrator"
	return make.a_user(f"{frappe.scrub(role)}.keys@example.com", role)


def shows_none(said: object, hidden: list[str]) -> None:
	text = said if isinstance(said, str) else json.dumps(said, default=str, ensure_ascii=False)
	assert text
	assert [secret for secret in hidden if secret in text] == []


def test_the_key_is_on_zatca_s_curve_and_encrypted_at_rest(unit: Document, hidden: list[str]) -> None:
	assert keys.load_key(vault.private_key(unit.name)).curve.name == "secp256k1"
	auth = frappe.qb.Table("__Auth")
	rows = (
		frappe.qb.from_(auth)
		.select(auth.fieldname, auth.password, auth.encrypted)
		.where((auth.doctype == "ZATCA Unit") & (auth.name == unit.name))
	).run(as_dict=True)
	assert sorted(row.fieldname for row in rows) == sorted(vault.SECRETS)
	assert {row.encrypted for row in rows} == {1}
	shows_none(rows, hidden)
	shows_none(frappe.db.get_value("ZATCA Unit", unit.name, "*", as_dict=True), hidden)


def test_rest_shows_none(unit: Document, hidden: list[str], reader: str) -> None:
	from frappe.client import get, get_list, get_value

	frappe.set_user(reader)
	shows_none(get("ZATCA Unit", unit.name), hidden)
	shows_none(get_list("ZATCA Unit", fields=["*"]), hidden)
	shows_none(frappe.get_doc("ZATCA Unit", unit.name).as_dict(), hidden)
	for field in vault.SECRETS:
		try:
			shows_none(get_value("ZATCA Unit", field, unit.name) or "nothing", hidden)
		except frappe.PermissionError:
			continue


def test_opening_the_form_shows_none(unit: Document, hidden: list[str], reader: str) -> None:
	from frappe.desk.form.load import getdoc

	frappe.set_user(reader)
	frappe.response.docs = []
	getdoc("ZATCA Unit", unit.name)
	shows_none([doc.as_dict() for doc in frappe.response.docs], hidden)
	shows_none(frappe.response.docinfo or "nothing", hidden)


@pytest.mark.parametrize("field", vault.SECRETS)
def test_the_password_call_is_refused(unit: Document, reader: str, field: str) -> None:
	frappe.set_user(reader)
	with pytest.raises(frappe.PermissionError, match="cannot be read"):
		frappe.get_doc("ZATCA Unit", unit.name).get_password(field)
	from frappe.client import get_password

	with pytest.raises(frappe.PermissionError):
		get_password("ZATCA Unit", unit.name, field)


def test_lists_reports_and_exports_show_none(unit: Document, hidden: list[str], reader: str) -> None:
	from frappe.desk.reportview import export_query, get

	frappe.set_user(reader)
	fields = json.dumps(["`tabZATCA Unit`.`name`", *(f"`tabZATCA Unit`.`{name}`" for name in vault.SECRETS)])
	asked = {"doctype": "ZATCA Unit", "fields": fields, "view": "Report", "start": 0, "page_length": 20}
	frappe.local.form_dict = frappe._dict(asked)
	try:
		shows_none(get() or "nothing", hidden)
	except frappe.PermissionError:
		pass
	frappe.local.form_dict = frappe._dict({**asked, "file_format_type": "CSV", "title": "Units"})
	frappe.local.response = frappe._dict()
	try:
		export_query()
	except frappe.PermissionError:
		return
	content = frappe.response.filecontent or frappe.response.result or "nothing"
	shows_none(content.decode("utf-8-sig") if isinstance(content, bytes) else str(content), hidden)


def test_a_data_import_template_shows_none(unit: Document, hidden: list[str], reader: str) -> None:
	from frappe.core.doctype.data_import.exporter import Exporter

	frappe.set_user(reader)
	try:
		exporter = Exporter("ZATCA Unit", {"ZATCA Unit": ["name", "title", *vault.SECRETS]}, export_data=True)
	except frappe.PermissionError:
		return
	shows_none(exporter.get_csv_array(), hidden)


def test_a_print_shows_none(unit: Document, hidden: list[str], reader: str) -> None:
	frappe.set_user(reader)
	frappe.local.form_dict = frappe._dict()
	try:
		page = frappe.get_print("ZATCA Unit", unit.name)
	except frappe.PermissionError:
		return
	shows_none(page, hidden)


def test_the_history_shows_none(unit: Document, hidden: list[str]) -> None:
	unit.industry_note = None
	unit.flags.ignore_version = False
	unit.base_url = f"{unit.base_url}/"
	unit.private_key = "typed by somebody"
	unit.save()
	versions = frappe.get_all("Version", {"ref_doctype": "ZATCA Unit", "docname": unit.name}, pluck="data")
	shows_none(versions or "nothing", hidden)
	shows_none(frappe.get_all("Comment", {"reference_name": unit.name}, pluck="content") or "nothing", hidden)
	assert "typed by somebody" not in str(versions)


def log_what_breaks(unit: str) -> None:
	"""In a frame of its own: the log begins with the frame that catches."""
	for call in (connection.check, onboarding.renew):
		try:
			call(unit, *([zatca.OTP] if call is onboarding.renew else []))
		except RuntimeError:
			frappe.log_error("broken")


@pytest.mark.parametrize("place", ["_exchange", "sign", "_activate"])
def test_a_logged_traceback_shows_none(
	unit: Document, sandbox: Sandbox, hidden: list[str], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
	"""As Frappe's Error Log has it: the local variables of every frame."""

	def broken(*args: Any, **options: Any) -> None:
		raise RuntimeError("broken")

	if place == "_exchange":
		monkeypatch.setattr(Gateway, "_headers", broken)
	elif place == "sign":
		monkeypatch.setattr("saudi_crm_billing.e_invoicing.devices.compliance.sign", broken)
	else:
		monkeypatch.setattr("saudi_crm_billing.e_invoicing.issuing.issue.open_chain", broken)
	log_what_breaks(unit.name)
	logs = frappe.get_all("Error Log", {"method": "broken"}, ["error"])
	assert logs, "something was logged"
	successor = frappe.db.get_value("ZATCA Unit", {"replaces": unit.name})
	if successor and vault.has(successor, vault.PRIVATE_KEY):
		hidden += [line for line in vault.private_key(successor).splitlines() if "-----" not in line]
	shows_none(logs, [*hidden, zatca.OTP])


def test_the_site_s_logs_and_realtime_show_none(
	site: ModuleType, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
	published: list[Any] = []
	monkeypatch.setattr(
		frappe, "publish_realtime", lambda *args, **options: published.append((args, options))
	)
	caplog.set_level(0)
	unit = zatca.an_active_unit(sandbox.base_url)
	hidden = [
		*vars(vault.production(unit.name)).values(),
		*vars(vault.compliance(unit.name)).values(),
		zatca.OTP,
	]
	hidden += [line for line in vault.private_key(unit.name).splitlines() if "-----" not in line]
	assert published
	shows_none(published, hidden)
	shows_none("\n".join(caplog.messages) or "nothing", hidden)


def test_a_copy_of_a_unit_has_no_key(unit: Document) -> None:
	copy = frappe.copy_doc(unit)
	copy.title = "Copy"
	copy.insert()
	assert [name for name in vault.SECRETS if vault.has(copy.name, name)] == []
	assert (copy.status, copy.certificate, copy.replaces, copy.onboarding_log) == ("Draft", None, None, None)


def test_a_retired_unit_keeps_nothing(unit: Document) -> None:
	from saudi_crm_billing.e_invoicing.devices import succession

	succession.retire(unit.name)
	assert [name for name in vault.SECRETS if vault.has(unit.name, name)] == []
