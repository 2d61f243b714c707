"""The rules against an independent validator, on documents that chance has damaged."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest
from e_invoicing_rules_case import (
	BUYER_ID,
	CHARGE,
	LINE,
	LINE_ALLOWANCE,
	REASON_CODE,
	SELLER_ID,
	SETTLED,
	Case,
	Edits,
	settled,
	sub,
)
from e_invoicing_rules_cases import CASES
from e_invoicing_rules_documents import (
	ADVANCE,
	EXCHANGE,
	FOREIGN,
	NOTE,
	SAMPLES,
	SIMPLIFIED,
	attribute,
	document,
	drop,
	text,
)
from lxml import etree

from saudi_crm_billing.e_invoicing.engine.rules import RULES, check
from saudi_crm_billing.e_invoicing.engine.rules.code_lists import CHARGE_REASONS
from saudi_crm_billing.e_invoicing.engine.xml import NS

fatoora = pytest.importorskip("fatoora", reason="fatoority is not installed")

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
SEVERITY = {rule.id: rule.severity for rule in RULES}
Found = set[tuple[str, str]]
Trait = Callable[[etree._Element], bool]
HALF = Decimal("0.5")
TAX_CATEGORY = "//cac:*[self::cac:TaxCategory or self::cac:ClassifiedTaxCategory]"


def has(path: str) -> Trait:
	"""A document in which something is at `path`."""
	return lambda root: bool(root.xpath(path, namespaces=NS))


def nothing_standard_rated(root: etree._Element) -> bool:
	"""No VAT category S, whose template the stylesheet looks at prepayments in (rules.tsv, context)."""
	return not has(f"{TAX_CATEGORY}[normalize-space(cbc:ID) = 'S']")(root)


def charged_for_part_of_a_code(root: etree._Element) -> bool:
	"""A reason of a charge that is not listed, but within one that is."""
	codes = {node.text or "" for node in root.iterfind(".//cbc:AllowanceChargeReasonCode", NS)}
	return any(code in listed for code in codes - CHARGE_REASONS for listed in CHARGE_REASONS)


def half_a_halala(root: etree._Element) -> bool:
	"""A breakdown of which taxable amount × rate ends in exactly half a halala."""
	for subtotal in root.iterfind("cac:TaxTotal/cac:TaxSubtotal", NS):
		try:
			taxable, rate = (
				Decimal(subtotal.findtext(path, "", NS))
				for path in ("cbc:TaxableAmount", "cac:TaxCategory/cbc:Percent")
			)
		except InvalidOperation:
			continue
		if taxable * rate % 1 == HALF:
			return True
	return False


LINE_ALLOWANCES = "cac:InvoiceLine/cac:AllowanceCharge"
SHADOWED = (
	"the stylesheet shadows its own rule on line allowances (an earlier template matches), so it never fires"
)
PART_OF_A_CODE = "the list is one text (SAR USD …) and the validator asks only whether it contains the code"
SEVERAL_SCHEMES = (
	"the list is one text, and the validator asks only whether the attribute and it share a word"
)
IN_S_ALONE = (
	"rules.tsv: the context of the rule is a VAT category S, so nothing is looked at where there is none"
)
HALF_TO_EVEN = (
	"the validator rounds half a halala to even, the standard (section 10) up: the tolerance begins elsewhere"
)

# Where the rules say more than the validator, on purpose: why, and only of documents like this.
STRICTER: dict[str, tuple[str, Trait]] = {
	"BR-41": (SHADOWED, has(f"{LINE_ALLOWANCES}[not(cbc:Amount)]")),
	"BR-DEC-24": (SHADOWED, has(f"{LINE_ALLOWANCES}[string-length(substring-after(cbc:Amount, '.')) > 2]")),
	"BR-DEC-25": (
		SHADOWED,
		has(f"{LINE_ALLOWANCES}[string-length(substring-after(cbc:BaseAmount, '.')) > 2]"),
	),
	"BR-KSA-CL-02": (PART_OF_A_CODE, has("//@currencyID[string-length() < 3]")),
	"BR-KSA-88": (PART_OF_A_CODE, has("//cbc:SourceCurrencyCode[string-length() < 3]")),
	"BR-KSA-89": (PART_OF_A_CODE, has("//cbc:TargetCurrencyCode[string-length() < 3]")),
	"BR-KSA-CL-06": (PART_OF_A_CODE, charged_for_part_of_a_code),
	"BR-KSA-14": (SEVERAL_SCHEMES, has(f"{BUYER_ID}[contains(normalize-space(@schemeID), ' ')]")),
	"BR-KSA-08": (SEVERAL_SCHEMES, has(f"{SELLER_ID}[contains(normalize-space(@schemeID), ' ')]")),
	"BR-KSA-93": (IN_S_ALONE, nothing_standard_rated),
	"BR-KSA-94": (IN_S_ALONE, nothing_standard_rated),
	"BR-KSA-95": (IN_S_ALONE, nothing_standard_rated),
	"BR-KSA-96": (IN_S_ALONE, nothing_standard_rated),
	"BR-KSA-CL-07": (IN_S_ALONE, nothing_standard_rated),
	"BR-KSA-F-06-C39": (IN_S_ALONE, nothing_standard_rated),
	"BR-CO-17": (HALF_TO_EVEN, half_a_halala),
	"BR-S-09": (HALF_TO_EVEN, half_a_halala),
}
KINDS: tuple[Edits, ...] = ((), SIMPLIFIED, NOTE, ADVANCE, EXCHANGE, FOREIGN)
# Documents that are no longer valid UBL: the validator stops at the schema, the rules go on.
NOT_UBL = {"BR-03", "BR-15", "BR-16", "BR-24", "BR-26", "BR-31", "BR-36", "BR-41", "BR-43", "BR-46", "BR-49"} | {
	"BR-CL-KSA-14", "BR-CO-12", "BR-CO-13", "BR-KSA-52", "BR-KSA-F-02", "BR-KSA-F-05"
}  # fmt: skip

# Enough that 1,000 of them are answered by both.
MUTANTS = 1900

WORDS = """S Z E O AE 388 381 383 386 380 SAR USD XXX SA US QQ 0100000 0200000 0211010 0100101 0101101 0200001 010000001
10 69 99 VATEX-SA-32 VATEX-SA-EDU VATEX-SA-29 VATEX-SA-OOS VAT GST NAT CRN TIN 700 IQA BAD text/plain text/html QR PIH
ICV reporting:1.0 true false 2022-02-30 2099-01-01 1999-12-31 12:00:00Z 25:00:00 +96650000 12345678 abc""".split()
WORDS += ["", "x" * 128, "x" * 1001, " CRN "]
NUMBERS = "0 0.00 1 5 5.00 15 15.00 15.5 16 100 100.001 -1 -0.01 1000.00 0.005 99999999.99 12.345".split()


def validated(root: etree._Element) -> Found | None:
	"""What the validator finds in its stages EN 16931 and KSA; None where it gives no answer."""
	text = etree.tostring(root, encoding="unicode")
	try:
		report: dict[str, Any] = fatoora.validate_zatca_invoice_from_str(
			fatoora.Config(), text, evaluated_at=NOW.isoformat()
		)
	except fatoora.FatooraError:
		return None
	stages = [stage for stage in report["stages"] if stage["stage"] in {"cen", "ksa"}]
	if any(stage["status"] != "completed" for stage in stages):
		return None
	return {(found["code"], found["severity"]) for stage in stages for found in stage["findings"]}


def ours(root: etree._Element) -> Found:
	return {(finding.id, finding.severity) for finding in check(etree.tostring(root), NOW)}


def differences(root: etree._Element) -> Found | None:
	"""What only one of the two finds, without what is explained above."""
	theirs = validated(root)
	if theirs is None:
		return None
	own = ours(root)
	return (theirs - own) | {found for found in own - theirs if not is_explained(found[0], root)}


def is_explained(id: str, root: etree._Element) -> bool:
	return id in STRICTER and STRICTER[id][1](root)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_validator_agrees_on_each_case(case: Case) -> None:
	for edits, broken in ((case.keeps, False), (case.breaks, True)):
		root = document(*case.start, *edits)
		theirs = validated(root)
		if theirs is None:
			assert broken and case.id in NOT_UBL
			continue
		assert differences(root) == set()
		if case.id not in STRICTER:
			assert ((case.id, SEVERITY[case.id]) in theirs) is broken


def _leaf(root: etree._Element, chance: random.Random) -> None:
	node = chance.choice([node for node in _own(root) if len(node) == 0])
	number = (node.text or "").replace(".", "", 1).isdecimal()
	near = [f"{node.text}0", f"{node.text}1"]
	node.text = chance.choice(NUMBERS + near) if number and chance.random() < 0.75 else chance.choice(WORDS)


def _drop(root: etree._Element, chance: random.Random) -> None:
	node = chance.choice(_own(root))
	parent = node.getparent()
	assert parent is not None
	parent.remove(node)


def _double(root: etree._Element, chance: random.Random) -> None:
	node = chance.choice([node for node in _own(root) if len(node)])
	node.addnext(copy.deepcopy(node))


def _attribute(root: etree._Element, chance: random.Random) -> None:
	node = chance.choice([node for node in _own(root) if node.attrib])
	name = chance.choice(sorted(map(str, node.attrib)))
	if chance.random() < 0.3:
		del node.attrib[name]
	else:
		node.set(name, chance.choice(WORDS))


def _own(root: etree._Element) -> list[etree._Element]:
	"""Every element but the root and the signature's."""
	return [node for child in root if "UBLExtensions" not in str(child.tag) for node in child.iter("*")]


