"""An invoice held against the order that it bills, field by field: what was typed differently (R26)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

HALALA = Decimal("0.01")


@dataclass(frozen=True)
class SoldLine:
	"""One line as ordered or invoiced. `ordered_as` is the key of the order's line; None: not from an order."""

	number: int
	ordered_as: str | None
	item: str
	unit: str
	quantity: Decimal
	rate: Decimal


@dataclass(frozen=True)
class Difference:
	"""`line` is the number on the invoice, 0 for its head; `field` is a stable name, the rest as text."""

	line: int
	field: str
	ordered: str
	invoiced: str


def compare(
	ordered_head: Mapping[str, str],
	invoiced_head: Mapping[str, str],
	ordered: Mapping[str, SoldLine],
	invoiced: Sequence[SoldLine],
) -> tuple[Difference, ...]:
	"""All differences, the head first. Less than ordered is no difference: an order may be billed in parts."""
	found = [
		Difference(0, name, value, invoiced_head.get(name, ""))
		for name, value in ordered_head.items()
		if value != invoiced_head.get(name, "")
	]
	for line in invoiced:
		found += _line_differences(ordered.get(line.ordered_as or ""), line)
	return tuple(found)


def _line_differences(source: SoldLine | None, line: SoldLine) -> list[Difference]:
	if source is None:
		return [Difference(line.number, "line", "", line.item)]
	found = [
		Difference(line.number, name, before, after)
		for name, before, after in (("item", source.item, line.item), ("unit", source.unit, line.unit))
		if before != after
	]
	if line.quantity > source.quantity:
		found.append(Difference(line.number, "quantity", _plain(source.quantity), _plain(line.quantity)))
	if abs(line.rate - source.rate) >= HALALA:
		found.append(Difference(line.number, "rate", _plain(source.rate), _plain(line.rate)))
	return found


def _plain(value: Decimal) -> str:
	"""No zeros at the end and no exponent: 1000, 450.5."""
	return f"{value.normalize():f}"
