"""Arabic amounts: the reference vectors, and one case for every form a noun can take."""

from __future__ import annotations

from decimal import Decimal

import pytest

from saudi_crm_billing.common.words import CURRENCIES, RIYAL, Currency, amount_in_words, counted


@pytest.mark.parametrize(
	("amount", "expected"),
	[
		("200", "مئتا ريال سعودي"),
		("0.50", "خمسون هللة"),
		("1", "ريال سعودي واحد"),
		("2", "ريالان سعوديان"),
		("10", "عشرة ريالات سعودية"),
		("11", "أحد عشر ريالاً سعودياً"),
		("102", "مئة ريال سعودي وريالان سعوديان"),
		("11500.75", "أحد عشر ألفاً وخمسمئة ريال سعودي وخمس وسبعون هللة"),
		("0", "صفر ريال سعودي"),
		("0.005", "هللة واحدة"),
		("0.02", "هللتان"),
		("0.08", "ثماني هللات"),
		("0.11", "إحدى عشرة هللة"),
		("0.12", "اثنتا عشرة هللة"),
		("0.18", "ثماني عشرة هللة"),
		("0.21", "إحدى وعشرون هللة"),
		("0.28", "ثمانٍ وعشرون هللة"),
		("-5", "سالب خمسة ريالات سعودية"),
	],
)
def test_amounts_with_the_countrys_name(amount: str, expected: str) -> None:
	assert amount_in_words(Decimal(amount)) == expected


@pytest.mark.parametrize(
	("amount", "expected"),
	[
		("2000", "ألفا ريال"),
		("3", "ثلاثة ريالات"),
		("11", "أحد عشر ريالاً"),
		("99", "تسعة وتسعون ريالاً"),
		("100", "مئة ريال"),
		("111", "مئة وأحد عشر ريالاً"),
		("1000", "ألف ريال"),
		("1001", "ألف ريال وريال"),
		("3000", "ثلاثة آلاف ريال"),
		("11000", "أحد عشر ألف ريال"),
		("200000", "مئتا ألف ريال"),
		("2000200", "مليونان ومئتا ريال"),
		("5000000000", "خمسة مليارات ريال"),
		("1234567", "مليون ومئتان وأربعة وثلاثون ألفاً وخمسمئة وسبعة وستون ريالاً"),
	],
)
def test_amounts_in_plain_riyals(amount: str, expected: str) -> None:
	assert counted(int(amount), RIYAL) == expected


def test_an_amount_beyond_all_names_is_refused() -> None:
	assert amount_in_words(Decimal("999999999999999.99")).startswith("تسعمئة وتسعة وتسعون تريليوناً")
	with pytest.raises(ValueError, match="too large"):
		amount_in_words(Decimal(10) ** 15)


@pytest.mark.parametrize(
	("code", "amount", "expected"),
	[
		("USD", "1", "دولار أمريكي واحد"),
		("USD", "2", "دولاران أمريكيان"),
		("USD", "3.10", "ثلاثة دولارات أمريكية وعشرة سنتات"),
		("USD", "1250.75", "ألف ومئتان وخمسون دولاراً أمريكياً وخمسة وسبعون سنتاً"),
		("USD", "200", "مئتا دولار أمريكي"),
		("EUR", "2", "يوروان"),
		("EUR", "5", "خمسة يورو"),
		("EUR", "21.02", "واحد وعشرون يورو وسنتان"),
		("AED", "7.25", "سبعة دراهم إماراتية وخمسة وعشرون فلساً"),
		("QAR", "102.03", "مئة ريال قطري وريالان قطريان وثلاثة دراهم"),
		("KWD", "1.25", "دينار كويتي واحد ومئتان وخمسون فلساً"),
		("KWD", "11.005", "أحد عشر ديناراً كويتياً وخمسة فلوس"),
		("BHD", "3.001", "ثلاثة دنانير بحرينية وفلس واحد"),
		("OMR", "2.003", "ريالان عُمانيان وثلاث بيسات"),
		("OMR", "0.011", "إحدى عشرة بيسة"),
		("GBP", "10.99", "عشرة جنيهات إسترلينية وتسعة وتسعون بنساً"),
		("KWD", "0", "صفر دينار كويتي"),
		("INR", "1250.50", "ألف ومئتان وخمسون INR و50/100"),
		("JPY", "200", "مئتان JPY"),
		("JPY", "0", "صفر JPY"),
		("INR", "-3.05", "سالب ثلاثة INR و05/100"),
	],
)
def test_other_currencies(code: str, amount: str, expected: str) -> None:
	assert amount_in_words(Decimal(amount), code) == expected


def test_a_third_decimal_is_rounded_half_up_where_the_currency_has_two() -> None:
	assert amount_in_words(Decimal("1.005"), "USD") == "دولار أمريكي واحد وسنت واحد"
	assert amount_in_words(Decimal("1.0005"), "KWD") == "دينار كويتي واحد وفلس واحد"


@pytest.mark.parametrize("currency", CURRENCIES.values())
def test_no_form_of_a_currency_is_left_out(currency: Currency) -> None:
	for noun in (currency.whole, currency.part):
		assert noun.two.split()[0].endswith("ان") and noun.one and noun.few and noun.many
