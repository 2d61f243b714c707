"""Exporting e-invoices to files, as the law wants them kept."""

from __future__ import annotations

import csv
from pathlib import Path
from types import ModuleType

import pytest
from e_invoicing_helpers import a_business, an_active_unit, an_invoice, document_of, submitted

from saudi_crm_billing.e_invoicing import archive
from saudi_crm_billing.e_invoicing.engine.hashing import invoice_hash
from saudi_crm_billing.sandbox.server import Sandbox


@pytest.fixture
def issued(site: ModuleType) -> list:
	with Sandbox() as sandbox:
		an_active_unit(sandbox.base_url)
		return [document_of(submitted(an_invoice(a_business()))) for _number in range(3)]


def test_export_writes_every_document_once_with_a_manifest(issued: list, tmp_path: Path) -> None:
	assert archive.export(tmp_path) == 3
	assert archive.export(tmp_path) == 0
	rows = list(csv.DictReader((tmp_path / archive.MANIFEST).open(encoding="utf-8")))
	assert [row["icv"] for row in rows] == ["1", "2", "3"]
	for row, document in zip(rows, issued, strict=True):
		assert row["file"].startswith("399999999900003_") and document.reference_name in row["file"]
		assert (
			invoice_hash((tmp_path / row["file"]).read_bytes())
			== document.invoice_hash
			== row["invoice_hash"]
		)


def test_a_failed_write_marks_nothing(issued: list, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
	def full(*arguments: object) -> None:
		raise OSError("No space left on device")

	monkeypatch.setattr(archive.os, "fsync", full)
	with pytest.raises(OSError, match="No space left"):
		archive.export(tmp_path)
	assert [document.reload().exported_on for document in issued] == [None] * 3


def test_only_production_documents_stand_in_the_way_of_uninstalling(
	issued: list, site: ModuleType, tmp_path: Path
) -> None:
	assert archive.production_documents_not_exported() == 0
	site.db.set_value("ZATCA Document", issued[0].name, "environment", "Production")
	assert archive.production_documents_not_exported() == 1
	archive.export(tmp_path)
	assert archive.production_documents_not_exported() == 0