DAMAGES = (_leaf, _leaf, _leaf, _drop, _drop, _double, _attribute)


def damaged(originals: list[etree._Element], chance: random.Random) -> etree._Element:
	root = copy.deepcopy(chance.choice(originals))
	for _ in range(chance.choice((1, 1, 2, 3))):
		chance.choice(DAMAGES)(root, chance)
	return root


def compare(originals: list[etree._Element], count: int, seed: int) -> Counter[str]:
	chance, outcomes = random.Random(seed), Counter[str]()
	for _ in range(count):
		root = damaged(originals, chance)
		difference = differences(root)
		outcomes["unanswered" if difference is None else "compared"] += 1
		assert not difference, f"{sorted(difference)}\n{etree.tostring(root, encoding='unicode')}"
	return outcomes


def built() -> list[etree._Element]:
	return [document(*edits) for edits in (*KINDS, (*ADVANCE, settled("Z"), *WITHOUT_S))]


def samples() -> list[etree._Element]:
	found = sorted(SAMPLES.glob("*.xml"))
	if not found:
		pytest.skip(f"official samples not found at {SAMPLES}")
	return [etree.parse(path).getroot() for path in found]


def test_samples_are_right_to_both() -> None:
	late = {("BR-KSA-98", "warning")}
	assert all((validated(root), ours(root) - late) == (ours(root), set()) for root in samples())


