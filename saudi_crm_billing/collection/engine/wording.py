"""The words and figures of a message in Arabic and English, whatever the language of the Desk."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum

from saudi_crm_billing.common.dates import DateOutOfRange, to_hijri
from saudi_crm_billing.common.languages import is_arabic
from saudi_crm_billing.common.money import to_money


class Language(Enum):
	ARABIC = "ar"
	ENGLISH = "en"

	@property
	def direction(self) -> str:
		return "rtl" if self is Language.ARABIC else "ltr"


LABELS = {
	Language.ARABIC: {
		"invoice": "الفاتورة",
		"instalment": "القسط",
		"down_payment": "الدفعة المقدمة",
		"due_date": "تاريخ الاستحقاق",
		"status": "الحالة",
		"amount": "المبلغ المستحق",
		"total": "الإجمالي",
		"customer": "العميل",
		"supplier": "المورد",
		"due_today": "مستحق اليوم",
		"due_tomorrow": "يستحق غدًا",
	},
	Language.ENGLISH: {
		"invoice": "Invoice",
		"instalment": "Instalment",
		"down_payment": "Down payment",
		"due_date": "Due date",
		"status": "Status",
		"amount": "Amount due",
		"total": "Total",
		"customer": "Customer",
		"supplier": "Supplier",
		"due_today": "Due today",
		"due_tomorrow": "Due tomorrow",
	},
}

MONTHS = {
	Language.ARABIC: (
		"يناير,فبراير,مارس,أبريل,مايو,يونيو,يوليو,أغسطس,سبتمبر,أكتوبر,نوفمبر,ديسمبر".split(",")
	),
	Language.ENGLISH: "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec".split(","),
}
HIJRI_MONTHS = {
	Language.ARABIC: (
		"محرم,صفر,ربيع الأول,ربيع الآخر,جمادى الأولى,جمادى الآخرة,"
		"رجب,شعبان,رمضان,شوال,ذو القعدة,ذو الحجة".split(",")
	),
	Language.ENGLISH: (
		"Muharram,Safar,Rabi I,Rabi II,Jumada I,Jumada II,"
		"Rajab,Shaban,Ramadan,Shawwal,Dhu al-Qadah,Dhu al-Hijjah".split(",")
	),
}


def language_of(reader: str | None) -> Language:
	"""The language for a user with that language of the Desk: Arabic or else English."""
	return Language.ARABIC if is_arabic(reader) else Language.ENGLISH


def languages_for(customer_language: str | None) -> tuple[Language, ...]:
	"""The customer's own language; when that is not known, both in one message, Arabic first."""
	code = (customer_language or "").lower().split("-")[0]
	return {"ar": (Language.ARABIC,), "en": (Language.ENGLISH,)}.get(
		code, (Language.ARABIC, Language.ENGLISH)
	)


def amount_text(amount: Decimal, currency: str, language: Language) -> str:
	""" "SAR 1,642.86", in Arabic "1,642.86 ريال"; other currencies keep their code."""
	figure = f"{to_money(amount):,.2f}"
	if language is Language.ENGLISH:
		return f"{currency} {figure}"
	return f"{figure} {'ريال' if currency == 'SAR' else currency}"


def date_text(day: date, language: Language) -> str:
	"""Gregorian with Hijri: "22 Nov 2026 (12 Jumada II 1448 AH)"; Gregorian alone past the Hijri tables."""
	hijri = hijri_text(day, language)
	return f"{gregorian_text(day, language)} ({hijri})" if hijri else gregorian_text(day, language)


def gregorian_text(day: date, language: Language) -> str:
	text = f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"
	return f"{text} م" if language is Language.ARABIC else text


def hijri_text(day: date, language: Language) -> str:
	"""Umm al-Qura; "" past its tables."""
	try:
		year, month, number = to_hijri(day).split("-")
	except DateOutOfRange:
		return ""
	era = "هـ" if language is Language.ARABIC else "AH"
	return f"{int(number)} {HIJRI_MONTHS[language][int(month) - 1]} {int(year)} {era}"


def instalment_text(number: int, language: Language) -> str:
	"""Instalment 0 is the down payment."""
	return LABELS[language]["down_payment"] if number == 0 else str(number)


def status_text(due_date: date, today: date, language: Language) -> str:
	"""How the due date lies to `today`: "Due in 3 days", "Due tomorrow", "Due today", "4 days overdue"."""
	days = (today - due_date).days
	if -1 <= days <= 0:
		return LABELS[language]["due_today" if days == 0 else "due_tomorrow"]
	span = days_text(abs(days), language)
	if language is Language.ARABIC:
		return f"متأخر {span}" if days > 0 else f"يستحق بعد {span}"
	return f"{span} overdue" if days > 0 else f"Due in {span}"


def days_text(days: int, language: Language) -> str:
	"""A number of days, above zero; the Arabic as after "late", in the accusative."""
	if language is Language.ENGLISH:
		return "1 day" if days == 1 else f"{days} days"
	if days in (1, 2):
		return "يومًا واحدًا" if days == 1 else "يومين"
	rest = days % 100
	if 3 <= rest <= 10:
		return f"{days} أيام"
	return f"{days} يومًا" if rest >= 11 else f"{days} يوم"
