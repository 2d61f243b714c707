"""Exporting e-invoices to files, as the law wants them kept."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType

import e_invoicing_helpers as zatca
import pytest
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import api, clock
from saudi_crm_billing.e_invoicing.engine.hashing import invoice_hash
from saudi_crm_billing.e_invoicing.issuing import archive
from saudi_crm_billing.patches import issue_moments
from saudi_crm_billing.sandbox.server import Sandbox


@pytest.fixture
def unit(site: ModuleType) -> Iterator[Document]:
	with Sandbox() as sandbox:
		yield zatca.an_active_unit(sandbox.base_url)


def issue() -> Document:
	return zatca.submitted(zatca.an_invoice(zatca.a_business()))


@pytest.fixture
def cleared(unit: Document) -> list[Document]:
	return [zatca.sent(issue()) for _number in range(3)]


def test_export_writes_every_document_once_with_a_manifest(cleared: list[Document], tmp_path: Path) -> None:
	assert archive.export(tmp_path) == 3
	assert archive.export(tmp_path) == 0
	rows = list(csv.DictReader((tmp_path / archive.MANIFEST).open(encoding="utf-8")))
	assert [(row["icv"], row["state"]) for row in rows] == [
		("1", "Cleared"),
		("2", "Cleared"),
		("3", "Cleared"),
	]
	for row, document in zip(rows, cleared, strict=True):
		assert row["file"].startswith("399999999900003_") and document.reference_name in row["file"]
		written = (tmp_path / row["file"]).read_bytes()
		assert written == document.cleared_xml.encode()
		assert invoice_hash(written) == document.invoice_hash == row["invoice_hash"]


def test_a_document_that_is_not_final_is_left_for_the_next_export(unit: Document, tmp_path: Path) -> None:
	invoice = issue()
	assert archive.export(tmp_path) == 0
	assert zatca.document_of(invoice).exported_on is None
	cleared = zatca.sent(invoice)
	assert archive.export(tmp_path) == 1
	assert [path.read_bytes() for path in tmp_path.glob("*.xml")] == [cleared.cleared_xml.encode()]


def test_a_file_is_named_as_its_download(cleared: list[Document], site: ModuleType, tmp_path: Path) -> None:
	archive.export(tmp_path)
	names = set()
	for document in cleared:
		api.download_xml(document.name)
		names.add(site.response.filename)
	assert {path.name for path in tmp_path.glob("*.xml")} == names


def test_a_file_is_named_by_the_moment_that_the_document_states(
	unit: Document, site: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
	"""Not by when it was submitted, nor by the clock of a site elsewhere."""
	monkeypatch.setattr(clock, "get_system_timezone", lambda: "Asia/Tokyo")
	posted = {"set_posting_time": 1, "posting_date": "2026-11-20", "posting_time": "03:30:00"}
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person(), due_date="2026-11-20", **posted))
	document = zatca.sent(invoice)
	assert (document.state, zatca.stated_issue(document)) == ("Reported", "2026-11-19T21:30:00")
	assert str(document.issued_at) == "2026-11-20 03:30:00"
	archive.export(tmp_path)
	api.download_xml(document.name)
	name = f"{zatca.SELLER_VAT}_20261119T213000_{invoice.name}.xml"
	assert ([path.name for path in tmp_path.glob("*.xml")], site.response.filename) == ([name], name)


def test_documents_of_before_learn_the_moment_from_their_xml(
	cleared: list[Document], site: ModuleType
) -> None:
	first, second, third = cleared
	for document in cleared:
		site.db.set_value("ZATCA Document", document.name, {"issued_at": None, "report_by": None})
	site.db.set_value("ZATCA Document", second.name, "subtype", "Simplified")
	site.db.set_value("ZATCA Document", third.name, "xml", "broken")
	issue_moments.execute()
	for document in (first, second):
		moment = clock.at_site(datetime.fromisoformat(zatca.stated_issue(document)))
		assert document.reload().issued_at == moment
	assert (first.report_by, second.report_by) == (None, second.issued_at + timedelta(hours=24))
	assert third.reload().issued_at == third.submitted_on


def test_two_numbers_that_look_alike_as_file_names_both_stay(
	cleared: list[Document], site: ModuleType, tmp_path: Path
) -> None:
	for document, number in zip(cleared, ("A/1", "A-1", "A.1"), strict=True):
		values = {"reference_name": number, "issued_at": "2026-11-21 10:00:00"}
		site.db.set_value("ZATCA Document", document.name, values)
	assert archive.export(tmp_path) == 3
	files = {path.name: path.read_bytes() for path in tmp_path.glob("*.xml")}
	stem = f"{zatca.SELLER_VAT}_20261121T100000_A-1"
	assert set(files) == {f"{stem}.xml", f"{stem}_2.xml", f"{stem}_3.xml"}
	assert set(files.values()) == {document.cleared_xml.encode() for document in cleared}


def test_a_failed_write_marks_nothing(
	cleared: list[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
	def full(*arguments: object) -> None:
		raise OSError("No space left on device")

	monkeypatch.setattr(archive.os, "fsync", full)
	with pytest.raises(OSError, match="No space left"):
		archive.export(tmp_path)
	assert [document.reload().exported_on for document in cleared] == [None] * 3


def test_only_production_documents_stand_in_the_way_of_uninstalling(
	cleared: list[Document], site: ModuleType, tmp_path: Path
) -> None:
	assert archive.production_documents_not_exported() == 0
	site.db.set_value("ZATCA Document", cleared[0].name, "environment", "Production")
	assert archive.production_documents_not_exported() == 1
	archive.export(tmp_path)
	assert archive.production_documents_not_exported() == 0


def test_an_open_production_document_stands_in_the_way_even_after_an_export(
	unit: Document, site: ModuleType, tmp_path: Path
) -> None:
	site.db.set_value("ZATCA Document", issue().scb_zatca_document, "environment", "Production")
	assert archive.export(tmp_path) == 0
	assert archive.production_documents_not_exported() == 1