def test_damaged_documents_are_judged_alike() -> None:
	assert compare(built(), MUTANTS, seed=1)["compared"] >= 1000


def test_damaged_samples_are_judged_alike() -> None:
	assert compare(samples(), MUTANTS, seed=2)["compared"] >= 1000


REASON_TEXT = f"{SETTLED}/cac:TaxCategory/cbc:TaxExemptionReason"
# All that was standard rated is outside the scope of VAT.
WITHOUT_S: Edits = (text(f"{TAX_CATEGORY}[cbc:ID = 'S']/cbc:ID", "O"),)
# 15 % of 0.30 is 0.045: 0.05 upwards, 0.04 to even; four lines make it four halala of tolerance.
HALF_OFF: Edits = (
	text(f"{sub('S')}/cbc:TaxableAmount", "0.30"),
	text(f"{sub('S')}/cbc:TaxAmount", "0.00"),
)
# One document for each difference: ours finds the rule broken in it, the validator does not.
ONLY_OURS: dict[str, Edits] = {
	"BR-41": (drop(f"{LINE_ALLOWANCE}/cbc:Amount"),),
	"BR-DEC-24": (text(f"{LINE_ALLOWANCE}/cbc:Amount", "1.001"),),
	"BR-DEC-25": (text(f"{LINE_ALLOWANCE}/cbc:BaseAmount", "1.001"),),
	"BR-KSA-CL-02": (attribute(f"{LINE}/cbc:LineExtensionAmount", "currencyID", "SA"),),
	"BR-KSA-88": (*EXCHANGE, text("cac:TaxExchangeRate/cbc:SourceCurrencyCode", "SA")),
	"BR-KSA-89": (*EXCHANGE, text("cac:TaxExchangeRate/cbc:TargetCurrencyCode", "SA")),
	"BR-KSA-CL-06": (text(f"{CHARGE}/{REASON_CODE}", "A"),),
	"BR-KSA-14": (attribute(BUYER_ID, "schemeID", "TIN NAT"),),
	"BR-KSA-08": (attribute(SELLER_ID, "schemeID", "CRN MOM"),),
	"BR-KSA-93": (*ADVANCE, settled("Z"), *WITHOUT_S),
	"BR-KSA-94": (*ADVANCE, settled("E"), *WITHOUT_S),
	"BR-KSA-95": (*ADVANCE, settled("O"), *WITHOUT_S),
	"BR-KSA-96": (*ADVANCE, settled("Z", "VATEX-SA-32"), drop(REASON_TEXT), *WITHOUT_S),
	"BR-KSA-CL-07": (*ADVANCE, settled("Z", "VATEX-SA-30"), *WITHOUT_S),
	"BR-KSA-F-06-C39": (*ADVANCE, settled("Z", "VATEX-SA-32"), text(REASON_TEXT, "x" * 1001), *WITHOUT_S),
	"BR-CO-17": HALF_OFF,
	"BR-S-09": HALF_OFF,
}


