"""Reads one cell of an opening import file: a text, an amount or a date, as people in Saudi Arabia write them.

A cell is what a CSV or an XLSX file holds: text, a number, a date, or nothing. Dates with numbers only are read day
first; a year from 1343 to 1500 is Hijri (Umm al-Qura).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from hijridate import Hijri

from saudi_crm_billing.common.dates import FIRST_DATE, FIRST_HIJRI_YEAR, LAST_DATE, LAST_HIJRI_YEAR
from saudi_crm_billing.common.money import to_decimal, to_money

INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u0640]")
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
GROUPED = re.compile(r"\d{1,3}(,\d{3})+")
PLAIN = re.compile(r"-?\d+(\.\d+)?")
HIJRI_MARK = re.compile(r"\s*(هـ|ه|AH|H)\.?$", re.IGNORECASE)
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})([ T]00:00(:00)?)?")
DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NEARLY_HALALA = Decimal("0.000001")
"""Spreadsheets keep binary fractions: so far from a halala a figure still is that halala."""


class Unreadable(ValueError):
	"""A cell that cannot be read: `code` says why, as in `opening_findings.MESSAGES`."""

	def __init__(self, code: str) -> None:
		self.code = code
		super().__init__(code)


def read_text(cell: object) -> str:
	"""The text of a cell without what cannot be seen; a whole number without its ".0"."""
	if cell is None:
		return ""
	if isinstance(cell, float) and cell.is_integer():
		cell = int(cell)
	return re.sub(r"\s+", " ", INVISIBLE.sub("", str(cell))).strip()


def read_number(cell: object) -> Decimal:
	"""A number above or below zero, with Arabic digits, separators of thousands, and a point or a comma for decimals.

	"1,250" is one thousand two hundred and fifty, "12,5" twelve and a half; of a point and a comma the last divides.
	"""
	if isinstance(cell, bool) or isinstance(cell, date):
		raise Unreadable("not_a_number")
	text = read_text(cell).translate(DIGITS).replace("٬", "").replace(" ", "").replace("'", "")
	text = text.replace("٫", ".").replace("،", ",")
	if isinstance(cell, float):
		text = format(to_decimal(repr(cell)), "f")
	elif "," in text:
		text = _with_point(text)
	if not PLAIN.fullmatch(text):
		raise Unreadable("not_a_number")
	return Decimal(text)


def read_amount(cell: object) -> Decimal:
	"""Money in whole halalas, zero or more."""
	number = read_number(cell)
	if number < 0:
		raise Unreadable("negative")
	money = to_money(number)
	if abs(number - money) > NEARLY_HALALA:
		raise Unreadable("too_fine")
	return money


def read_count(cell: object) -> int:
	"""A whole number, zero or more."""
	number = read_number(cell)
	if number < 0 or number != number.to_integral_value():
		raise Unreadable("not_whole")
	return int(number)


def read_date(cell: object) -> date:
	"""A day in Gregorian, of whichever calendar it was written in."""
	if isinstance(cell, datetime):
		cell = cell.date()
	return _within(cell if isinstance(cell, date) else _written_date(read_text(cell).translate(DIGITS)))


def _with_point(text: str) -> str:
	if "." in text:
		return text.replace(",", "") if text.rindex(".") > text.rindex(",") else _european(text)
	return text.replace(",", "") if GROUPED.fullmatch(text) else text.replace(",", ".")


def _european(text: str) -> str:
	return text.replace(".", "").replace(",", ".")


def _written_date(text: str) -> date:
	text = HIJRI_MARK.sub("", text)
	if match := YEAR_FIRST.fullmatch(text) or COMPACT.fullmatch(text):
		year, month, day = match.group(1, 2, 3)
	elif match := DAY_FIRST.fullmatch(text):
		day, month, year = match.group(1, 2, 3)
	else:
		raise Unreadable("not_a_date")
	return _day(int(year), int(month), int(day))


def _day(year: int, month: int, day: int) -> date:
	try:
		if FIRST_HIJRI_YEAR <= year <= LAST_HIJRI_YEAR:
			found = Hijri(year, month, day).to_gregorian()
			return date(found.year, found.month, found.day)
		return date(year, month, day)
	except (ValueError, OverflowError) as error:
		raise Unreadable("no_such_day") from error


def _within(day: date) -> date:
	if not FIRST_DATE <= day <= LAST_DATE:
		raise Unreadable("date_out_of_range")
	return day
