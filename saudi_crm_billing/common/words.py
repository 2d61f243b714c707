"""Amounts in Arabic words, with the noun's grammar.

One and two say the noun alone, 3 to 10 take the genitive plural, 11 to 99 the singular accusative, and hundreds,
thousands and above the singular genitive; duals lose their nun before the noun they belong to ("مئتا ريال").
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from saudi_crm_billing.common.money import to_decimal

AND = " و"
_CONTEXT = Context(prec=60)
LIMIT = Decimal(10) ** 15


@dataclass(frozen=True)
class Noun:
	"""A counted noun in the forms that numbers ask for; `feminine` is the gender of its singular."""

	one: str
	two: str
	few: str
	many: str
	feminine: bool = False


@dataclass(frozen=True)
class Currency:
	"""`digits`: how many decimals its part has; 3 where a thousand of them make one."""

	whole: Noun
	part: Noun
	digits: int = 2


def _adjective(singular: str, two: str, few: str, many: str, of: Noun) -> Noun:
	"""A currency's noun with its country's name, which agrees with it in each form."""
	return Noun(
		f"{of.one} {singular}", f"{of.two} {two}", f"{of.few} {few}", f"{of.many} {many}", of.feminine
	)


RIYAL = Noun("ريال", "ريالان", "ريالات", "ريالاً")
DIRHAM = Noun("درهم", "درهمان", "دراهم", "درهماً")
DINAR = Noun("دينار", "ديناران", "دنانير", "ديناراً")
DOLLAR = Noun("دولار", "دولاران", "دولارات", "دولاراً")
POUND = Noun("جنيه", "جنيهان", "جنيهات", "جنيهاً")
EURO = Noun("يورو", "يوروان", "يورو", "يورو")
HALALA = Noun("هللة", "هللتان", "هللات", "هللة", feminine=True)
FILS = Noun("فلس", "فلسان", "فلوس", "فلساً")
BAISA = Noun("بيسة", "بيستان", "بيسات", "بيسة", feminine=True)
CENT = Noun("سنت", "سنتان", "سنتات", "سنتاً")
PENNY = Noun("بنس", "بنسان", "بنسات", "بنساً")

CURRENCIES = {
	"SAR": Currency(_adjective("سعودي", "سعوديان", "سعودية", "سعودياً", RIYAL), HALALA),
	"QAR": Currency(_adjective("قطري", "قطريان", "قطرية", "قطرياً", RIYAL), DIRHAM),
	"OMR": Currency(_adjective("عُماني", "عُمانيان", "عُمانية", "عُمانياً", RIYAL), BAISA, 3),
	"AED": Currency(_adjective("إماراتي", "إماراتيان", "إماراتية", "إماراتياً", DIRHAM), FILS),
	"KWD": Currency(_adjective("كويتي", "كويتيان", "كويتية", "كويتياً", DINAR), FILS, 3),
	"BHD": Currency(_adjective("بحريني", "بحرينيان", "بحرينية", "بحرينياً", DINAR), FILS, 3),
	"USD": Currency(_adjective("أمريكي", "أمريكيان", "أمريكية", "أمريكياً", DOLLAR), CENT),
	"EUR": Currency(EURO, CENT),
	"GBP": Currency(_adjective("إسترليني", "إسترلينيان", "إسترلينية", "إسترلينياً", POUND), PENNY),
}

SCALES = (
	(10**12, Noun("تريليون", "تريليونان", "تريليونات", "تريليوناً")),
	(10**9, Noun("مليار", "ملياران", "مليارات", "ملياراً")),
	(10**6, Noun("مليون", "مليونان", "ملايين", "مليوناً")),
	(10**3, Noun("ألف", "ألفان", "آلاف", "ألفاً")),
)
DUALS = ("مئتان", *(scale.two for _, scale in SCALES))
HUNDREDS = ("", "مئة", "مئتان", "ثلاثمئة", "أربعمئة", "خمسمئة", "ستمئة", "سبعمئة", "ثمانمئة", "تسعمئة")
TENS = ("", "", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون")
BEFORE_MASCULINE = ("", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة")
BEFORE_FEMININE = ("", "واحدة", "اثنتان", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر")
FEMININE_BEFORE_TENS = {1: "إحدى", 8: "ثمانٍ"}
TEENS_MASCULINE = {11: "أحد عشر", 12: "اثنا عشر"}
TEENS_FEMININE = {11: "إحدى عشرة", 12: "اثنتا عشرة"}


def amount_in_words(amount: Decimal, currency: str = "SAR") -> str:
	"""`amount` in Arabic: 200 is "مئتا ريال سعودي", 0.50 is "خمسون هللة"; in whole parts of `currency` (ISO 4217).

	A currency without a name here keeps its code: 1250.50 of XXX is "ألف ومئتان وخمسون XXX و50/100". Rounded half up.
	Raises ValueError from 10**15 on.
	"""
	known = CURRENCIES.get(currency)
	digits = known.digits if known else 2
	money = to_decimal(amount).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _CONTEXT)
	if abs(money) >= LIMIT:
		raise ValueError(f"{amount} is too large to put into words")
	whole, parts = divmod(int(abs(money).scaleb(digits)), 10**digits)
	text = _named(whole, parts, known) if known else _coded(whole, parts, currency)
	return f"سالب {text}" if money < 0 else text


def _named(whole: int, parts: int, currency: Currency) -> str:
	pairs = ((whole, currency.whole), (parts, currency.part))
	return AND.join(counted(number, noun) for number, noun in pairs if number) or f"صفر {currency.whole.one}"


def _coded(whole: int, parts: int, code: str) -> str:
	text = f"{_words(whole, feminine=False) or 'صفر'} {code}"
	return f"{text}{AND}{parts:02}/100" if parts else text


def counted(number: int, noun: Noun) -> str:
	"""A positive whole `number` with its noun."""
	last = number % 100
	if number == 1:
		return f"{noun.one} {'واحدة' if noun.feminine else 'واحد'}"
	if number == 2:
		return noun.two
	if last in (1, 2):
		return f"{counted(number - last, noun)}{AND}{noun.one if last == 1 else noun.two}"
	if last == 0:
		return f"{_construct(_words(number, noun.feminine))} {noun.one}"
	return f"{_words(number, noun.feminine)} {noun.few if last <= 10 else noun.many}"


def _words(number: int, feminine: bool) -> str:
	"""`number` without a noun, its units in the form that a noun of that gender asks for."""
	parts = []
	for value, scale in SCALES:
		count, number = divmod(number, value)
		if count:
			parts.append(scale.one if count == 1 else counted(count, scale))
	hundreds, rest = divmod(number, 100)
	parts.append(HUNDREDS[hundreds])
	parts.append(_below_hundred(rest, feminine))
	return AND.join(part for part in parts if part)


def _below_hundred(number: int, feminine: bool) -> str:
	units = BEFORE_FEMININE if feminine else BEFORE_MASCULINE
	if number <= 10:
		return units[number]
	if number < 20:
		teens = TEENS_FEMININE if feminine else TEENS_MASCULINE
		ten = "عشرة" if feminine else "عشر"
		return teens.get(number, f"{units[number - 10]} {ten}")
	tens, unit_index = divmod(number, 10)
	unit = FEMININE_BEFORE_TENS.get(unit_index, units[unit_index]) if feminine else units[unit_index]
	return f"{unit}{AND}{TENS[tens]}" if unit_index else TENS[tens]


def _construct(words: str) -> str:
	"""The last word before a noun in the genitive: "مئتان" → "مئتا", "ألفاً" → "ألف"."""
	if words.endswith(DUALS):
		return words[:-1]
	return words.removesuffix("اً")
