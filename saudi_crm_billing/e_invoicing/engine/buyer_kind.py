"""Whether a buyer gets a standard or a simplified invoice, why, and what a person may choose instead.

The rule (VAT Implementing Regulations, article 53; XML Implementation Standard, BR-KSA-49): a buyer that is registered
for VAT, a legal person and a buyer abroad get a tax invoice; a citizen whose health care or schooling the state bears
(VATEX-SA-HEA, -EDU) gets a simplified one with his national ID; so does any other person, whatever ID he shows. A note
is of the kind of the invoices that it corrects.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from saudi_crm_billing.e_invoicing.engine.model import Subtype

CITIZENS = frozenset({"VATEX-SA-HEA", "VATEX-SA-EDU"})
EXPORTS = frozenset({"VATEX-SA-32", "VATEX-SA-33"})
# Below this value a simplified invoice may go to any buyer (article 53); in riyals, taken with VAT to be on the safe side.
SMALL = Decimal(1000)


class Choice(Enum):
	"""What a person says of one invoice."""

	BY_RULE = "By Rule"
	STANDARD = "Standard"
	SIMPLIFIED = "Simplified"


class Why(Enum):
	"""What decided."""

	FOLLOWS = "follows"
	EXPORT = "export"
	CITIZEN = "citizen"
	REGISTERED = "registered"
	LEGAL_PERSON = "legal person"
	PERSON = "person"
	CHOSEN = "chosen"


class Objection(Enum):
	"""What stands against a choice, or against what a note corrects."""

	MIXED = "mixed"
	FOLLOWS = "follows"
	EXPORT = "export"
	BUSINESS = "business"


@dataclass(frozen=True)
class BuyerFacts:
	"""What decides: `followed` are the kinds of the invoices that a note corrects, as far as they are known.

	`total` is the document's in riyals, with VAT.
	"""

	is_registered: bool = False
	is_legal_person: bool = False
	has_national_id: bool = False
	exemptions: frozenset[str] = frozenset()
	followed: frozenset[Subtype] = frozenset()
	total: Decimal = Decimal(0)


@dataclass(frozen=True)
class BuyerKind:
	subtype: Subtype
	why: Why
	objection: Objection | None = None


def decide(facts: BuyerFacts, choice: Choice = Choice.BY_RULE) -> BuyerKind:
	"""The kind by rule, or as chosen where nothing stands against it; else by rule, with the objection."""
	kind = by_rule(facts)
	if len(facts.followed) > 1:
		return BuyerKind(kind.subtype, kind.why, Objection.MIXED)
	if choice is Choice.BY_RULE:
		return kind
	chosen = Subtype.STANDARD if choice is Choice.STANDARD else Subtype.SIMPLIFIED
	if chosen is kind.subtype:
		return kind
	if objection := _against(kind, chosen, facts):
		return BuyerKind(kind.subtype, kind.why, objection)
	return BuyerKind(chosen, Why.CHOSEN)


def by_rule(facts: BuyerFacts) -> BuyerKind:
	if facts.followed:
		return BuyerKind(min(facts.followed, key=lambda kind: kind.value), Why.FOLLOWS)
	if facts.exemptions & EXPORTS:
		return BuyerKind(Subtype.STANDARD, Why.EXPORT)
	if facts.exemptions & CITIZENS and facts.has_national_id:
		return BuyerKind(Subtype.SIMPLIFIED, Why.CITIZEN)
	if facts.is_registered:
		return BuyerKind(Subtype.STANDARD, Why.REGISTERED)
	if facts.is_legal_person:
		return BuyerKind(Subtype.STANDARD, Why.LEGAL_PERSON)
	return BuyerKind(Subtype.SIMPLIFIED, Why.PERSON)


def _against(kind: BuyerKind, chosen: Subtype, facts: BuyerFacts) -> Objection | None:
	"""What forbids `chosen` where the rule says otherwise. A tax invoice may go to any buyer."""
	if kind.why is Why.FOLLOWS:
		return Objection.FOLLOWS
	if chosen is Subtype.STANDARD:
		return None
	if kind.why is Why.EXPORT:
		return Objection.EXPORT
	return Objection.BUSINESS if facts.total >= SMALL else None
