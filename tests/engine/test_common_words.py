"""Arabic amounts: the reference vectors, and one case for every form a noun can take."""

from __future__ import annotations

from decimal import Decimal

import pytest

from saudi_crm_billing.common.words import RIYAL, amount_in_words


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
	assert amount_in_words(Decimal(amount), RIYAL) == expected


def test_an_amount_beyond_all_names_is_refused() -> None:
	assert amount_in_words(Decimal("999999999999999.99")).startswith("تسعمئة وتسعة وتسعون تريليوناً")
	with pytest.raises(ValueError, match="too large"):
		amount_in_words(Decimal(10) ** 15)
