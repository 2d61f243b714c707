"""An invoice as the rules see it: its nodes, each place found once, and where in the XML they stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import TypeVar, cast

from lxml import etree

from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	LINE,
	Element,
	Place,
	Reader,
	first,
	prefixed,
	text_of,
)

Answer = TypeVar("Answer")


class View:
	"""The invoice's nodes by path, the transaction's kind, and the moment of checking.

	A path is a chain of names that a node and its parents must end with; one that begins with `/` starts at
	the invoice itself, and `/` alone is the invoice.
	"""

	def __init__(self, source: etree._Element, now: datetime | None) -> None:
		reader = Reader()
		self._places = reader.places
		self.root = reader.read(source, None, Place(prefixed(str(source.tag)), None, reader.places))
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
			names = tuple(path.lstrip("/").split("/"))
			anchored = path.startswith("/")
			places = [place for place in self._places.get(names[-1], ()) if place.ends_with(names, anchored)]
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
		name = node.place.name
		label = name.rpartition("}")[2]
		parent = node.parent
		if parent is None:
			return label
		key = (parent, name)
		if key not in self._positions:
			siblings = parent.children[name]
			self._positions[key] = {sibling: place for place, sibling in enumerate(siblings, start=1)}
		places = self._positions[key]
		return label if len(places) == 1 and label != LINE else f"{label}[{places[node]}]"

	def once(self, key: object, reckon: Callable[[], Answer]) -> Answer:
		"""What several nodes ask for, reckoned for the first of them only: a rule's time must not grow with their square."""
		if key not in self._kept:
			self._kept[key] = reckon()
		return cast(Answer, self._kept[key])