def test_each_excuse_has_its_document() -> None:
	assert set(ONLY_OURS) == set(STRICTER)
	assert not any(is_explained(id, document(*edits)) for id in STRICTER for edits in KINDS)


@pytest.mark.parametrize("id", sorted(STRICTER))
def test_each_difference_is_one(id: str) -> None:
	"""An entry of STRICTER that is none any more, or whose reason is another, would hide a mistake of ours."""
	root = document(*ONLY_OURS[id])
	theirs = validated(root)
	assert theirs is None or id not in {found for found, _severity in theirs}
	assert id in {found for found, _severity in ours(root)}
	assert is_explained(id, root)


@pytest.mark.parametrize("id", [id for id, (why, _trait) in STRICTER.items() if why == IN_S_ALONE])
def test_the_validator_looks_at_prepayments_where_something_is_standard_rated(id: str) -> None:
	"""The reason of these differences: the same document with its S is judged alike."""
	edits = tuple(edit for edit in ONLY_OURS[id] if edit not in WITHOUT_S)
	assert (id, "warning") in (validated(document(*edits)) or set())


@pytest.mark.parametrize("tax", ["0.00", "0.01", "0.08", "0.09", "0.10"])
def test_around_half_a_halala_the_rules_find_what_the_validator_finds(tax: str) -> None:
	assert differences(document(HALF_OFF[0], text(f"{sub('S')}/cbc:TaxAmount", tax))) == set()


@pytest.mark.full
def test_thousands_of_damaged_documents_are_judged_alike() -> None:
	assert compare(built(), 5000, seed=3)["compared"] > 2500
	assert compare(samples(), 5000, seed=4)["compared"] > 2500
