"""A story and how it is read from its file. The data is in story.yaml, apart from the code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from saudi_crm_billing.common.dates import Calendar, Shift
from saudi_crm_billing.customer_tax.engine.tax_class import TaxClass
from saudi_crm_billing.customer_tax.engine.vatex import Category
from saudi_crm_billing.demo.story_file import Node, StoryError, parse

BUILT_IN = Path(__file__).with_name("story.yaml")
NUMBER = re.compile(r"[\w-]{1,60}")
"""A document's number is also its files' name."""


@dataclass(frozen=True)
class Title:
	en: str
	ar: str


@dataclass(frozen=True)
class Place:
	"""A national address as written in the story."""

	street: str
	city: str
	postal_code: str
	building_number: str = ""
	district: str = ""
	country_code: str = "SA"


@dataclass(frozen=True)
class Buyer:
	name: str
	tax_class: str
	vat_number: str = ""
	national_id: str = ""
	other_id: str = ""
	email: str = ""
	address: Place | None = None

	@property
	def is_business(self) -> bool:
		"""Whether the invoice is a standard one; a national ID alone does not make it so."""
		return bool(self.vat_number or self.other_id)


@dataclass(frozen=True)
class DealLine:
	name: str
	quantity: Decimal
	unit_price: Decimal
	discount: Decimal = Decimal(0)


@dataclass(frozen=True)
class PlanWish:
	count: int
	first_due_after_months: int
	calendar: Calendar = Calendar.GREGORIAN
	down_payment: Decimal = Decimal(0)
	day: int | None = None
	shift: Shift = Shift.NONE


@dataclass(frozen=True)
class Deal:
	number: str
	title: Title
	buyer: Buyer
	lines: tuple[DealLine, ...]
	plan: PlanWish
	paid: int = 0


@dataclass(frozen=True)
class Note:
	"""A credit note over whole lines of a deal; `lines` are their numbers, from 1."""

	number: str
	of: str
	reason: str
	lines: tuple[int, ...]


@dataclass(frozen=True)
class Seller:
	name: str
	vat_number: str
	cr_number: str
	address: Place


@dataclass(frozen=True)
class Story:
	seller: Seller
	classes: dict[str, TaxClass]
	class_titles: dict[str, Title]
	deals: tuple[Deal, ...]
	notes: tuple[Note, ...]


def load(path: Path | None = None) -> Story:
	"""The story at `path`, or the built-in one. Raises StoryError."""
	source = path or BUILT_IN
	return read(source.name, parse(source))


def read(file: str, data: Any) -> Story:
	"""The story in a file's parsed YAML; `file` is its name in messages. Raises StoryError."""
	story = _story(Node(f"{file}:", data))
	_check_numbers(file, story)
	_check_references(file, story)
	return story


def _text(node: Node, key: str) -> str:
	found = node.get(key)
	return found.text() if found else ""


def _title(node: Node) -> Title:
	return Title(node.need("en").text(), node.need("ar").text())


def _place(node: Node) -> Place:
	optional = {key: _text(node, key) for key in ("building_number", "district")}
	country = _text(node, "country_code") or "SA"
	needed = {key: node.need(key).text() for key in ("street", "city", "postal_code")}
	return Place(**needed, **optional, country_code=country)


def _tax_class(name: str, node: Node) -> TaxClass:
	since, until = node.get("from"), node.get("to")
	return TaxClass(
		name=name,
		category=node.need("category").one_of(Category, "S, Z, E, O"),
		rate=node.need("rate").amount(),
		vatex_code=_text(node, "vatex"),
		reason_en=node.need("title").need("en").text(),
		reason_ar=node.need("title").need("ar").text(),
		valid_from=since.day() if since else None,
		valid_to=until.day() if until else None,
	)


def _buyer(node: Node) -> Buyer:
	address = node.get("address")
	return Buyer(
		name=node.need("name").text(),
		tax_class=node.need("class").text(),
		vat_number=_text(node, "vat_number"),
		national_id=_text(node, "national_id"),
		other_id=_text(node, "other_id"),
		email=_text(node, "email"),
		address=_place(address) if address else None,
	)


