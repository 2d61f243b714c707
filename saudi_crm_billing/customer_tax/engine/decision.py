"""Which tax class a line gets, and why: the one place where that is decided.

1. A customer's class that charges no VAT (Z, E, O) wins over everything: the customer's status is the reason.
2. With a taxable customer, or one without a class, the item's class applies; but a customer's special rate holds
   against an item that is merely taxable too.
3. Otherwise the customer's class, else the company's default class.
A class that is disabled or outside its dates is set aside, and the decision says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from saudi_crm_billing.customer_tax.engine.tax_class import (
	InvalidTaxClass,
	TaxClass,
	Validity,
	find_problems,
	reason_texts,
)
from saudi_crm_billing.customer_tax.engine.vatex import Category


class Why(Enum):
	CUSTOMER = "customer"
	ITEM = "item"
	DEFAULT = "default"
	ORIGINAL = "original"
	NOTHING = "nothing"
	UNCLASSIFIED_TEMPLATE = "unclassified_template"


@dataclass(frozen=True)
class SetAside:
	"""A class that would have decided, had it been valid; `limit` is the date it missed."""

	whose: Why
	class_name: str
	validity: Validity
	limit: date | None = None


@dataclass(frozen=True)
class Decision:
	"""What a line gets; `category` is None when no class applies, and then the line is unclassified."""

	why: Why
	category: Category | None = None
	rate: Decimal = Decimal(0)
	vatex_code: str = ""
	reason_en: str = ""
	reason_ar: str = ""
	class_name: str = ""
	set_aside: tuple[SetAside, ...] = ()

	@property
	def reason(self) -> str:
		"""As the invoice carries it: "English | Arabic"."""
		return " | ".join(text for text in (self.reason_en, self.reason_ar) if text)


def decide(
	customer_class: TaxClass | None,
	item_class: TaxClass | None,
	default_class: TaxClass | None,
	on: date,
) -> Decision:
	"""The class of one line on the date of supply. Raises InvalidTaxClass for a definition that breaks a rule."""
	offered = ((Why.CUSTOMER, customer_class), (Why.ITEM, item_class), (Why.DEFAULT, default_class))
	valid = {whose: tax_class for whose, tax_class in offered if tax_class and _is_usable(tax_class, on)}
	chosen = _choose(valid)
	missed = tuple(
		_set_aside(whose, tax_class, on)
		for whose, tax_class in offered
		if tax_class and whose not in valid and _would_have_mattered(whose, chosen, valid)
	)
	if chosen is None:
		return Decision(Why.NOTHING, set_aside=missed)
	return _decision(chosen, valid[chosen], missed)


def _choose(valid: dict[Why, TaxClass]) -> Why | None:
	customer, item = valid.get(Why.CUSTOMER), valid.get(Why.ITEM)
	if customer and not customer.is_taxable:
		return Why.CUSTOMER
	if item and not (customer and customer.is_special_rate and item.is_taxable):
		return Why.ITEM
	if customer:
		return Why.CUSTOMER
	return Why.DEFAULT if Why.DEFAULT in valid else None


def _would_have_mattered(whose: Why, chosen: Why | None, valid: dict[Why, TaxClass]) -> bool:
	if whose is Why.DEFAULT:
		return chosen is None
	return whose is Why.CUSTOMER or chosen is not Why.CUSTOMER or valid[Why.CUSTOMER].is_taxable


def _is_usable(tax_class: TaxClass, on: date) -> bool:
	if tax_class.validity(on) is not Validity.VALID:
		return False
	if problems := find_problems(tax_class):
		raise InvalidTaxClass(problems)
	return True


def _set_aside(whose: Why, tax_class: TaxClass, on: date) -> SetAside:
	validity = tax_class.validity(on)
	limits = {Validity.EXPIRED: tax_class.valid_to, Validity.NOT_YET: tax_class.valid_from}
	return SetAside(whose, tax_class.name, validity, limits.get(validity))


def _decision(why: Why, tax_class: TaxClass, missed: tuple[SetAside, ...]) -> Decision:
	reason_en, reason_ar = reason_texts(tax_class)
	return Decision(
		why=why,
		category=tax_class.category,
		rate=tax_class.rate,
		vatex_code=tax_class.vatex_code,
		reason_en=reason_en,
		reason_ar=reason_ar,
		class_name=tax_class.name,
		set_aside=missed,
	)
