"""The audit of the chains on a site: as the command, its exit codes and its evidence, and as the report."""

from __future__ import annotations

import csv
import io
import json
from types import ModuleType

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from click.testing import CliRunner
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing import commands
from saudi_crm_billing.e_invoicing.issuing import audit
from saudi_crm_billing.e_invoicing.issuing.audit import UnitAudit
from saudi_crm_billing.e_invoicing.report.e_invoice_chain_audit import e_invoice_chain_audit as report

__all__ = ["gateway", "sandbox", "unit"]

REPORT = "E-Invoice Chain Audit"


@pytest.fixture
def issued(unit: Document) -> list[str]:
	"""Three documents: one cleared, one reported, one still waiting."""
	cleared = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_business())))
	reported = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	waiting = zatca.submitted(zatca.an_invoice(zatca.a_person())).scb_zatca_document
	return [cleared.name, reported.name, waiting]


def audited(unit: Document) -> UnitAudit:
	(result,) = audit.audit([unit.name])
	return result


def codes(result: UnitAudit) -> list[tuple[str, str]]:
	return [(found.problem.code, found.document) for found in result.findings]


def test_what_the_app_issues_is_whole(unit: Document, issued: list[str]) -> None:
	result = audited(unit)
	assert (result.whole, result.documents, result.last_icv) == (True, 3, 3)
	assert result.company == make.COMPANY


def test_each_tampering_is_found_at_its_document(unit: Document, issued: list[str]) -> None:
	xml = frappe.db.get_value("ZATCA Document", issued[1], "xml")
	frappe.db.set_value(
		"ZATCA Document", issued[1], "xml", xml.replace("Sara", "Sada").replace("15.00", "15.01")
	)
	stamped = frappe.db.get_value("ZATCA Document", issued[0], "cleared_xml")
	frappe.db.set_value("ZATCA Document", issued[0], "cleared_xml", stamped.replace("15.00", "15.01"))
	frappe.db.set_value(
		"ZATCA Document", issued[2], "uuid", frappe.db.get_value("ZATCA Document", issued[0], "uuid")
	)
	assert codes(audited(unit)) == [
		("audit-stamped", issued[0]),
		("audit-hash", issued[1]),
		("audit-same-uuid", issued[2]),
		("audit-uuid", issued[2]),
	]


def test_a_document_deleted_in_the_database_is_a_gap(unit: Document, issued: list[str]) -> None:
	frappe.db.delete("ZATCA Document", {"name": issued[1]})
	assert codes(audited(unit)) == [
		("chain-gap", issued[2]),
		("audit-missing-named", issued[1]),
		("audit-missing-sent", issued[1]),
	]


def test_the_last_document_deleted_in_the_database_shows_in_the_counter(
	unit: Document, issued: list[str]
) -> None:
	frappe.db.delete("ZATCA Document", {"name": issued[2]})
	assert codes(audited(unit)) == [("audit-counter", issued[1]), ("audit-missing-named", issued[2])]


def set_back_to(unit: Document, document: str) -> None:
	icv, invoice_hash = frappe.db.get_value("ZATCA Document", document, ("icv", "invoice_hash"))
	counter = {"last_icv": icv, "last_hash": invoice_hash}
	frappe.db.set_value("ZATCA Unit Counter", {"unit": unit.name}, counter)


def test_an_end_that_was_cut_off_with_its_counter_is_known_to_sources_and_attempts(
	unit: Document, issued: list[str]
) -> None:
	sources = frappe.get_all("ZATCA Document", {"name": ("in", issued[1:])}, pluck="reference_name")
	frappe.db.delete("ZATCA Document", {"name": ("in", issued[1:])})
	set_back_to(unit, issued[0])
	assert codes(audited(unit)) == [
		("audit-missing-named", issued[1]),
		("audit-missing-sent", issued[1]),
		("audit-missing-named", issued[2]),
	]
	said = audited(unit).findings[0].problem.message_en
	assert said in {
		f"{source} names the document {issued[1]}, which is not there any more." for source in sources
	}
	clear_the_sources(*sources)
	assert [code for code, _document in codes(audited(unit))] == [
		"audit-missing-sent",
		"audit-not-issued",
		"audit-not-issued",
	]