def _line(node: Node) -> DealLine:
	discount = node.get("discount")
	return DealLine(
		node.need("name").text(),
		node.need("quantity").amount(),
		node.need("unit_price").amount(),
		discount.amount() if discount else Decimal(0),
	)


def _plan(node: Node) -> PlanWish:
	calendar, down, day, shift = (node.get(key) for key in ("calendar", "down_payment", "day", "shift"))
	return PlanWish(
		count=node.need("count").whole(),
		first_due_after_months=node.need("first_due_after_months").whole(),
		calendar=calendar.one_of(Calendar, "gregorian, hijri") if calendar else Calendar.GREGORIAN,
		down_payment=down.amount() if down else Decimal(0),
		day=day.whole() if day else None,
		shift=shift.one_of(Shift, "none, previous, next, nearest") if shift else Shift.NONE,
	)


def _deal(node: Node) -> Deal:
	paid = node.get("paid")
	return Deal(
		number=node.need("number").text(),
		title=_title(node.need("title")),
		buyer=_buyer(node.need("customer")),
		lines=tuple(_line(line) for line in node.need("lines").items()),
		plan=_plan(node.need("plan")),
		paid=paid.whole() if paid else 0,
	)


def _note(node: Node) -> Note:
	lines = tuple(line.whole() for line in node.need("lines").items())
	return Note(node.need("number").text(), node.need("of").text(), node.need("reason").text(), lines)


def _story(top: Node) -> Story:
	seller, classes, notes = top.need("seller"), top.need("classes"), top.get("credit_notes")
	if not isinstance(classes.value, Mapping):
		raise classes.wrong("a group of keys", "مجموعة مفاتيح")
	deals = top.need("deals")
	if not deals.value:
		raise deals.wrong("a list with at least one deal", "قائمة فيها صفقة واحدة على الأقل")
	return Story(
		seller=Seller(
			seller.need("name").text(),
			seller.need("vat_number").text(),
			seller.need("cr_number").text(),
			_place(seller.need("address")),
		),
		classes={name: _tax_class(name, classes.need(name)) for name in classes.value},
		class_titles={name: _title(classes.need(name).need("title")) for name in classes.value},
		deals=tuple(_deal(deal) for deal in deals.items()),
		notes=tuple(_note(note) for note in notes.items()) if notes else (),
	)


def _check_numbers(file: str, story: Story) -> None:
	seen = set[str]()
	lists: tuple[tuple[str, tuple[Deal | Note, ...]], ...] = (
		("deals", story.deals),
		("credit_notes", story.notes),
	)
	for key, documents in lists:
		for place, document in enumerate(documents, 1):
			where, number = f"{file}: {key}[{place}].number", document.number
			if not NUMBER.fullmatch(number):
				text = f"expected up to 60 letters, digits, - and _, found {number[:60]!r}"
				raise StoryError(where, text, "المتوقع حروف أو أرقام أو - أو _ حتى 60 خانة")
			if number in seen:
				raise StoryError(where, f"`{number}` is there already", f"الرقم `{number}` مستخدم من قبل")
			seen.add(number)


def _check_references(file: str, story: Story) -> None:
	deals = {deal.number: deal for deal in story.deals}
	for number, deal in enumerate(story.deals, 1):
		if deal.buyer.tax_class not in story.classes:
			text = f"class `{deal.buyer.tax_class}` is not among `classes`"
			raise StoryError(f"{file}: deals[{number}]: customer", text, "فئة الضريبة غير معرّفة في `classes`")
	for number, note in enumerate(story.notes, 1):
		lines = len(deals[note.of].lines) if note.of in deals else 0
		if not note.lines or not all(1 <= line <= lines for line in note.lines):
			text = f"`of` and `lines` must name a deal and its lines, found {note.of} {list(note.lines)}"
			arabic = "يجب أن يشير `of` و`lines` إلى صفقة وبنودها"
			raise StoryError(f"{file}: credit_notes[{number}]", text, arabic)
