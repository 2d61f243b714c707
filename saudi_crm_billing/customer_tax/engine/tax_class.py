"""What a tax class is, on which dates it holds, and what makes its definition wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from saudi_crm_billing.customer_tax.engine.vatex import VATEX, Category

STANDARD_RATE = Decimal(15)
"""Percent, since 1 July 2020 (Royal Order A/638)."""

ALLOWED_STANDARD_RATES = frozenset({Decimal(5), STANDARD_RATE})
"""BR-KSA-84: a line of category S carries 5 or 15 percent, nothing else."""

Translate = Callable[[str], str]


class Validity(Enum):
	VALID = "valid"
	NOT_YET = "not_yet"
	EXPIRED = "expired"
	DISABLED = "disabled"


@dataclass(frozen=True)
class TaxClass:
	"""A tax class of a customer or an item; `rate` in percent, both dates inclusive, None = open."""

	name: str
	category: Category
	rate: Decimal = Decimal(0)
	vatex_code: str = ""
	reason_en: str = ""
	reason_ar: str = ""
	valid_from: date | None = None
	valid_to: date | None = None
	enabled: bool = True

	@property
	def is_taxable(self) -> bool:
		return self.category is Category.STANDARD

	@property
	def is_special_rate(self) -> bool:
		return self.is_taxable and self.rate != STANDARD_RATE

	def validity(self, on: date) -> Validity:
		if not self.enabled:
			return Validity.DISABLED
		if self.valid_from and on < self.valid_from:
			return Validity.NOT_YET
		if self.valid_to and on > self.valid_to:
			return Validity.EXPIRED
		return Validity.VALID


class Flaw(Enum):
	"""What can be wrong with a class; the value is the English sentence, to be translated and formatted."""

	NO_NAME = "Give the tax class a title."
	RATE_NOT_ALLOWED = "{name}: a taxable class has a rate of 5 or 15%, not {rate}% (BR-KSA-84)."
	SPECIAL_RATE_UNDATED = (
		"{name}: a special rate of {rate}% needs both dates, Valid From and Valid To: it is not open-ended."
	)
	VATEX_ON_TAXABLE = "{name}: a taxable class has no VATEX code, so remove {vatex} (BR-S-10)."
	RATE_NOT_ZERO = "{name}: category {category} has a rate of 0%, not {rate}%."
	VATEX_MISSING = (
		"{name}: category {category} needs a VATEX code, the reason for charging no VAT (BR-KSA-CL-04)."
	)
	VATEX_UNKNOWN = "{name}: {vatex} is not in ZATCA's list of VATEX codes."
	VATEX_OF_OTHER_CATEGORY = (
		"{name}: {vatex} belongs to category {right}, not {category}; choose another code or category."
	)
	REASON_MISSING = "{name}: {vatex} has no fixed text; write the reason in English and in Arabic."
	REASON_TOO_LONG = "{name}: the reason in English and Arabic together has {length} characters; at most 1000 (BR-KSA-F-06)."
	DATES_REVERSED = "{name}: Valid To {valid_to} is before Valid From {valid_from}."


@dataclass(frozen=True)
class Problem:
	flaw: Flaw
	tax_class: TaxClass

	def message(self, translate: Translate = str) -> str:
		"""The sentence in the language of `translate`, which maps an English template to its translation."""
		known = VATEX.get(self.tax_class.vatex_code)
		return translate(self.flaw.value).format(
			name=self.tax_class.name,
			rate=percent(self.tax_class.rate),
			vatex=self.tax_class.vatex_code,
			category=self.tax_class.category.value,
			right=known.category.value if known else "",
			length=len(reason(self.tax_class)),
			valid_from=self.tax_class.valid_from,
			valid_to=self.tax_class.valid_to,
		)


class InvalidTaxClass(ValueError):
	"""A class that must not decide anything; `problems` says why."""

	def __init__(self, problems: tuple[Problem, ...]) -> None:
		super().__init__(" ".join(problem.message() for problem in problems))
		self.problems = problems


def find_problems(tax_class: TaxClass) -> tuple[Problem, ...]:
	"""Everything wrong with a definition, in the order of the form; empty when it may be used."""
	flaws = _taxable_flaws if tax_class.is_taxable else _untaxed_flaws
	return tuple(Problem(flaw, tax_class) for flaw in (*_common_flaws(tax_class), *flaws(tax_class)))


def reason(tax_class: TaxClass) -> str:
	"""The reason as the invoice carries it, "English | Arabic"; empty for a taxable class (BR-S-10)."""
	texts = reason_texts(tax_class)
	return " | ".join(text for text in texts if text)


def reason_texts(tax_class: TaxClass) -> tuple[str, str]:
	"""English and Arabic: the class's own wording, else the text of its VATEX code."""
	known = VATEX.get(tax_class.vatex_code)
	if tax_class.is_taxable or not known:
		return "", ""
	return tax_class.reason_en.strip() or known.text_en, tax_class.reason_ar.strip() or known.text_ar


def percent(rate: Decimal) -> str:
	"""15 as "15", 7.50 as "7.5": a rate as people write it."""
	text = f"{rate:f}"
	return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _common_flaws(tax_class: TaxClass) -> Iterator[Flaw]:
	if not tax_class.name.strip():
		yield Flaw.NO_NAME
	if tax_class.valid_from and tax_class.valid_to and tax_class.valid_to < tax_class.valid_from:
		yield Flaw.DATES_REVERSED


def _taxable_flaws(tax_class: TaxClass) -> Iterator[Flaw]:
	if tax_class.rate not in ALLOWED_STANDARD_RATES:
		yield Flaw.RATE_NOT_ALLOWED
	elif tax_class.is_special_rate and not (tax_class.valid_from and tax_class.valid_to):
		yield Flaw.SPECIAL_RATE_UNDATED
	if tax_class.vatex_code:
		yield Flaw.VATEX_ON_TAXABLE


def _untaxed_flaws(tax_class: TaxClass) -> Iterator[Flaw]:
	if tax_class.rate != 0:
		yield Flaw.RATE_NOT_ZERO
	known = VATEX.get(tax_class.vatex_code)
	if not tax_class.vatex_code:
		yield Flaw.VATEX_MISSING
	elif known is None:
		yield Flaw.VATEX_UNKNOWN
	elif known.category is not tax_class.category:
		yield Flaw.VATEX_OF_OTHER_CATEGORY
	elif known.free_text and not (tax_class.reason_en.strip() and tax_class.reason_ar.strip()):
		yield Flaw.REASON_MISSING
	if len(reason(tax_class)) > 1000:
		yield Flaw.REASON_TOO_LONG
