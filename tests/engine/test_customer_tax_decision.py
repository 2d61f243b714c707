"""Which class a line gets: one positive and one negative test per rule, and properties over all classes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.customer_tax.engine.decision import Decision, SetAside, Why, decide
from saudi_crm_billing.customer_tax.engine.tax_class import (
	Flaw,
	InvalidTaxClass,
	TaxClass,
	Validity,
	find_problems,
	percent,
	reason,
)
from saudi_crm_billing.customer_tax.engine.vatex import VATEX, Category, needs_national_id

TODAY = date(2026, 11, 21)
TAXABLE = TaxClass("Taxable 15%", Category.STANDARD, Decimal(15))
EXPORT = TaxClass("Export of goods", Category.ZERO_RATED, vatex_code="VATEX-SA-32")
MEDICINE = TaxClass("Medicines", Category.ZERO_RATED, vatex_code="VATEX-SA-35")
LOAN = TaxClass("Loans", Category.EXEMPT, vatex_code="VATEX-SA-29")
SPECIAL = TaxClass(
	"Special 5%",
	Category.STANDARD,
	Decimal(5),
	valid_from=date(2026, 1, 1),
	valid_to=date(2026, 12, 31),
)
OUTSIDE = TaxClass(
	"Outside", Category.OUT_OF_SCOPE, vatex_code="VATEX-SA-OOS", reason_en="Deposit", reason_ar="وديعة"
)


def flaws(tax_class: TaxClass) -> list[Flaw]:
	return [problem.flaw for problem in find_problems(tax_class)]


# Which class wins


@pytest.mark.parametrize("customer", [EXPORT, LOAN, OUTSIDE], ids=lambda each: each.name)
@pytest.mark.parametrize("item", [None, TAXABLE, MEDICINE, SPECIAL], ids=lambda each: each and each.name)
def test_untaxed_customer_wins_over_any_item(customer: TaxClass, item: TaxClass | None) -> None:
	decision = decide(customer, item, TAXABLE, TODAY)
	assert (decision.why, decision.class_name, decision.rate) == (Why.CUSTOMER, customer.name, Decimal(0))


def test_taxable_customer_leaves_the_choice_to_the_item() -> None:
	decision = decide(TAXABLE, MEDICINE, EXPORT, TODAY)
	assert decision == Decision(
		Why.ITEM,
		Category.ZERO_RATED,
		Decimal(0),
		"VATEX-SA-35",
		"Medicines and medical equipment",
		"الأدوية والمعدات الطبية",
		"Medicines",
	)


def test_taxable_customer_decides_for_an_item_without_a_class() -> None:
	decision = decide(TAXABLE, None, EXPORT, TODAY)
	assert (decision.why, decision.rate, decision.vatex_code) == (Why.CUSTOMER, Decimal(15), "")


def test_item_decides_for_a_customer_without_a_class() -> None:
	assert decide(None, LOAN, TAXABLE, TODAY).class_name == "Loans"


def test_default_decides_when_neither_has_a_class() -> None:
	decision = decide(None, None, TAXABLE, TODAY)
	assert (decision.why, decision.category, decision.rate) == (Why.DEFAULT, Category.STANDARD, Decimal(15))


def test_nothing_decides_when_there_is_no_class_at_all() -> None:
	assert decide(None, None, None, TODAY) == Decision(Why.NOTHING)


# Special rates and dates


def test_special_rate_of_the_customer_holds_against_a_taxable_item() -> None:
	assert decide(SPECIAL, TAXABLE, TAXABLE, TODAY).rate == Decimal(5)


def test_special_rate_of_the_customer_does_not_tax_an_exempt_item() -> None:
	assert decide(SPECIAL, LOAN, TAXABLE, TODAY).category is Category.EXEMPT


def test_special_rate_of_an_item_holds_for_a_taxable_customer() -> None:
	assert decide(TAXABLE, SPECIAL, TAXABLE, TODAY).class_name == "Special 5%"


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 31)])
def test_first_and_last_day_belong_to_the_range(day: date) -> None:
	assert decide(SPECIAL, None, TAXABLE, day).rate == Decimal(5)


@pytest.mark.parametrize(
	("day", "validity", "limit"),
	[
		(date(2025, 12, 31), Validity.NOT_YET, date(2026, 1, 1)),
		(date(2027, 1, 1), Validity.EXPIRED, date(2026, 12, 31)),
	],
)
def test_class_out_of_its_dates_falls_back_to_the_default_and_says_why(
	day: date, validity: Validity, limit: date
) -> None:
	decision = decide(SPECIAL, None, TAXABLE, day)
	assert (decision.why, decision.rate) == (Why.DEFAULT, Decimal(15))
	assert decision.set_aside == (SetAside(Why.CUSTOMER, "Special 5%", validity, limit),)


def test_disabled_class_is_set_aside() -> None:
	disabled = TaxClass("Old export", Category.ZERO_RATED, vatex_code="VATEX-SA-32", enabled=False)
	decision = decide(disabled, None, TAXABLE, TODAY)
	assert decision.class_name == "Taxable 15%"
	assert decision.set_aside == (SetAside(Why.CUSTOMER, "Old export", Validity.DISABLED),)


def test_expired_item_class_falls_back_to_the_customers() -> None:
	decision = decide(TAXABLE, SPECIAL, None, date(2027, 1, 1))
	assert (decision.why, decision.rate, decision.set_aside[0].whose) == (Why.CUSTOMER, Decimal(15), Why.ITEM)


def test_expired_item_class_is_not_mentioned_when_it_could_not_have_decided() -> None:
	assert decide(EXPORT, SPECIAL, TAXABLE, date(2027, 1, 1)).set_aside == ()


def test_expired_default_leaves_the_line_undecided_and_says_why() -> None:
	decision = decide(None, None, SPECIAL, date(2027, 1, 1))
	assert decision.category is None
	assert decision.set_aside == (SetAside(Why.DEFAULT, "Special 5%", Validity.EXPIRED, date(2026, 12, 31)),)


def test_class_with_a_wrong_definition_never_decides() -> None:
	with pytest.raises(InvalidTaxClass, match=r"Odd: a taxable class has a rate of 5 or 15%, not 7%"):
		decide(TaxClass("Odd", Category.STANDARD, Decimal(7)), None, TAXABLE, TODAY)


# Definitions


@pytest.mark.parametrize(
	"good", [TAXABLE, EXPORT, MEDICINE, LOAN, SPECIAL, OUTSIDE], ids=lambda each: each.name
)
def test_good_definition_has_no_problem(good: TaxClass) -> None:
	assert find_problems(good) == ()


@pytest.mark.parametrize("rate", ["0", "7", "14.99", "20", "-5"])
def test_taxable_rate_is_5_or_15_only(rate: str) -> None:
	assert flaws(TaxClass("Odd", Category.STANDARD, Decimal(rate))) == [Flaw.RATE_NOT_ALLOWED]


@pytest.mark.parametrize("dates", [{}, {"valid_from": TODAY}, {"valid_to": TODAY}])
def test_special_rate_needs_both_dates(dates: dict[str, date]) -> None:
	assert flaws(TaxClass("Odd", Category.STANDARD, Decimal(5), **dates)) == [Flaw.SPECIAL_RATE_UNDATED]


def test_taxable_class_has_no_vatex_code() -> None:
	odd = TaxClass("Odd", Category.STANDARD, Decimal(15), vatex_code="VATEX-SA-32")
	assert flaws(odd) == [Flaw.VATEX_ON_TAXABLE]
	assert reason(odd) == ""


@pytest.mark.parametrize("category", [Category.ZERO_RATED, Category.EXEMPT, Category.OUT_OF_SCOPE])
def test_untaxed_class_needs_a_vatex_code(category: Category) -> None:
	assert flaws(TaxClass("Odd", category)) == [Flaw.VATEX_MISSING]


def test_unknown_vatex_code() -> None:
	assert flaws(TaxClass("Odd", Category.ZERO_RATED, vatex_code="VATEX-SA-99")) == [Flaw.VATEX_UNKNOWN]


def test_vatex_code_of_another_category_names_the_right_one() -> None:
	(problem,) = find_problems(TaxClass("Odd", Category.EXEMPT, vatex_code="VATEX-SA-32"))
	assert problem.message() == (
		"Odd: VATEX-SA-32 belongs to category Z, not E; choose another code or category."
	)


def test_untaxed_class_has_no_rate() -> None:
	assert flaws(TaxClass("Odd", Category.ZERO_RATED, Decimal(5), "VATEX-SA-32")) == [Flaw.RATE_NOT_ZERO]


@pytest.mark.parametrize("texts", [{}, {"reason_en": "Deposit"}, {"reason_ar": "وديعة"}])
def test_free_text_code_needs_both_reasons(texts: dict[str, str]) -> None:
	odd = TaxClass("Odd", Category.OUT_OF_SCOPE, vatex_code="VATEX-SA-OOS", **texts)
	assert flaws(odd) == [Flaw.REASON_MISSING]


def test_reversed_dates() -> None:
	odd = TaxClass(
		"Odd", Category.STANDARD, Decimal(15), valid_from=TODAY, valid_to=TODAY - timedelta(days=1)
	)
	assert flaws(odd) == [Flaw.DATES_REVERSED]


def test_reason_may_have_a_thousand_characters() -> None:
	text = "x" * 498
	fits = TaxClass("Odd", Category.OUT_OF_SCOPE, Decimal(0), "VATEX-SA-OOS", text, text + "x")
	too_long = TaxClass("Odd", Category.OUT_OF_SCOPE, Decimal(0), "VATEX-SA-OOS", text + "xx", text + "x")
	assert (len(reason(fits)), flaws(fits)) == (1000, [])
	assert flaws(too_long) == [Flaw.REASON_TOO_LONG]


def test_nameless_class() -> None:
	assert flaws(TaxClass(" ", Category.STANDARD, Decimal(15))) == [Flaw.NO_NAME]


def test_problem_is_told_in_the_language_of_the_translator() -> None:
	(problem,) = find_problems(TaxClass("خاطئ", Category.EXEMPT))
	arabic = {Flaw.VATEX_MISSING.value: "{name}: تحتاج الفئة {category} إلى رمز."}
	assert problem.message(lambda text: arabic[text]) == "خاطئ: تحتاج الفئة E إلى رمز."


# Facts


def test_vatex_list_is_complete() -> None:
	"""The 17 codes of saudi-rules.md section 2 and of BR-KSA-CL-04."""
	ends = "29 29-7 30 32 33 34-1 34-2 34-3 34-4 34-5 35 36 EDU HEA MLTRY DUTYFREE OOS".split()
	assert list(VATEX) == [f"VATEX-SA-{end}" for end in ends]


def test_only_citizens_services_need_a_national_id() -> None:
	assert [code for code in VATEX if needs_national_id(code)] == ["VATEX-SA-EDU", "VATEX-SA-HEA"]
	assert not needs_national_id("")


@pytest.mark.parametrize(
	("code", "text"),
	[
		(
			"VATEX-SA-29-7",
			"Life insurance services mentioned in Article 29 of the VAT Regulations | عقد تأمين على الحياة",
		),
		("VATEX-SA-32", "Export of goods | صادرات السلع من المملكة"),
	],
)
def test_reason_is_written_as_in_zatcas_samples(code: str, text: str) -> None:
	assert reason(TaxClass("Any", VATEX[code].category, vatex_code=code)) == text


@pytest.mark.parametrize(
	("rate", "text"), [("15", "15"), ("15.00", "15"), ("7.50", "7.5"), ("0", "0"), ("100", "100")]
)
def test_percent_is_written_as_people_do(rate: str, text: str) -> None:
	assert percent(Decimal(rate)) == text


# Properties

DAYS = st.dates(date(2018, 1, 1), date(2035, 12, 31))


@st.composite
def tax_classes(draw: st.DrawFn) -> TaxClass:
	name = draw(st.sampled_from("ABCDEFGH"))
	dates = sorted([draw(DAYS), draw(DAYS)])
	range_ = {"valid_from": dates[0], "valid_to": dates[1], "enabled": draw(st.booleans())}
	if draw(st.booleans()):
		return TaxClass(name, Category.STANDARD, Decimal(draw(st.sampled_from([5, 15]))), **range_)
	entry = draw(st.sampled_from(list(VATEX.values())))
	return TaxClass(name, entry.category, Decimal(0), entry.code, "Reason", "سبب", **range_)


OFFERS = st.none() | tax_classes()


@given(OFFERS, OFFERS, OFFERS, DAYS)
def test_decision_is_always_one_of_the_valid_classes_and_legal(
	customer: TaxClass | None, item: TaxClass | None, default: TaxClass | None, day: date
) -> None:
	decision = decide(customer, item, default, day)
	valid = [each for each in (customer, item, default) if each and each.validity(day) is Validity.VALID]
	if decision.category is None:
		assert not valid
		return
	assert (decision.class_name, decision.category, decision.rate, decision.vatex_code) in [
		(each.name, each.category, each.rate, each.vatex_code) for each in valid
	]
	if decision.category is Category.STANDARD:
		assert decision.rate in (5, 15) and not decision.vatex_code and not decision.reason
	else:
		assert decision.rate == 0 and VATEX[decision.vatex_code].category is decision.category
		assert " | " in decision.reason


@given(tax_classes(), OFFERS, OFFERS, DAYS)
def test_untaxed_valid_customer_is_never_taxed(
	customer: TaxClass, item: TaxClass | None, default: TaxClass | None, day: date
) -> None:
	decision = decide(customer, item, default, day)
	if not customer.is_taxable and customer.validity(day) is Validity.VALID:
		assert (decision.why, decision.rate) == (Why.CUSTOMER, 0)


@given(tax_classes(), DAYS)
def test_invalid_class_changes_the_reason_and_nothing_else(customer: TaxClass, day: date) -> None:
	if customer.validity(day) is Validity.VALID:
		return
	fallen, plain = decide(customer, MEDICINE, TAXABLE, day), decide(None, MEDICINE, TAXABLE, day)
	assert [each.class_name for each in fallen.set_aside] == [customer.name]
	assert (fallen.class_name, fallen.rate, fallen.why) == (plain.class_name, plain.rate, plain.why)
