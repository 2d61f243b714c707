"""Every rule says where it is mended: a record and a field, or why nobody but this app can break it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta, timezone

import pytest
from e_invoicing_rules_cases import CASES
from e_invoicing_rules_documents import document

from saudi_crm_billing.e_invoicing.engine.rules import RULES, check
from saudi_crm_billing.e_invoicing.engine.rules.mending import BY_RULE, PLACES, Mend, Record, line_of, mend

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=timezone(timedelta(hours=3)))

# What no user of this product can break: the app writes the part itself, whatever the masters say. The rules still
# judge it, in documents of others (the command `check`) and against a fault of our own.
COMPUTED = "computed once from the lines (engine/totals.py), in cents"
FIXED = "a constant of engine/ubl.py"
PLACE_IN_CHAIN = "given with the place in the chain (issue.py)"
STAMPED = "made by the signature (engine/signing.py)"
OF_THE_APP = {
	**dict.fromkeys(
		(
			"BR-13 BR-14 BR-15 BR-45 BR-46 BR-53 BR-CO-10 BR-CO-11 BR-CO-12 BR-CO-13 BR-CO-14 BR-CO-15 BR-CO-16 BR-CO-17"
			" BR-CO-18 BR-DEC-09 BR-DEC-10 BR-DEC-11 BR-DEC-12 BR-DEC-13 BR-DEC-14 BR-DEC-15 BR-DEC-17 BR-DEC-18 BR-DEC-19"
			" BR-DEC-20 BR-E-01 BR-O-01 BR-S-01 BR-Z-01 BR-KSA-51 BR-KSA-52 BR-KSA-53 BR-KSA-97"
			" BR-KSA-DEC-03 BR-KSA-DEC-04 BR-KSA-EN16931-08 BR-CL-03 BR-KSA-CL-02"
		).split(),
		COMPUTED,
	),
	**dict.fromkeys(
		(
			"BR-04 BR-CL-01 BR-CL-05 BR-KSA-05 BR-KSA-68 BR-KSA-EN16931-01 BR-KSA-EN16931-02 BR-KSA-EN16931-09 BR-52"
			" BR-21 BR-KSA-F-06-C17 BR-KSA-61 BR-KSA-CL-03"
		).split(),
		FIXED,
	),
	**dict.fromkeys("BR-KSA-03 BR-KSA-26 BR-KSA-33 BR-KSA-34".split(), PLACE_IN_CHAIN),
	**dict.fromkeys("BR-CL-KSA-14 BR-KSA-27 BR-KSA-28 BR-KSA-29 BR-KSA-30 BR-KSA-60".split(), STAMPED),
}


def mended() -> dict[str, set[Mend]]:
	"""Where each rule's broken document would be mended."""
	found: dict[str, set[Mend]] = defaultdict(set)
	for case in CASES:
		for finding in check(document(*case.start, *case.breaks), NOW):
			if finding.id == case.id:
				found[case.id].add(mend(finding.id, finding.where))
	return found


def test_every_rule_is_mended_somewhere_or_by_nobody_else() -> None:
	found = mended()
	assert set(found) == {rule.id for rule in RULES}
	of_the_app = {id for id, places in found.items() if places == {Mend(Record.APP)}}
	assert of_the_app == set(OF_THE_APP)


@pytest.mark.parametrize(
	("rule", "where", "expected"),
	[
		("BR-KSA-66", "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cbc:PostalZone", Mend(Record.SELLER_ADDRESS, "pincode")),
		("BR-KSA-63", "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress", Mend(Record.BUYER_ADDRESS)),
		("BR-CL-14", "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode", Mend(Record.BUYER_ADDRESS, "country")),
		("BR-KSA-14", "cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification/cbc:ID/@schemeID", Mend(Record.CUSTOMER, "scb_buyer_id_scheme")),
		("BR-KSA-F-C-01", "cac:InvoiceLine[3]/cac:Item/cbc:Name", Mend(Record.ROW, "item_name")),
		("BR-KSA-49", "cac:TaxTotal[2]/cac:TaxSubtotal/cac:TaxCategory/cbc:TaxExemptionReasonCode", Mend(Record.CUSTOMER, "scb_buyer_id")),
		("BR-KSA-EN16931-01", "cbc:ProfileID", Mend(Record.APP)),
		("X", "", Mend(Record.SOURCE)),
		("X", "cbc:Unheard", Mend(Record.SOURCE)),
	],
)  # fmt: skip
def test_the_longest_known_place_decides(rule: str, where: str, expected: Mend) -> None:
	assert mend(rule, where) == expected


def test_every_known_place_is_of_use() -> None:
	"""No entry says what its parent says already."""
	for path, entry in PLACES.items():
		parent = path.rpartition("/")[0]
		assert parent not in PLACES or PLACES[parent] != entry, path
	assert set(BY_RULE) <= {rule.id for rule in RULES} | {id for id in BY_RULE if id.startswith("SCB-")}


@pytest.mark.parametrize(
	("where", "line"), [("cac:InvoiceLine[12]/cbc:ID", 12), ("cac:InvoiceLine", None), ("cbc:ID", None)]
)
def test_the_line_of_a_place(where: str, line: int | None) -> None:
	assert line_of(where) == line
