"""The sentences that tell a person why a document is taxed as it is, in any language.

What is stored on a document is `Explanation.to_json()`: codes, no language. Its sentences are made when somebody
reads it, by a `translate` function from English templates.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from saudi_crm_billing.customer_tax.engine.decision import Decision, SetAside, Why
from saudi_crm_billing.customer_tax.engine.tax_class import Translate, Validity, percent
from saudi_crm_billing.customer_tax.engine.vatex import Category

CATEGORY_LABELS = {
	Category.STANDARD: "Taxable at {rate}%",
	Category.ZERO_RATED: "Zero-rated",
	Category.EXEMPT: "Exempt",
	Category.OUT_OF_SCOPE: "Out of scope",
}
WHY_SENTENCES = {
	Why.CUSTOMER: "because the customer's tax class is {tax_class}",
	Why.ITEM: "because the item's tax class is {tax_class}",
	Why.DEFAULT: "because {tax_class} is the company's default tax class",
	Why.ORIGINAL: "because the invoice that this one corrects was taxed as {tax_class}",
	Why.NOTHING: "because neither the customer nor the item has a valid tax class and the company has no valid default",
	Why.UNCLASSIFIED_TEMPLATE: "because its Item Tax Template sets a VAT rate of its own but names no tax class",
}
WHOSE_CLASS = {
	Why.CUSTOMER: "the customer's class {tax_class}",
	Why.ITEM: "the item's class {tax_class}",
	Why.DEFAULT: "the company's default class {tax_class}",
}
NOT_VALID = {
	Validity.EXPIRED: "expired on {limit}",
	Validity.NOT_YET: "is valid from {limit} only",
	Validity.DISABLED: "is disabled",
}


class NoteKind(Enum):
	"""What else was done; the value is the English template."""

	CORRECTS = "This document corrects {invoice} and keeps its tax classes."
	TEMPLATE_ROW_REPLACED = "The tax class replaced the VAT row ({rate}%) of the tax template {template}."
	ITEM_TEMPLATE_REPLACED = (
		"Line {line}: the tax class replaced the VAT rate of Item Tax Template {template}."
	)
	SECOND_VAT = (
		"{account} also charges {rate}% on the net total: make sure that it is not VAT a second time."
	)
	NATIONAL_ID = "{vatex} needs the buyer's national ID on the invoice (BR-KSA-49)."


@dataclass(frozen=True)
class Note:
	kind: NoteKind
	values: tuple[tuple[str, str], ...] = ()

	def sentence(self, translate: Translate) -> str:
		return translate(self.kind.value).format(**dict(self.values))


@dataclass(frozen=True)
class Explanation:
	"""Lines (numbers from 1) grouped by equal decision, and notes."""

	groups: tuple[tuple[tuple[int, ...], Decision], ...]
	notes: tuple[Note, ...] = ()

	def sentences(self, translate: Translate = str, arabic: bool = False) -> list[str]:
		"""One sentence a group of lines, then the notes; names of classes are translated as well."""
		if len(self.groups) == 1:
			decided = [_sentence(self.groups[0][1], translate, arabic)]
		else:
			decided = [_lines_sentence(lines, each, translate, arabic) for lines, each in self.groups]
		return decided + [note.sentence(translate) for note in self.notes]

	def to_json(self) -> str:
		groups = [{"lines": lines, "decision": _decision_to_dict(each)} for lines, each in self.groups]
		notes = [[note.kind.name, dict(note.values)] for note in self.notes]
		return json.dumps({"groups": groups, "notes": notes}, ensure_ascii=False)

	@classmethod
	def from_json(cls, text: str) -> Explanation:
		"""The inverse of `to_json`. Raises ValueError, KeyError or TypeError for anything else."""
		data = json.loads(text)
		return cls(
			tuple(
				(tuple(group["lines"]), _decision_from_dict(group["decision"])) for group in data["groups"]
			),
			tuple(Note(NoteKind[kind], tuple(values.items())) for kind, values in data["notes"]),
		)


def group_lines(decisions: list[Decision]) -> tuple[tuple[tuple[int, ...], Decision], ...]:
	"""Line numbers (from 1) under each distinct decision, in the order of the first line."""
	grouped: dict[Decision, list[int]] = {}
	for number, decision in enumerate(decisions, start=1):
		grouped.setdefault(decision, []).append(number)
	return tuple((tuple(lines), decision) for decision, lines in grouped.items())


def treatment(decision: Decision, translate: Translate = str, arabic: bool = False) -> str:
	"""Category, reason and code: "Zero-rated – Export of goods (VATEX-SA-32)"."""
	if decision.category is None:
		return translate("Not classified")
	label = translate(CATEGORY_LABELS[decision.category]).format(rate=percent(decision.rate))
	reason = decision.reason_ar if arabic else decision.reason_en
	return f"{label} – {reason} ({decision.vatex_code})" if decision.vatex_code else label


def _lines_sentence(lines: tuple[int, ...], decision: Decision, translate: Translate, arabic: bool) -> str:
	numbers = ("، " if arabic else ", ").join(map(str, lines))
	template = "Line {lines} – {sentence}" if len(lines) == 1 else "Lines {lines} – {sentence}"
	return translate(template).format(lines=numbers, sentence=_sentence(decision, translate, arabic))


def _sentence(decision: Decision, translate: Translate, arabic: bool) -> str:
	why = translate(WHY_SENTENCES[decision.why]).format(tax_class=translate(decision.class_name))
	missed = [_set_aside_phrase(each, translate) for each in decision.set_aside]
	if missed:
		why += f" ({('؛ ' if arabic else '; ').join(missed)})"
	return translate("VAT: {treatment}, {why}.").format(
		treatment=treatment(decision, translate, arabic), why=why
	)


def _set_aside_phrase(each: SetAside, translate: Translate) -> str:
	whose = translate(WHOSE_CLASS[each.whose]).format(tax_class=translate(each.class_name))
	return f"{whose} {translate(NOT_VALID[each.validity]).format(limit=each.limit)}"


def _decision_to_dict(decision: Decision) -> dict[str, Any]:
	return {
		"why": decision.why.value,
		"category": decision.category.value if decision.category else None,
		"rate": percent(decision.rate),
		"vatex_code": decision.vatex_code,
		"reason_en": decision.reason_en,
		"reason_ar": decision.reason_ar,
		"class_name": decision.class_name,
		"set_aside": [
			[each.whose.value, each.class_name, each.validity.value, each.limit and each.limit.isoformat()]
			for each in decision.set_aside
		],
	}


def _decision_from_dict(data: dict[str, Any]) -> Decision:
	return Decision(
		why=Why(data["why"]),
		category=Category(data["category"]) if data["category"] else None,
		rate=Decimal(data["rate"]),
		vatex_code=data["vatex_code"],
		reason_en=data["reason_en"],
		reason_ar=data["reason_ar"],
		class_name=data["class_name"],
		set_aside=tuple(
			SetAside(Why(whose), name, Validity(validity), date.fromisoformat(limit) if limit else None)
			for whose, name, validity, limit in data["set_aside"]
		),
	)
