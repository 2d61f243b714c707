"""The business rules: each kept by one document and broken by another, with the authority's severity."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from e_invoicing_rules_case import Case
from e_invoicing_rules_cases import CASES
from e_invoicing_rules_documents import (
	ADVANCE,
	EXCHANGE,
	FOREIGN,
	NOTE,
	SIMPLIFIED,
	Edit,
	attribute,
	document,
	drop,
	text,
)
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from saudi_crm_billing.e_invoicing.engine import rules
from saudi_crm_billing.e_invoicing.engine.rules import ERROR, RULES, WARNING, Finding, check
from saudi_crm_billing.e_invoicing.engine.xml import NS, UnreadableInvoice

QUANTITY_PRICE_PER = ("InvoicedQuantity", "PriceAmount", "BaseQuantity")
NOW = datetime(2026, 11, 21, 18, 0, tzinfo=timezone(timedelta(hours=3)))
SEVERITY = {rule.id: rule.severity for rule in RULES}


def found(*edits: Edit, now: datetime | None = NOW) -> dict[str, Finding]:
	return {finding.id: finding for finding in check(document(*edits), now)}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_is_kept_and_broken(case: Case) -> None:
	assert case.id not in found(*case.start, *case.keeps)
	assert found(*case.start, *case.breaks)[case.id].severity == SEVERITY[case.id]


def test_every_rule_has_a_case() -> None:
	assert {case.id for case in CASES} == set(SEVERITY)


@pytest.mark.parametrize("edits", [(), SIMPLIFIED, NOTE, ADVANCE, EXCHANGE, FOREIGN])
def test_right_documents_have_no_findings(edits: tuple[Edit, ...]) -> None:
	assert check(document(*edits), NOW) == ()


def rules_of_the_authority(zatca_data: Path) -> Iterator[dict[str, str]]:
	with (zatca_data / "rules.tsv").open(encoding="utf-8") as lines:
		yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def test_severity_is_the_authoritys(zatca_data: Path) -> None:
	flags: dict[str, set[str]] = {}
	for row in rules_of_the_authority(zatca_data):
		flags.setdefault(row["id"], set()).add(row["flag"])
	assert {id: {severity} for id, severity in SEVERITY.items()} == flags
	assert all(SEVERITY[rule.id] == rule.severity for rule in RULES)


def test_every_assertion_of_the_authority_has_a_rule(zatca_data: Path) -> None:
	"""All 257, one by one; who may leave one out says here why it cannot bear on a document."""
	left_out: dict[str, str] = {}
	asserted = [row["id"] for row in rules_of_the_authority(zatca_data)]
	assert len(asserted) == 257
	assert {id for id in asserted if id not in SEVERITY} == set(left_out)


def test_no_text_is_the_authoritys(zatca_data: Path) -> None:
	texts = {row["text"].partition("]-")[2].strip() for row in rules_of_the_authority(zatca_data)} - {""}
	assert not texts & {rule.en for rule in RULES}


def test_official_samples_have_no_findings(zatca_data: Path) -> None:
	samples = sorted((zatca_data / "samples").glob("*.xml"))
	assert len(samples) >= 9
	assert {sample.name: check(sample.read_bytes()) for sample in samples} == {
		sample.name: () for sample in samples
	}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_messages_are_whole_in_both_languages(case: Case) -> None:
	finding = found(*case.start, *case.breaks)[case.id]
	assert re.search(r"[a-z]{3}", finding.message_en) and not re.search(
		"[ء-ي]", finding.message_en.split('"')[0]
	)
	assert re.search("[ء-ي]{3}", finding.message_ar)
	for message in (finding.message_en, finding.message_ar):
		assert message.endswith((".", ")")) and "{" not in message and "None" not in message


@pytest.mark.parametrize(
	("edit", "id", "where"),
	[
		(text("cac:InvoiceLine[2]/cbc:InvoicedQuantity", "0"), "BR-22", "cac:InvoiceLine[2]/cbc:InvoicedQuantity"),
		(drop("cac:InvoiceLine[3]/cbc:InvoicedQuantity"), "BR-22", "cac:InvoiceLine[3]/cbc:InvoicedQuantity"),
		(text("cac:AllowanceCharge[2]/cbc:Amount", "-1"), "BR-KSA-F-04", "cac:AllowanceCharge[2]/cbc:Amount"),
		(text("cac:TaxTotal[2]/cac:TaxSubtotal[2]/cbc:TaxAmount", "1"), "BR-Z-09", "cac:TaxTotal[2]/cac:TaxSubtotal[2]/cac:TaxCategory"),
		(attribute("cbc:InvoiceTypeCode", "name", "01"), "BR-KSA-06", "cbc:InvoiceTypeCode/@name"),
		(drop("cbc:UUID"), "BR-KSA-03", "cbc:UUID"),
		(text("cbc:ProfileID", "x"), "BR-KSA-EN16931-01", "cbc:ProfileID"),
	],
)  # fmt: skip
def test_a_finding_says_where(edit: Edit, id: str, where: str) -> None:
	assert found(edit)[id].where == where


def test_a_finding_says_what_and_how_to_mend() -> None:
	finding = found(text("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", "380.01"))["BR-CO-15"]
	assert finding.severity == ERROR
	assert (
		finding.message_en.startswith("The total with VAT is 380.01; ")
		and "is 380.00. Correct it" in finding.message_en
	)
	assert finding.message_ar.startswith("إجمالي الفاتورة شامل الضريبة هو 380.01،")


def test_errors_come_before_warnings() -> None:
	severities = [
		finding.severity for finding in check(document(drop("cac:InvoiceLine"), drop("cac:TaxTotal")), NOW)
	]
	assert severities == sorted(severities) and {ERROR, WARNING} == set(severities)


def test_every_broken_line_is_named() -> None:
	findings = check(document(drop("cac:InvoiceLine/cbc:InvoicedQuantity")), NOW)
	assert [finding.where for finding in findings if finding.id == "BR-22"] == [
		f"cac:InvoiceLine[{number}]/cbc:InvoicedQuantity" for number in (1, 2, 3, 4)
	]


@pytest.mark.parametrize(
	("now", "issued", "future"),
	[
		(datetime(2026, 11, 21, 20, 59, tzinfo=timezone.utc), "2026-11-22", True),
		(datetime(2026, 11, 21, 21, 0, tzinfo=timezone.utc), "2026-11-22", False),
		(datetime(2026, 11, 21, 23, 59), "2026-11-22", True),
		(datetime(2026, 11, 22), "2026-11-22", False),
		(None, "2099-01-01", False),
	],
)
def test_days_are_saudi_days(now: datetime | None, issued: str, future: bool) -> None:
	assert ("BR-KSA-04" in found(text("cbc:IssueDate", issued), now=now)) is future


@pytest.mark.parametrize(
	("time", "late"), [("17:59:59", True), ("18:00:00", False), ("15:00:00Z", False), ("14:59:59Z", True)]
)
def test_simplified_invoices_are_late_after_a_day(time: str, late: bool) -> None:
	edits = (*SIMPLIFIED, text("cbc:IssueDate", "2026-11-20"), text("cbc:IssueTime", time))
	assert ("BR-KSA-98" in found(*edits)) is late
	assert "BR-KSA-98" not in found(*edits, now=None)


def test_other_documents_are_refused() -> None:
	with pytest.raises(UnreadableInvoice):
		check(b"<a/>")
	with pytest.raises(UnreadableInvoice):
		check(etree.fromstring("<Invoice/>"))


AWKWARD = st.one_of(
	st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40),
	st.sampled_from(
		["", " ", "-0", "1e9", "NaN", "INF", ".", "1" * 60, "0." + "0" * 60 + "1", "٣", "{value}", "9" * 38]
	),
)


@given(position=st.integers(min_value=0, max_value=400), value=AWKWARD)
def test_no_text_upsets_the_rules(position: int, value: str) -> None:
	root = document(*ADVANCE)
	leaves = [node for node in root.iter("*") if len(node) == 0]
	leaves[position % len(leaves)].text = value
	assert all(finding.severity in {ERROR, WARNING} for finding in check(root, NOW))


EXTREMES = st.sampled_from(["9" * 40, "-" + "9" * 39, "0." + "0" * 37 + "1", "0", "1"])


@given(numbers=st.lists(EXTREMES, min_size=3, max_size=9), at_every=st.sampled_from([3, 5, 7]))
@example(numbers=["9" * 40, "9" * 40, "0." + "0" * 37 + "1"], at_every=1)
def test_no_numbers_together_upset_the_rules(numbers: list[str], at_every: int) -> None:
	root = document(*ADVANCE, *EXCHANGE)
	written = [root.xpath(f"//cbc:{name}", namespaces=NS) for name in QUANTITY_PRICE_PER]
	amounts = [node for node in root.iter("*") if "Amount" in str(node.tag)][::at_every]
	for place, node in enumerate(amounts):
		node.text = numbers[place % len(numbers)]
	for nodes, value in zip(written, numbers, strict=False):
		for node in nodes:
			node.text = value
	assert all(finding.severity in {ERROR, WARNING} for finding in check(root, NOW))


@given(position=st.integers(min_value=1, max_value=500))
def test_no_gap_upsets_the_rules(position: int) -> None:
	root = document(*ADVANCE, *EXCHANGE)
	nodes = list(root.iter("*"))[1:]
	node = nodes[position % len(nodes)]
	parent = node.getparent()
	assert parent is not None
	parent.remove(node)
	assert all(finding.where for finding in check(root, NOW))


def test_an_empty_invoice_is_full_of_errors() -> None:
	root = document()
	for node in list(root):
		root.remove(node)
	errors = {finding.id for finding in check(root, NOW) if finding.severity == ERROR}
	assert {
		"BR-03",
		"BR-04",
		"BR-05",
		"BR-16",
		"BR-CO-18",
		"BR-KSA-03",
		"BR-KSA-33",
		"BR-KSA-39",
		"BR-KSA-68",
		"BR-KSA-70",
	} <= errors


def test_work_grows_with_the_size_of_a_hostile_document_and_no_faster() -> None:
	few, many = (calls_to_check(hostile_document(size)) for size in (200, 400))
	assert many < 2.2 * few


def hostile_document(size: int) -> etree._Element:
	root = document()
	for name in ("LegalMonetaryTotal", "InvoiceLine", "AdditionalDocumentReference"):
		root.extend([etree.SubElement(root, f"{{{NS['cac']}}}{name}") for _ in range(size)])
	return root


def calls_to_check(root: etree._Element) -> int:
	"""How many functions, Python's and C's, are called to check a document: its cost, whatever the machine is busy with."""
	calls = 0

	def count(_frame: object, event: str, _argument: object) -> None:
		nonlocal calls
		calls += event in ("call", "c_call")

	sys.setprofile(count)
	try:
		check(root, NOW)
	finally:
		sys.setprofile(None)
	return calls


def test_the_readme_counts_the_rules_of_every_module() -> None:
	text = (Path(rules.__file__).parent / "README.md").read_text("utf-8")
	rows = re.findall(r"^\| `(\w+)\.py` \| (\d+) \|", text, flags=re.MULTILINE)
	counted = {
		module.__name__.rpartition(".")[2]: len({r.id for r in module.RULES}) for module in rules.MODULES
	}
	assert {name: int(count) for name, count in rows} == counted
	assert f"{len(SEVERITY)} ids" in text
