"""A story's file as it is written: its YAML, and one place in it, whose getters say exactly where it is wrong."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 1_000_000
MAX_AMOUNT, MAX_DECIMALS = Decimal(10) ** 12, 6


class StoryError(ValueError):
	"""A story that cannot be played; the text names the place in the file, in English and in Arabic."""

	def __init__(self, where: str, english: str, arabic: str) -> None:
		super().__init__(f"{where}: {english}\n{where}: {arabic}")


def parse(source: Path) -> Any:
	try:
		text = source.read_bytes()[:MAX_BYTES].decode()
		return yaml.safe_load(text)
	except OSError as error:
		raise StoryError(str(source), f"cannot be read: {error.strerror}", "لا يمكن قراءة الملف") from None
	except UnicodeDecodeError:
		raise StoryError(str(source), "is not UTF-8 text", "الملف ليس نصاً بترميز UTF-8") from None
	except yaml.YAMLError as error:
		mark = getattr(error, "problem_mark", None)
		where = f"{source.name}:{mark.line + 1}:{mark.column + 1}" if mark else source.name
		problem = getattr(error, "problem", None) or "is not YAML"
		raise StoryError(where, f"malformed YAML: {problem}", "ملف YAML غير سليم عند هذا الموضع") from None
	except (ValueError, RecursionError) as error:
		# A date that no calendar has, a number or a nesting beyond what Python reads.
		raise StoryError(source.name, f"malformed YAML: {error}", "ملف YAML غير سليم") from None


@dataclass(frozen=True)
class Node:
	"""One place in the file; every getter checks the kind of what stands there."""

	path: str
	value: Any

	def get(self, key: str) -> Node | None:
		if not isinstance(self.value, Mapping):
			raise self.wrong("a group of keys", "مجموعة مفاتيح")
		found = self.value.get(key)
		join = " " if self.path.endswith(":") else "."
		return None if found is None else Node(f"{self.path}{join}{key}", found)

	def need(self, key: str) -> Node:
		found = self.get(key)
		if found is None:
			raise StoryError(self.path, f"`{key}` is missing", f"الحقل `{key}` مفقود")
		return found

	def items(self) -> Iterator[Node]:
		if not isinstance(self.value, list):
			raise self.wrong("a list", "قائمة")
		for number, item in enumerate(self.value, 1):
			yield Node(f"{self.path}[{number}]", item)

	def wrong(self, english: str, arabic: str) -> StoryError:
		found = reprlib.repr(self.value)
		return StoryError(
			self.path, f"expected {english}, found {found}", f"المتوقع {arabic}، والموجود {found}"
		)

	def text(self) -> str:
		if not isinstance(self.value, str | int | float | date):
			raise self.wrong("text", "نص")
		return str(self.value)

	def amount(self) -> Decimal:
		try:
			amount = Decimal(str(self.value))
		except InvalidOperation:
			raise self.wrong("a number", "رقم") from None
		if not amount.is_finite() or amount < 0:
			raise self.wrong("a number of zero or more", "رقم لا يقل عن صفر")
		if amount > MAX_AMOUNT or amount != round(amount, MAX_DECIMALS):
			raise self.wrong(
				f"a number of at most {MAX_AMOUNT:,f} with {MAX_DECIMALS} decimals",
				f"رقم لا يتجاوز {MAX_AMOUNT:,f} وبحد أقصى {MAX_DECIMALS} خانات عشرية",
			)
		return amount

	def whole(self) -> int:
		if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
			raise self.wrong("a whole number of zero or more", "عدد صحيح لا يقل عن صفر")
		return self.value

	def day(self) -> date:
		if not isinstance(self.value, date) or isinstance(self.value, datetime):
			raise self.wrong("a date as YYYY-MM-DD", "تاريخ بصيغة YYYY-MM-DD")
		return self.value

	def one_of(self, kind: Callable[[str], Any], choices: str) -> Any:
		try:
			return kind(self.text())
		except ValueError:
			raise self.wrong(f"one of {choices}", f"أحد {choices}") from None
