"""The command `check`: exit status, table and JSON, and files that are no invoice."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from e_invoicing_rules_documents import Edit, document, drop, text
from lxml import etree

from saudi_crm_billing.e_invoicing.checks.check_command import check_file

NOW = datetime(2026, 11, 21, 18, 0)
LONG = "x" * 1000
BOMB = f'<!DOCTYPE a [<!ENTITY b "{LONG}"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
INVOICE = '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">{}</Invoice>'


def written(folder: Path, *edits: Edit) -> Path:
	path = folder / "invoice.xml"
	path.write_bytes(etree.tostring(document(*edits)))
	return path


def run(path: Path, as_json: bool = True) -> tuple[int, str]:
	out = io.StringIO()
	return check_file(path, as_json, out, NOW), out.getvalue()


def test_a_right_invoice(tmp_path: Path) -> None:
	path = written(tmp_path)
	assert run(path) == (0, '{\n  "findings": []\n}\n')
	assert run(path, as_json=False) == (0, "No findings: all rules are kept.\n")


def test_warnings_alone_are_no_failure(tmp_path: Path) -> None:
	status, output = run(written(tmp_path, drop("cac:Delivery")))
	(finding,) = json.loads(output)["findings"]
	assert (status, finding["id"], finding["severity"]) == (0, "BR-KSA-15", "warning")


def test_errors_are_a_failure(tmp_path: Path) -> None:
	path = written(tmp_path, text("cac:InvoiceLine[2]/cbc:InvoicedQuantity", "0"))
	status, output = run(path)
	first = json.loads(output)["findings"][0]
	assert status == 1 and run(path) == (status, output)
	assert list(first) == ["id", "severity", "where", "message_en", "message_ar"]
	assert (first["id"], first["where"]) == ("BR-22", "cac:InvoiceLine[2]/cbc:InvoicedQuantity")
	assert "اكتب الكمية" in output


def test_the_table_shows_rule_place_and_both_languages(tmp_path: Path) -> None:
	status, table = run(written(tmp_path, drop("cbc:UUID"), drop("cac:Delivery")), as_json=False)
	lines = table.splitlines()
	assert status == 1 and lines[0] == "error    BR-KSA-03  cbc:UUID"
	assert "unique identifier" in lines[1] and "معرّف" in lines[2] and lines[1].startswith(" " * 20)
	assert lines[3].startswith("warning  BR-KSA-15  cac:Delivery") and lines[-1] == "1 error, 1 warning"


@pytest.mark.parametrize(
	("content", "said"),
	[
		(b"not xml at all", "not well-formed"),
		(b"", "not well-formed"),
		(b"<a><b></a>", "not well-formed"),
		(b"<a/>", "root element is a"),
		(b'<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"/>', "root element is CreditNote"),
		(b"<Invoice/>", "root element is Invoice"),
		(f"{BOMB}{INVOICE.format('&c;')}".encode(), "document type or entities"),
		(f"{OUTSIDE}{INVOICE.format('&b;')}".encode(), "document type or entities"),
		(f"<?xml version='1.0' encoding='UTF-16'?>{OUTSIDE}{INVOICE}".encode("utf-16"), "not UTF-8"),
		(b"<a>" + b"x" * 10_000_001 + b"</a>", "at most 10000000"),
	],
	ids=("text", "empty", "broken", "other", "credit-note", "no-namespace", "bomb", "external", "utf-16", "too-large"),
)  # fmt: skip
def test_what_is_no_invoice(
	content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
	path = tmp_path / "file.xml"
	path.write_bytes(content)
	assert run(path) == (2, "")
	complaint = capsys.readouterr().err
	assert complaint.startswith(f"{path}: ") and said in complaint and "root:" not in complaint
	assert any("ء" <= letter <= "ي" for letter in complaint)


@pytest.mark.parametrize("name", ["absent.xml", "."])
def test_what_is_no_file(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
	assert run(tmp_path / name) == (2, "")
	assert str(tmp_path) in capsys.readouterr().err


def test_a_terminal_without_arabic(tmp_path: Path) -> None:
	path = written(tmp_path, text("cbc:UUID", "é😀"), text("cbc:ProfileID", "é😀"))
	raw = io.BytesIO()
	out = io.TextIOWrapper(raw, encoding="ascii")
	assert check_file(path, True, out, NOW) == 1
	out.flush()
	assert json.loads(raw.getvalue()) == json.loads(run(path)[1])
	assert check_file(path, False, out, NOW) == 1


def test_the_console_command(tmp_path: Path) -> None:
	path = written(tmp_path, text("cbc:IssueDate", "2099-01-01"))
	command = [sys.executable, "-m", "saudi_crm_billing.cli", "check", str(path), "--json"]
	done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
	assert done.returncode == 1 and done.stderr == ""
	assert "BR-KSA-04" in [finding["id"] for finding in json.loads(done.stdout)["findings"]]
