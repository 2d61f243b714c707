"""Rules as data: what a rule is, and the makers of those that come in families."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from saudi_crm_billing.e_invoicing.engine.rules.fields import named
from saudi_crm_billing.e_invoicing.engine.rules.finding import Severity
from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	Element,
	category,
	decimal_places,
	first,
	text_of,
	to_number,
	value,
)
from saudi_crm_billing.e_invoicing.engine.rules.view import View

# Falsy: the rule is kept. True or a mapping: it is broken; the mapping fills the messages' {braces}.
Outcome = bool | Mapping[str, object] | None
Test = Callable[[View, Element], Outcome]
Nodes = str | tuple[str, ...] | Callable[[View], Iterable[Element]]
When = Callable[[View], bool]


@dataclass(frozen=True, slots=True)
class Rule:
	"""`test` is asked for each of `nodes`, if `when` allows; a finding points at `at` below the node."""

	id: str
	severity: Severity
	nodes: Nodes
	test: Test
	en: str
	ar: str
	at: str = ""
	when: When | None = None

	def select(self, view: View) -> Iterable[Element]:
		if self.when is not None and not self.when(view):
			return ()
		if callable(self.nodes):
			return self.nodes(view)
		if isinstance(self.nodes, str):
			return view.nodes(self.nodes)
		return (node for path in self.nodes for node in view.nodes(path))


def rule(
	book: list[Rule],
	id: str,
	severity: Severity,
	nodes: Nodes,
	*,
	en: str,
	ar: str,
	at: str = "",
	when: When | None = None,
) -> Callable[[Test], Test]:
	"""Enter a function in a book of rules."""

	def enter(test: Test) -> Test:
		book.append(Rule(id, severity, nodes, test, en, ar, at, when))
		return test

	return enter


def standard(view: View) -> bool:
	return view.is_standard


def simplified(view: View) -> bool:
	return view.is_simplified


def simplified_summary(view: View) -> bool:
	return view.is_simplified_summary


def is_note(view: View) -> bool:
	return view.is_note


def required(
	id: str,
	severity: Severity,
	nodes: Nodes,
	path: str,
	field: str,
	*,
	blank: bool = False,
	when: When | None = None,
) -> Rule:
	"""The element at `path` must be there and, unless `blank`, say something."""

	def missing(view: View, node: Element) -> bool:
		return first(node, path) is None if blank else not value(node, path)

	en, ar = named(field)
	return Rule(
		id,
		severity,
		nodes,
		missing,
		f"{en} is missing. Add {path} with its value.",
		f"{ar} غير موجود أو فارغ. أضِف العنصر {path} بقيمته الصحيحة.",
		path,
		when,
	)


def length(
	id: str,
	severity: Severity,
	nodes: Nodes,
	path: str,
	field: str,
	high: int,
	low: int = 0,
	*,
	missing: bool = False,
	when: When | None = None,
) -> Rule:
	"""The text at `path` has `low` to `high` characters; `missing`: an absent element has none."""

	def outside(view: View, node: Element) -> Outcome:
		found = first(node, path) if path else node
		if found is None and not missing:
			return False
		count = len(text_of(found))
		return None if low <= count <= high else {"count": count}

	en, ar = named(field)
	span = (
		(f"{low} to {high}", f"من {low} إلى {high} حرفًا")
		if low
		else (f"at most {high}", f"{high} حرفًا كحد أقصى")
	)
	return Rule(
		id,
		severity,
		nodes,
		outside,
		f"{en} has {{count}} characters; {span[0]} are allowed. Correct its length.",
		f"عدد أحرف {ar} هو {{count}}، والمسموح {span[1]}. صحِّح طول القيمة.",
		path,
		when,
	)


def attribute_length(id: str, severity: Severity, nodes: Nodes, name: str, field: str, high: int) -> Rule:
	def too_long(view: View, node: Element) -> Outcome:
		count = len(node.get(name) or "")
		return {"count": count} if count > high else None

	en, ar = named(field)
	return Rule(
		id,
		severity,
		nodes,
		too_long,
		f"{en} has {{count}} characters; at most {high} are allowed. Shorten it.",
		f"عدد أحرف {ar} هو {{count}}، والحد الأقصى {high} حرفًا. اختصر القيمة.",
		f"@{name}",
	)


def two_decimals(id: str, severity: Severity, nodes: Nodes, path: str, field: str) -> Rule:
	"""The amount at `path` has at most two decimals."""

	def too_fine(view: View, node: Element) -> Outcome:
		text = value(node, path) if path else text_of(node)
		return {"value": text} if decimal_places(text) > 2 else None

	en, ar = named(field)
	return Rule(
		id,
		severity,
		nodes,
		too_fine,
		f"{en} is {{value}}: more than two decimals. Round it to two.",
		f"قيمة {ar} هي {{value}} وفيها أكثر من منزلتين عشريتين. قرِّبها إلى منزلتين.",
		path,
	)


def one_of(
	id: str,
	severity: Severity,
	nodes: Nodes,
	codes: frozenset[str],
	field: str,
	source: tuple[str, str],
	*,
	attribute: str = "",
	optional: bool = False,
	when: When | None = None,
) -> Rule:
	"""The code (an element's text, or its attribute) is one of a list; `optional`: an absent one passes."""

	def unlisted(view: View, node: Element) -> Outcome:
		code = node.get(attribute) or "" if attribute else node.text
		if code in codes:
			return None
		code = code.strip()
		return None if code in codes or (optional and not code) else {"value": code}

	en, ar = named(field)
	return Rule(
		id,
		severity,
		nodes,
		unlisted,
		f'{en} is "{{value}}", which is not in {source[0]}. Use one of its codes.',
		f"قيمة {ar} هي «{{value}}»، وهي ليست ضمن {source[1]}. استخدم أحد رموزها.",
		f"@{attribute}" if attribute else "",
		when,
	)


def rate_zero(
	id: str, severity: Severity, nodes: Nodes, code: str, field: str, *, absent: bool = False
) -> Rule:
	"""A tax category with `code` has the rate 0; `absent`: it may also have none."""

	def taxed(view: View, node: Element) -> Outcome:
		if category(node) != code:
			return False
		percent = value(node, "cbc:Percent")
		return None if to_number(percent) == 0 or (absent and not percent) else {"value": percent or "-"}

	en, ar = named(field)
	return Rule(
		id,
		severity,
		nodes,
		taxed,
		f"{en} is {{value}} with the VAT category {code}, which has the rate 0. Set 0, or correct the category.",
		f"قيمة {ar} هي {{value}} مع فئة الضريبة {code} التي نسبتها صفر. اجعل النسبة 0 أو صحِّح الفئة.",
		"cbc:Percent",
	)
