"""An invoice as the rules see it: elements found once, text and numbers read without ever failing.

The rules ask thousands of small questions of a document. So it is read once from the parser's tree into plain
objects, which answer each with a look into a dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from functools import cache
from itertools import chain, count
from operator import attrgetter
from typing import TypeVar, cast

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.xml import NS, qname

Answer = TypeVar("Answer")

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

	__slots__ = ("below", "elements", "parent", "tag")

	def __init__(self, tag: str, parent: Place | None, index: dict[str, list[Place]]) -> None:
		"""An empty place, entered into `index` by its last name."""
		self.tag = tag
		self.parent = parent
		self.below: dict[str, Place] = {}
		self.elements: list[Element] = []
		index.setdefault(tag, []).append(self)

	def ends_with(self, tags: tuple[str, ...], anchored: bool) -> bool:
		"""Whether the chain ends with `tags`; `anchored`: it is these and no more below the invoice."""
		place: Place | None = self
		for tag in reversed(tags):
			if place is None or place.tag != tag:
				return False
			place = place.parent
		return not anchored or (place is not None and place.parent is None)


class Element:
	"""An element of the document: its name as lxml writes it, its parent, and its children by name, in order."""

	__slots__ = ("_number", "_text", "_vat", "children", "order", "parent", "source", "tag")

	def __init__(
		self,
		source: etree._Element,
		parent: Element | None,
		place: Place,
		index: dict[str, list[Place]],
		order: Iterator[int],
	) -> None:
		"""Read `source` with all below it, and enter each into its place, in document order."""
		self.source = source
		self.parent = parent
		self.tag = place.tag
		self.order = next(order)
		self._text: str | None = None
		self._number: Decimal | bool | None = False  # not read yet
		self._vat: bool | None = None
		place.elements.append(self)
		if not len(source):
			self.children: dict[str, list[Element]] = NO_CHILDREN
			return
		children = self.children = {}
		# Comments and processing instructions are left out.
		for child in source.iterchildren("*"):
			tag = child.tag
			below = place.below.get(tag)
			if below is None:
				below = place.below[tag] = Place(tag, place, index)
			element = Element(child, self, below, index, order)
			if tag in children:
				children[tag].append(element)
			else:
				children[tag] = [element]

	def get(self, name: str) -> str | None:
		"""An attribute, or None."""
		return self.source.get(name)

	@property
	def text(self) -> str:
		"""The string value: its own text and that of all below it."""
		if self._text is None:
			source = self.source
			self._text = (source.text or "") if len(source) == 0 else str(source.xpath("string()"))
		return self._text

	@property
	def number(self) -> Decimal | None:
		"""The text as `to_number` reads it."""
		if self._number is False:
			self._number = to_number(self.text)
		return cast("Decimal | None", self._number)

	@property
	def vat(self) -> bool:
		"""Whether a tax category belongs to the VAT scheme."""
		if self._vat is None:
			schemes = every(self, "cac:TaxScheme/cbc:ID")
			self._vat = any(scheme.text.strip().upper() == "VAT" for scheme in schemes)
		return self._vat


@cache
def clark(path: str) -> tuple[str, ...]:
	"""`cac:Party/cbc:ID` as the names that lxml gives these elements."""
	return tuple(qname(name) for name in path.split("/"))


def text_of(node: Element | None) -> str:
	"""The string value of a node; of none, the empty string."""
	return "" if node is None else node.text


def first(node: Element, path: str) -> Element | None:
	"""The first element at `path`, in document order."""
	for place, name in enumerate(steps := clark(path)):
		found = node.children.get(name)
		if found is None:
			return None
		if len(found) > 1 and place + 1 < len(steps):
			return next((below for child in found for below in _below(child, steps[place + 1 :])), None)
		node = found[0]
	return node


def every(node: Element, path: str) -> list[Element]:
	"""All elements at `path`, in document order."""
	for place, name in enumerate(steps := clark(path)):
		found = node.children.get(name)
		if found is None:
			return []
		if place + 1 == len(steps):
			return found
		if len(found) > 1:
			return [below for child in found for below in _below(child, steps[place + 1 :])]
		node = found[0]
	return []


def _below(node: Element, steps: tuple[str, ...]) -> Iterator[Element]:
	for child in node.children.get(steps[0], ()):
		if len(steps) == 1:
			yield child
		else:
			yield from _below(child, steps[1:])


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
	return value(node, "cbc:ID")


def is_vat(node: Element) -> bool:
	"""Whether a tax category belongs to the VAT scheme."""
	return node.vat


def is_charge(node: Element) -> bool:
	return value(node, "cbc:ChargeIndicator") in {"true", "1"}


def is_allowance(node: Element) -> bool:
	return value(node, "cbc:ChargeIndicator") in {"false", "0"}


class View:
	"""The invoice's nodes by path, the transaction's kind, and the moment of checking.

	A path is a chain of names that a node and its parents must end with; one that begins with `/` starts at
	the invoice itself, and `/` alone is the invoice.
	"""

	def __init__(self, source: etree._Element, now: datetime | None) -> None:
		self._places: dict[str, list[Place]] = {}
		top = Place(str(source.tag), None, self._places)
		self.root = Element(source, None, top, self._places, count())
		self.now = now
		self._found: dict[str, tuple[Element, ...]] = {"/": (self.root,)}
		self._positions: dict[tuple[Element, str], dict[Element, int]] = {}
		self._kept: dict[object, object] = {}
		self.transaction = self.first_attribute("cbc:InvoiceTypeCode", "name")
		self.type_code = text_of(self.first("/cbc:InvoiceTypeCode")).strip()
		self.currency = text_of(self.first("cbc:DocumentCurrencyCode")).strip()
		self.is_standard = re.search(r"01\d{5}", self.transaction) is not None
		self.is_simplified = re.search(r"02\d{5}", self.transaction) is not None
		self.is_simplified_summary = re.search(r"02\d{3}1\d", self.transaction) is not None
		self.is_note = self.type_code in {"381", "383"}

	def nodes(self, path: str) -> tuple[Element, ...]:
		"""Every node whose place in the document ends with `path`, in document order."""
		found = self._found.get(path)
		if found is None:
			tags = clark(path.lstrip("/"))
			anchored = path.startswith("/")
			places = [place for place in self._places.get(tags[-1], ()) if place.ends_with(tags, anchored)]
			nodes = chain.from_iterable(place.elements for place in places)
			found = tuple(sorted(nodes, key=attrgetter("order")) if len(places) > 1 else nodes)
			self._found[path] = found
		return found

	def first(self, path: str) -> Element | None:
		found = self.nodes(path)
		return found[0] if found else None

	def value(self, path: str) -> str:
		return text_of(self.first(path)).strip()

	def filled(self, path: str) -> bool:
		return any(text_of(node).strip() for node in self.nodes(path))

	def first_attribute(self, path: str, name: str) -> str:
		node = self.first(path)
		return "" if node is None else str(node.get(name) or "")

	def location(self, node: Element, below: str = "") -> str:
		"""Where a node (or what should stand at `below` under it) is, as an XPath from the invoice."""
		target = None if not below or below.startswith("@") else first(node, below)
		steps: list[str] = [] if target is not None or not below else [below]
		current: Element | None = node if target is None else target
		while current is not None and current is not self.root:
			steps.append(self._step(current))
			current = current.parent
		return "/".join(reversed(steps)) or "Invoice"

	def _step(self, node: Element) -> str:
		"""One step of a location: the prefixed name, numbered where it could be mistaken for a sibling."""
		name = etree.QName(node.tag)
		prefix = NAMES.get(name.namespace or "", "")
		label = f"{prefix}:{name.localname}" if prefix else name.localname
		parent = node.parent
		if parent is None:
			return label
		key = (parent, node.tag)
		if key not in self._positions:
			siblings = parent.children[node.tag]
			self._positions[key] = {sibling: place for place, sibling in enumerate(siblings, start=1)}
		places = self._positions[key]
		return label if len(places) == 1 and label != LINE else f"{label}[{places[node]}]"

	def once(self, key: object, reckon: Callable[[], Answer]) -> Answer:
		"""What several nodes ask for, reckoned for the first of them only: a rule's time must not grow with their square."""
		if key not in self._kept:
			self._kept[key] = reckon()
		return cast(Answer, self._kept[key])
