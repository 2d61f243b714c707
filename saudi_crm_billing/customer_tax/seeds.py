"""The tax classes that every site starts with; data only. An administrator may change each of them."""

from __future__ import annotations

from typing import NamedTuple

STANDARD_CLASS = "Taxable 15%"
LEGACY_CLASS = "Legacy 5%"


class Seed(NamedTuple):
	title: str
	title_ar: str
	category: str
	rate: float = 0
	vatex_code: str | None = None
	reason_en: str | None = None
	reason_ar: str | None = None
	valid_from: str | None = None
	valid_to: str | None = None


SEEDS = (
	Seed(STANDARD_CLASS, "خاضع للضريبة 15%", "S", 15),
	# The rate from the law's first day until it rose on 1 July 2020.
	Seed(LEGACY_CLASS, "النسبة السابقة 5%", "S", 5, valid_from="2018-01-01", valid_to="2020-06-30"),
	Seed("Zero-rated export of goods", "صادرات السلع (نسبة صفرية)", "Z", 0, "VATEX-SA-32"),
	Seed("Zero-rated export of services", "صادرات الخدمات (نسبة صفرية)", "Z", 0, "VATEX-SA-33"),
	Seed("Private healthcare to citizens", "الخدمات الصحية الخاصة للمواطنين", "Z", 0, "VATEX-SA-HEA"),
	Seed("Private education to citizens", "الخدمات التعليمية الخاصة للمواطنين", "Z", 0, "VATEX-SA-EDU"),
	Seed("Medicines and medical equipment", "الأدوية والمعدات الطبية", "Z", 0, "VATEX-SA-35"),
	Seed("International transport of goods", "النقل الدولي للسلع", "Z", 0, "VATEX-SA-34-1"),
	Seed("International transport of passengers", "النقل الدولي للركاب", "Z", 0, "VATEX-SA-34-2"),
	Seed(
		"Services incidental to passenger transport",
		"خدمات مرتبطة بالنقل الدولي للركاب",
		"Z",
		0,
		"VATEX-SA-34-3",
	),
	Seed("Qualifying means of transport", "وسائل النقل المؤهلة", "Z", 0, "VATEX-SA-34-4"),
	Seed("Services for international transport", "الخدمات ذات الصلة بالنقل الدولي", "Z", 0, "VATEX-SA-34-5"),
	Seed("Qualifying metals", "المعادن المؤهلة", "Z", 0, "VATEX-SA-36"),
	Seed("Qualified military goods", "السلع العسكرية المؤهلة", "Z", 0, "VATEX-SA-MLTRY"),
	Seed("Duty-free supplies", "توريدات الأسواق الحرة", "Z", 0, "VATEX-SA-DUTYFREE"),
	Seed("Exempt financial services", "الخدمات المالية المعفاة", "E", 0, "VATEX-SA-29"),
	Seed("Exempt life insurance", "التأمين على الحياة المعفى", "E", 0, "VATEX-SA-29-7"),
	Seed("Exempt residential real estate", "العقارات السكنية المعفاة", "E", 0, "VATEX-SA-30"),
	Seed(
		"Out of scope",
		"خارج نطاق الضريبة",
		"O",
		0,
		"VATEX-SA-OOS",
		"Supply outside the scope of VAT",
		"توريد خارج نطاق ضريبة القيمة المضافة",
	),
)
