"""Which billing rule a sale meets. Conditions are data (field, operator, value); nothing is ever evaluated as code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import Enum

KEY_LENGTH = 140


class Trigger(Enum):
	"""The moment in a sale to which a rule listens."""

	QUOTATION_ACCEPTED = "Quotation accepted"
	OPPORTUNITY_WON = "Opportunity won"
	ORDER_SUBMITTED = "Sales Order submitted"
	ORDER_DELIVERED = "Sales Order delivered"

	@property
	def doctype(self) -> str:
		"""The document whose event it is, and whose fields the conditions read."""
		return SOURCE_OF[self]


SOURCE_OF = {
	Trigger.QUOTATION_ACCEPTED: "Quotation",
	Trigger.OPPORTUNITY_WON: "Opportunity",
	Trigger.ORDER_SUBMITTED: "Sales Order",
	Trigger.ORDER_DELIVERED: "Sales Order",
}


class Make(Enum):
	"""What a rule makes."""

	ORDER = "Sales Order"
	ORDER_AND_INVOICE = "Sales Order and Sales Invoice"
	INVOICE = "Sales Invoice"

	@property
	def doctypes(self) -> tuple[str, ...]:
		"""The documents made, in their order."""
		return tuple(self.value.split(" and "))


class Operator(Enum):
	"""How a condition compares."""

	EQUALS = "="
	NOT_EQUALS = "!="
	MORE_THAN = ">"
	AT_LEAST = ">="
	LESS_THAN = "<"
	AT_MOST = "<="
	ONE_OF = "in"
	NONE_OF = "not in"
	IS_SET = "is set"
	IS_NOT_SET = "is not set"


@dataclass(frozen=True)
class Condition:
	"""One test of one field; for `in` and `not in` the value is a list with commas."""

	fieldname: str
	operator: Operator
	value: str = ""


@dataclass(frozen=True)
class Rule:
	"""A billing rule; totals in company currency, including VAT; no customer group means any."""

	name: str
	company: str
	trigger: Trigger
	make: Make
	priority: int = 0
	min_total: Decimal | None = None
	max_total: Decimal | None = None
	customer_groups: frozenset[str] = frozenset()
	conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Deal:
	"""What a rule sees of a sale."""

	company: str
	trigger: Trigger
	total: Decimal
	customer_group: str | None = None
	fields: Mapping[str, object] = field(default_factory=dict)


def first_match(rules: Iterable[Rule], deal: Deal) -> Rule | None:
	"""The rule to follow: of those that match the highest priority, then the first by name."""
	matching = [rule for rule in rules if matches(rule, deal)]
	return min(matching, key=lambda rule: (-rule.priority, rule.name), default=None)


def matches(rule: Rule, deal: Deal) -> bool:
	return (
		rule.company == deal.company
		and rule.trigger is deal.trigger
		and within_limits(rule, deal.total)
		and (not rule.customer_groups or deal.customer_group in rule.customer_groups)
		and all(holds(condition, deal.fields.get(condition.fieldname)) for condition in rule.conditions)
	)


def within_limits(rule: Rule, total: Decimal) -> bool:
	"""Both limits are part of the range."""
	return (rule.min_total is None or total >= rule.min_total) and (
		rule.max_total is None or total <= rule.max_total
	)


def fits(trigger: Trigger, make: Make) -> bool:
	"""An order is not made from an order."""
	return trigger.doctype != "Sales Order" or make is Make.INVOICE


def holds(condition: Condition, value: object) -> bool:
	"""Numbers are compared as numbers, all else as text; ISO dates therefore sort as dates."""
	text = _text(value)
	match condition.operator:
		case Operator.IS_SET:
			return not _empty(text)
		case Operator.IS_NOT_SET:
			return _empty(text)
		case Operator.ONE_OF:
			return any(_same(text, choice) for choice in _choices(condition.value))
		case Operator.NONE_OF:
			return not any(_same(text, choice) for choice in _choices(condition.value))
		case Operator.EQUALS:
			return _same(text, condition.value.strip())
		case Operator.NOT_EQUALS:
			return not _same(text, condition.value.strip())
		case _:
			return _ordered(condition.operator, text, condition.value.strip())


def run_key(doctype: str, name: str, make: Make) -> str:
	"""The key that the database keeps unique: one run for one document and one target, however often it fires."""
	key = f"{doctype}:{name}:{make.value}"
	if len(key) <= KEY_LENGTH:
		return key
	digest = hashlib.sha256(key.encode()).hexdigest()[:32]
	return f"{key[: KEY_LENGTH - 33]}:{digest}"


def _text(value: object) -> str:
	if value is None:
		return ""
	if isinstance(value, bool):
		return str(int(value))
	return str(value).strip()


def _empty(text: str) -> bool:
	"""As Frappe's forms see it: an unticked box and a zero amount are not set."""
	return not text or _number(text) == 0


def _choices(value: str) -> list[str]:
	return [choice.strip() for choice in value.split(",")]


def _number(text: str) -> Decimal | None:
	try:
		number = Decimal(text)
	except InvalidOperation:
		return None
	return number if number.is_finite() else None


def _same(left: str, right: str) -> bool:
	first, second = _number(left), _number(right)
	if first is not None and second is not None:
		return first == second
	return left == right


def _ordered(operator: Operator, left: str, right: str) -> bool:
	"""A number is never more or less than a text, and nothing is more or less than an empty field."""
	if not left or not right:
		return False
	first, second = _number(left), _number(right)
	if (first is None) != (second is None):
		return False
	if first is not None and second is not None:
		sign = (first > second) - (first < second)
	else:
		sign = (left > right) - (left < right)
	return {
		Operator.MORE_THAN: sign > 0,
		Operator.AT_LEAST: sign >= 0,
		Operator.LESS_THAN: sign < 0,
		Operator.AT_MOST: sign <= 0,
	}[operator]