def clear_the_sources(*names: str) -> None:
	frappe.db.set_value("Sales Invoice", {"name": ("in", names)}, "scb_zatca_document", None)


def test_a_file_of_an_accepted_document_outlives_it(unit: Document, issued: list[str]) -> None:
	from saudi_crm_billing.e_invoicing.issuing import files

	file = frappe.db.get_value("File", files.make(issued[1]), "file_name")
	source = frappe.db.get_value("ZATCA Document", issued[1], "reference_name")
	assert audited(unit).whole
	frappe.db.delete("ZATCA Document", {"name": ("in", issued[1:])})
	frappe.db.delete("ZATCA Attempt", {"document": issued[1]})
	set_back_to(unit, issued[0])
	clear_the_sources(
		*frappe.get_all("Sales Invoice", {"scb_zatca_document": ("in", issued[1:])}, pluck="name")
	)
	found = [row.problem for row in audited(unit).findings if row.problem.code == "audit-missing-filed"]
	assert [problem.message_en for problem in found] == [
		f"{source} names no document, but has the file of one that ZATCA accepted: {file}."
	]


def test_a_submitted_invoice_without_a_document_is_found(unit: Document, issued: list[str]) -> None:
	frappe.db.set_value("ZATCA Unit", unit.name, "status", "Retired")
	silent = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	opening = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	opening.db_set("is_opening", "Yes")
	frappe.db.set_value("ZATCA Unit", unit.name, "status", "Active")
	assert (silent.scb_zatca_unit, opening.scb_zatca_document) == (None, None)
	assert codes(audited(unit)) == [("audit-not-issued", "")]
	(found,) = audited(unit).findings
	assert found.problem.message_en.startswith(silent.name)
	frappe.db.set_value("Sales Invoice", silent.name, "creation", "2020-01-01 00:00:00")
	assert audited(unit).whole, "it is of a time before the unit"
	frappe.db.set_value("Sales Invoice", silent.name, "scb_zatca_unit", unit.name)
	assert codes(audited(unit)) == [("audit-not-issued", "")]


def test_of_a_unit_for_a_branch_only_what_names_it_is_asked_for(unit: Document, issued: list[str]) -> None:
	frappe.db.set_value("ZATCA Unit", unit.name, "status", "Retired")
	zatca.submitted(zatca.an_invoice(zatca.a_person()))
	frappe.db.set_value("ZATCA Unit", unit.name, {"status": "Active", "branch": "Jeddah"})
	assert audited(unit).whole


def test_a_document_signed_by_another_unit_is_found(unit: Document, issued: list[str]) -> None:
	other = frappe.db.get_value("ZATCA Unit", unit.name, "certificate")
	frappe.db.set_value("ZATCA Unit", unit.name, "certificate", f"{other[:60]}\n{other[60:]}")
	assert audited(unit).whole, "line breaks do not matter"
	frappe.db.set_value("ZATCA Unit", unit.name, "certificate", other.replace(other[-20:-10], "A" * 10))
	assert codes(audited(unit)) == [("audit-certificate", name) for name in issued]


