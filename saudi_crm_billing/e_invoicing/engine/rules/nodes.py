"""The elements of an invoice, and the small questions that the rules ask of one: answered without ever failing.

The rules ask thousands of them of a document. So it is read once from the parser's tree into plain objects, which
answer each with a look into a dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from functools import cache

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.xml import NS

NAMES = {uri: prefix for prefix, uri in NS.items()}
LINE = "cac:InvoiceLine"
HALALA = Decimal("0.01")

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# No amount of this world is longer; PRECISION leaves room for the product of two over the smallest third.
MAX_DIGITS = 40
PRECISION = 140
# One for all leaves: most elements are leaves.
NO_CHILDREN: dict[str, list[Element]] = {}


class Place:
	"""A chain of names below the invoice, and all elements of the document that stand there, in order."""

	__slots__ = ("below", "elements", "name", "parent")

	def __init__(self, name: str, parent: Place | None, index: dict[str, list[Place]]) -> None:
		"""An empty place, entered into `index` by its last name; `below` has lxml's names."""
		self.name = name
		self.parent = parent
		self.below: dict[str, Place] = {}
		self.elements: list[Element] = []
		index.setdefault(name, []).append(self)

	def ends_with(self, names: tuple[str, ...], anchored: bool) -> bool:
		"""Whether the chain ends with `names`; `anchored`: it is these and no more below the invoice."""
		place: Place | None = self
		for name in reversed(names):
			if place is None or place.name != name:
				return False
			place = place.parent
		return not anchored or (place is not None and place.parent is None)


class Element:
	"""An element of the document: its place, its parent, and its children by name, in order.

	What few elements are asked for is reckoned when it is first asked: see `RECKONED`.
	"""

	__slots__ = (
		"category",
		"children",
		"currency",
		"number",
		"order",
		"parent",
		"place",
		"source",
		"text",
		"vat",
	)

	category: str
	currency: str
	number: Decimal | None
	text: str
	vat: bool

	children: dict[str, list[Element]]
	order: int
	parent: Element | None
	place: Place
	source: etree._Element

	def __getattr__(self, name: str) -> object:
		"""Called for a slot that is still empty."""
		if name not in RECKONED:
			raise AttributeError(name)
		answer = RECKONED[name](self)
		setattr(self, name, answer)
		return answer

	def get(self, name: str) -> str | None:
		"""An attribute, or None."""
		return self.source.get(name)


class Reader:
	"""Makes the elements of a document."""

	def __init__(self) -> None:
		self.places: dict[str, list[Place]] = {}
		self.read_so_far = 0

	def read(self, source: etree._Element, parent: Element | None, place: Place) -> Element:
		"""`source` with all below it, each entered into its place, in document order."""
		element = Element()
		element.source, element.parent, element.place = source, parent, place
		element.order = self.read_so_far = self.read_so_far + 1
		place.elements.append(element)
		if not len(source):
			element.text = source.text or ""
			element.children = NO_CHILDREN
			return element
		children = element.children = {}
		for child in source:
			tag = child.tag
			below = place.below.get(tag)
			if below is None:
				if not isinstance(tag, str):
					continue  # a comment or a processing instruction
				below = place.below[tag] = Place(prefixed(tag), place, self.places)
			if below.name in children:
				children[below.name].append(self.read(child, element, below))
			else:
				children[below.name] = [self.read(child, element, below)]
		return element


def _has_vat_scheme(node: Element) -> bool:
	return any(scheme.text.strip().upper() == "VAT" for scheme in every(node, "cac:TaxScheme/cbc:ID"))


# `text`: the string value, its own text and that of all below it; `number`: the text as `to_number` reads it;
# `category` and `vat`: of a tax category its code, and whether it belongs to the VAT scheme; `currency`: of an amount.
RECKONED: dict[str, Callable[[Element], object]] = {
	"text": lambda node: str(node.source.xpath("string()")),
	"number": lambda node: to_number(node.text),
	"category": lambda node: value(node, "cbc:ID"),
	"vat": _has_vat_scheme,
	"currency": lambda node: node.source.get("currencyID") or "",
}


@cache
def split(path: str) -> tuple[str, str]:
	"""`cac:Party/cbc:ID` as its first name and the path below it; that is empty for a name alone."""
	head, _, rest = path.partition("/")
	return head, rest


def prefixed(tag: str) -> str:
	"""A name of lxml's as the rules write it: `{urn:…}ID` → `cbc:ID`; one of another namespace stays as it is."""
	namespace, _, local = tag.removeprefix("{").rpartition("}")
	return f"{NAMES[namespace]}:{local}" if namespace in NAMES else tag


def text_of(node: Element | None) -> str:
	"""The string value of a node; of none, the empty string."""
	return "" if node is None else node.text


def first(node: Element, path: str) -> Element | None:
	"""The first element at `path`, in document order."""
	found = node.children.get(path)
	if found is not None:
		return found[0]
	head, rest = split(path)
	found = node.children.get(head)
	if found is None:
		return None
	if len(found) == 1:
		return first(found[0], rest)
	return next((below for child in found if (below := first(child, rest)) is not None), None)


def every(node: Element, path: str) -> list[Element]:
	"""All elements at `path`, in document order."""
	found = node.children.get(path)
	if found is not None:
		return found
	head, rest = split(path)
	found = node.children.get(head)
	if found is None:
		return []
	if len(found) == 1:
		return every(found[0], rest)
	return [below for child in found for below in every(child, rest)]


def value(node: Element, path: str) -> str:
	"""The trimmed text of the first element at `path`; empty when it is absent."""
	found = first(node, path)
	return "" if found is None else found.text.strip()


def filled(node: Element, path: str) -> bool:
	"""Whether any element at `path` says something."""
	return any(text_of(found).strip() for found in every(node, path))


def to_number(text: str) -> Decimal | None:
	"""A decimal as XML Schema writes it; None for anything else, or for more digits than an amount can have."""
	text = text.strip()
	return Decimal(text) if len(text) <= MAX_DIGITS and _NUMBER.fullmatch(text) else None


def to_date(text: str) -> date | None:
	"""A day as YYYY-MM-DD; None for anything else."""
	try:
		return date.fromisoformat(text) if _DATE.fullmatch(text) else None
	except ValueError:
		return None


def number(node: Element, path: str) -> Decimal | None:
	found = first(node, path)
	return None if found is None else found.number


def total(nodes: Iterable[Element], path: str) -> Decimal:
	"""The sum of one amount of each node; what is absent or unreadable counts as nothing."""
	return sum((number(node, path) or Decimal(0) for node in nodes), Decimal(0))


def to_cents(amount: Decimal) -> Decimal:
	"""Two decimals as the validator rounds: a half goes up, also below zero."""
	# Adding nothing takes the sign from a zero.
	return amount.quantize(HALALA, ROUND_HALF_UP if amount > 0 else ROUND_HALF_DOWN) + 0


def decimal_places(text: str) -> int:
	return len(text.strip().partition(".")[2])


def category(node: Element) -> str:
	"""The VAT category code of a cac:TaxCategory or cac:ClassifiedTaxCategory."""
	return node.category


def is_vat(node: Element) -> bool:
	"""Whether a tax category belongs to the VAT scheme."""
	return node.vat


def is_charge(node: Element) -> bool:
	return value(node, "cbc:ChargeIndicator") in {"true", "1"}


def is_allowance(node: Element) -> bool:
	return value(node, "cbc:ChargeIndicator") in {"false", "0"}
