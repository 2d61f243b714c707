"""ZATCA's list of reasons for charging no VAT (VATEX codes) and the categories of VAT, as facts.

Source: ZATCA Electronic Invoice XML Implementation Standard v1.2, the code list of BT-121 (rule BR-KSA-CL-04),
and the articles of the VAT Implementing Regulations that the texts name. The invoice carries the English and
the Arabic text joined by a bar, as ZATCA's own samples do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Category(Enum):
	"""VAT category of a line: UNCL5305 codes that ZATCA allows (BR-KSA-18)."""

	STANDARD = "S"
	ZERO_RATED = "Z"
	EXEMPT = "E"
	OUT_OF_SCOPE = "O"


@dataclass(frozen=True)
class Vatex:
	"""One reason code. `free_text`: the taxpayer words the reason; `needs_national_id`: BR-KSA-49."""

	code: str
	category: Category
	text_en: str
	text_ar: str
	needs_national_id: bool = False
	free_text: bool = False


_Z, _E, _O = Category.ZERO_RATED, Category.EXEMPT, Category.OUT_OF_SCOPE

_CODES = (
	Vatex(
		"VATEX-SA-29",
		_E,
		"Financial services mentioned in Article 29 of the VAT Regulations",
		"الخدمات المالية",
	),
	Vatex(
		"VATEX-SA-29-7",
		_E,
		"Life insurance services mentioned in Article 29 of the VAT Regulations",
		"عقد تأمين على الحياة",
	),
	Vatex(
		"VATEX-SA-30",
		_E,
		"Real estate transactions mentioned in Article 30 of the VAT Regulations",
		"التوريدات العقارية المعفاة من الضريبة",
	),
	Vatex("VATEX-SA-32", _Z, "Export of goods", "صادرات السلع من المملكة"),
	Vatex("VATEX-SA-33", _Z, "Export of services", "صادرات الخدمات من المملكة"),
	Vatex("VATEX-SA-34-1", _Z, "The international transport of Goods", "النقل الدولي للسلع"),
	Vatex("VATEX-SA-34-2", _Z, "International transport of passengers", "النقل الدولي للركاب"),
	Vatex(
		"VATEX-SA-34-3",
		_Z,
		"Services directly connected and incidental to a Supply of international passenger transport",
		"الخدمات المرتبطة مباشرة أو عرضيًا بتوريد النقل الدولي للركاب",
	),
	Vatex("VATEX-SA-34-4", _Z, "Supply of a qualifying means of transport", "توريد وسائل النقل المؤهلة"),
	Vatex(
		"VATEX-SA-34-5",
		_Z,
		"Any services relating to Goods or passenger transportation, as defined in article twenty five of these Regulations",
		"الخدمات ذات الصلة بنقل السلع أو الركاب، وفقًا للتعريف الوارد بالمادة الخامسة والعشرين من اللائحة التنفيذية لنظام ضريبة القيمة المضافة",
	),
	Vatex("VATEX-SA-35", _Z, "Medicines and medical equipment", "الأدوية والمعدات الطبية"),
	Vatex("VATEX-SA-36", _Z, "Qualifying metals", "المعادن المؤهلة"),
	Vatex(
		"VATEX-SA-EDU",
		_Z,
		"Private education to citizen",
		"الخدمات التعليمية الخاصة للمواطنين",
		needs_national_id=True,
	),
	Vatex(
		"VATEX-SA-HEA",
		_Z,
		"Private healthcare to citizen",
		"الخدمات الصحية الخاصة للمواطنين",
		needs_national_id=True,
	),
	Vatex("VATEX-SA-MLTRY", _Z, "Supply of qualified military goods", "توريد السلع العسكرية المؤهلة"),
	Vatex(
		"VATEX-SA-DUTYFREE",
		_Z,
		"Qualified Supply of Goods in Duty Free area",
		"توريد السلع المؤهلة في الأسواق الحرة",
	),
	Vatex(
		"VATEX-SA-OOS",
		_O,
		"Services outside scope of tax / Not subject to VAT",
		"التوريدات غير الخاضعة للضريبة",
		free_text=True,
	),
)

VATEX: Mapping[str, Vatex] = MappingProxyType({entry.code: entry for entry in _CODES})


def needs_national_id(code: str) -> bool:
	"""Whether the buyer must be a citizen named by national ID on an invoice with this code (BR-KSA-49)."""
	entry = VATEX.get(code)
	return entry is not None and entry.needs_national_id