def test_pages_are_read_on_by_key(unit: Document, issued: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
	monkeypatch.setattr(audit, "PAGE", 2)
	assert (audited(unit).whole, audited(unit).documents) == (True, 3)


def test_a_window_begins_at_its_counter(unit: Document, issued: list[str]) -> None:
	frappe.db.set_value("ZATCA Document", issued[0], "qr", "another")
	(window,) = audit.audit([unit.name], from_icv=2)
	assert (window.whole, window.documents) == (True, 2)
	assert not audited(unit).whole


def test_of_a_chain_broken_throughout_the_first_findings_are_kept_and_all_counted(
	unit: Document, issued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
	monkeypatch.setattr(audit, "MOST_FINDINGS", 1)
	for name in issued:
		frappe.db.set_value("ZATCA Document", name, "qr", "another")
	result = audited(unit)
	assert (result.count, len(result.findings)) == (3, 1)


@pytest.fixture
def command(site: ModuleType, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
	"""The command in this test's connection."""
	for name in ("init", "connect", "destroy"):
		monkeypatch.setattr(frappe, name, lambda *_args, **_values: None)
	return CliRunner()


def run(runner: CliRunner, *arguments: str) -> tuple[int, str]:
	context = {"profile": False, "sites": [frappe.local.site]}
	done = runner.invoke(commands.audit_e_invoices, arguments, obj=context)
	return done.exit_code, done.output


def test_the_command_says_whole_with_code_0(unit: Document, issued: list[str], command: CliRunner) -> None:
	code, said = run(command, "--unit", unit.name)
	assert (code, said) == (0, f"{unit.name}: 3 documents, last counter 3: whole\n")


def test_the_command_says_findings_with_code_1(unit: Document, issued: list[str], command: CliRunner) -> None:
	frappe.db.set_value("ZATCA Document", issued[1], "invoice_hash", "another")
	code, said = run(command, "--unit", unit.name)
	assert code == 1
	assert f"{issued[1]} [audit-hash]" in said
	assert f"{issued[2]} [chain-broken]" in said


def test_the_command_that_cannot_run_has_code_2(unit: Document, command: CliRunner) -> None:
	code, said = run(command, "--unit", "no such unit")
	assert code == 2
	assert "There is no ZATCA Unit no such unit." in said


def test_the_evidence_as_json(unit: Document, issued: list[str], command: CliRunner) -> None:
	frappe.db.set_value("ZATCA Document", issued[1], "qr", "another")
	code, said = run(command, "--unit", unit.name, "--json")
	evidence = json.loads(said)
	assert (code, evidence["whole"], evidence["site"]) == (1, False, frappe.local.site)
	(of_unit,) = evidence["units"]
	assert (of_unit["unit"], of_unit["documents"], of_unit["last_icv"]) == (unit.name, 3, 3)
	(finding,) = of_unit["findings"]
	assert (finding["document"], finding["code"]) == (issued[1], "audit-qr")
	assert "رمز الاستجابة السريعة" in finding["message_ar"]


def test_the_evidence_as_csv(unit: Document, issued: list[str], command: CliRunner) -> None:
	frappe.db.set_value("ZATCA Document", issued[1], "qr", "another")
	code, said = run(command, "--unit", unit.name, "--csv")
	(row,) = csv.DictReader(io.StringIO(said))
	assert (code, row["unit"], row["icv"], row["document"], row["code"]) == (
		1,
		unit.name,
		"2",
		issued[1],
		"audit-qr",
	)


def test_the_report_shows_findings_in_the_readers_language(unit: Document, issued: list[str]) -> None:
	frappe.db.set_value("ZATCA Document", issued[1], "qr", "another")
	frappe.local.lang = "ar"
	_columns, rows, message, _chart, summary = report.execute({"company": make.COMPANY, "unit": unit.name})
	assert [(row["document"], row["code"]) for row in rows] == [(issued[1], "audit-qr")]
	assert "رمز الاستجابة السريعة" in rows[0]["finding"]
	assert message is None
	assert [row["value"] for row in summary] == [1, 3, 1]


def test_the_report_of_a_whole_chain_says_so(unit: Document, issued: list[str]) -> None:
	_columns, rows, message, _chart, summary = report.execute({"company": make.COMPANY, "unit": unit.name})
	assert (rows, summary[2]["indicator"]) == ([], "Green")
	assert message.startswith("The chain of every unit is whole")


@pytest.mark.parametrize(
	("role", "may"),
	[("Auditor", True), ("Accounts Manager", True), ("Accounts User", False), ("Sales User", False)],
)
def test_who_may_run_the_report(unit: Document, role: str, may: bool) -> None:
	user = make.a_user(f"audit-{role.lower().replace(' ', '-')}@example.com", role)
	frappe.set_user(user)
	assert bool(frappe.get_doc("Report", REPORT).is_permitted()) is may
	if may:
		from frappe.desk.query_report import run as run_report

		said = run_report(REPORT, {"company": make.COMPANY}, ignore_prepared_report=True)
		assert said["report_summary"][2]["value"] == 0


def test_a_user_of_another_company_is_refused(unit: Document) -> None:
	user = make.a_user("audit-elsewhere@example.com", "Accounts Manager")
	other = frappe.db.get_value("Company", {"name": ("!=", make.COMPANY)}) or "Elsewhere"
	frappe.get_doc(
		{"doctype": "User Permission", "user": user, "allow": "Company", "for_value": other}
	).insert(ignore_links=True)
	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError, match="no permission for company"):
		report.execute({"company": make.COMPANY})
