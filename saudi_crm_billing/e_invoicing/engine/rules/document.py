"""Rules on the invoice itself: number, dates, type, identifiers, counter, previous hash and QR code."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from saudi_crm_billing.common.dates import RIYADH
from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	Element,
	filled,
	first,
	text_of,
	to_date,
	value,
)
from saudi_crm_billing.e_invoicing.engine.rules.rule import (
	Outcome,
	Rule,
	length,
	required,
	rule,
	simplified,
)
from saudi_crm_billing.e_invoicing.engine.rules.view import View

OBJECT = "cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ?", re.ASCII)

RULES: list[Rule] = [
	required("BR-02", WARNING, "/", "cbc:ID", "BT-1"),
	length("BR-KSA-F-06-C1", WARNING, "/", "cbc:ID", "BT-1", 127),
	required("BR-03", ERROR, "/", "cbc:IssueDate", "BT-2"),
	required("BR-04", ERROR, "/", "cbc:InvoiceTypeCode", "BT-3"),
	required("BR-05", ERROR, "/", "cbc:DocumentCurrencyCode", "BT-5"),
	required("BR-KSA-68", ERROR, "/", "cbc:TaxCurrencyCode", "BT-6"),
	length("BR-KSA-F-06-C2", WARNING, "/cbc:Note", "", "BT-22", 1000),
	length("BR-KSA-F-06-C3", WARNING, "/", "cac:OrderReference/cbc:ID", "BT-13", 127),
	length("BR-KSA-F-06-C5", WARNING, "/", "cac:ContractDocumentReference/cbc:ID", "BT-12", 127),
	required("BR-52", WARNING, "cac:AdditionalDocumentReference", "cbc:ID", "BT-122"),
]


def _references(view: View, name: str) -> list[Element]:
	"""The additional document references called ICV, PIH or QR."""
	return [node for node in view.nodes("/cac:AdditionalDocumentReference") if value(node, "cbc:ID") == name]


def _plain_attachment(reference: Element) -> bool:
	"""Whether a reference carries text that says it is plain text."""
	attached = first(reference, OBJECT)
	if attached is None:
		return False
	return bool(text_of(attached).strip()) and (attached.get("mimeCode") or "").strip() == "text/plain"


@rule(
	RULES,
	"BR-16",
	ERROR,
	"/",
	at="cac:InvoiceLine",
	en="The invoice has no line. Add at least one cac:InvoiceLine.",
	ar="لا تحتوي الفاتورة على أي بند. أضِف بندًا واحدًا على الأقل (cac:InvoiceLine).",
)
def no_line(view: View, invoice: Element) -> bool:
	return first(invoice, "cac:InvoiceLine") is None


@rule(
	RULES,
	"BR-KSA-EN16931-01",
	ERROR,
	"/",
	at="cbc:ProfileID",
	en='The business process is "{value}". Write reporting:1.0 into cbc:ProfileID.',
	ar="قيمة حقل «إجراء الأعمال» (BT-23) هي «{value}». اكتب reporting:1.0 في العنصر cbc:ProfileID.",
)
def business_process(view: View, invoice: Element) -> Outcome:
	profile = value(invoice, "cbc:ProfileID")
	return None if profile == "reporting:1.0" else {"value": profile}


@rule(
	RULES,
	"BR-KSA-03",
	ERROR,
	"/",
	at="cbc:UUID",
	en="The invoice has no valid unique identifier (KSA-1). Give it a new UUID of letters, digits and dashes.",
	ar="لا يوجد معرّف فريد صحيح للفاتورة (KSA-1). أنشئ معرّف UUID جديدًا من أحرف وأرقام وشرطات.",
)
def unique_identifier(view: View, invoice: Element) -> bool:
	# The validator looks at the first character only, and its letters include symbols.
	start = text_of(first(invoice, "cbc:UUID"))[:1]
	return not start or (start not in ".-" and unicodedata.category(start)[0] in "PZC")


@rule(
	RULES,
	"BR-KSA-33",
	ERROR,
	"/",
	at="cac:AdditionalDocumentReference",
	en="The invoice counter (KSA-16) is missing. Add the reference ICV with the counter in cbc:UUID.",
	ar="عدّاد الفواتير (KSA-16) غير موجود. أضِف المرجع ICV وضع رقم العدّاد في العنصر cbc:UUID.",
)
def counter_missing(view: View, invoice: Element) -> bool:
	return not _references(view, "ICV") or not filled(invoice, "cac:AdditionalDocumentReference/cbc:UUID")


@rule(
	RULES,
	"BR-KSA-34",
	ERROR,
	"/cac:AdditionalDocumentReference",
	at="cbc:UUID",
	en='The invoice counter (KSA-16) is "{value}". Write digits only.',
	ar="قيمة عدّاد الفواتير (KSA-16) هي «{value}». اكتب أرقامًا فقط.",
)
def counter_digits(view: View, reference: Element) -> Outcome:
	counter = text_of(first(reference, "cbc:UUID"))
	return None if re.fullmatch(r"[0-9]*", counter) else {"value": counter}


@rule(
	RULES,
	"BR-KSA-61",
	WARNING,
	"/",
	at="cac:AdditionalDocumentReference",
	en="The previous invoice hash (KSA-13) is missing. Add the reference PIH with the hash as text/plain.",
	ar="بصمة الفاتورة السابقة (KSA-13) غير موجودة. أضِف المرجع PIH مع البصمة كنص (text/plain).",
)
def previous_hash(view: View, invoice: Element) -> bool:
	return not any(_plain_attachment(reference) for reference in _references(view, "PIH"))


@rule(
	RULES,
	"BR-KSA-26",
	WARNING,
	"/cac:AdditionalDocumentReference",
	at=OBJECT,
	en="The previous invoice hash (KSA-13) is empty or not text/plain. Put the base64 SHA-256 of the previous "
	"invoice there.",
	ar="بصمة الفاتورة السابقة (KSA-13) فارغة أو ليست نصًا (text/plain). ضع فيها بصمة SHA-256 للفاتورة السابقة بترميز base64.",
)
def previous_hash_form(view: View, reference: Element) -> bool:
	is_hash = value(reference, "cbc:ID") == "PIH" and first(reference, "cac:Attachment") is not None
	return is_hash and not _plain_attachment(reference)


@rule(
	RULES,
	"BR-KSA-27",
	WARNING,
	"/",
	when=simplified,
	at="cac:AdditionalDocumentReference",
	en="The simplified invoice has no QR code (KSA-14). Add the reference QR with the code as text/plain.",
	ar="لا تحتوي الفاتورة المبسطة على رمز الاستجابة السريعة (KSA-14). أضِف المرجع QR مع الرمز كنص (text/plain).",
)
def qr_missing(view: View, invoice: Element) -> bool:
	return not any(_plain_attachment(reference) for reference in _references(view, "QR"))


@rule(
	RULES,
	"BR-CL-KSA-14",
	ERROR,
	"/cac:AdditionalDocumentReference",
	at=OBJECT,
	en="The QR code (KSA-14) has {count} characters; 1 to 1000 are allowed. Shorten the seller name in it.",
	ar="عدد أحرف رمز الاستجابة السريعة (KSA-14) هو {count}، والمسموح من 1 إلى 1000 حرف. اختصر اسم البائع فيه.",
)
def qr_length(view: View, reference: Element) -> Outcome:
	code = first(reference, OBJECT)
	if code is None or value(reference, "cbc:ID") != "QR":
		return None
	count = len(text_of(code))
	return None if 1 <= count <= 1000 else {"count": count}


@rule(
	RULES,
	"BR-KSA-70",
	ERROR,
	"/",
	at="cbc:IssueTime",
	en='The issue time (KSA-25) is "{value}". Write hh:mm:ss in Saudi time, or hh:mm:ssZ in UTC.',
	ar="وقت الإصدار (KSA-25) هو «{value}». اكتبه بصيغة hh:mm:ss بتوقيت المملكة أو hh:mm:ssZ بالتوقيت العالمي.",
)
def issue_time(view: View, invoice: Element) -> Outcome:
	written = text_of(first(invoice, "cbc:IssueTime"))
	return None if TIME.fullmatch(written) else {"value": written}


def _local(now: datetime) -> datetime:
	"""The moment of checking on a Saudi clock, without its zone; a moment without one is Saudi time."""
	return now if now.tzinfo is None else now.astimezone(RIYADH).replace(tzinfo=None)


@rule(
	RULES,
	"BR-KSA-04",
	ERROR,
	"cbc:IssueDate",
	en="The issue date {value} is in the future. Use the day of issue, at the latest today.",
	ar="تاريخ الإصدار {value} في المستقبل. استخدم تاريخ يوم الإصدار على ألا يتجاوز اليوم.",
)
def future(view: View, issued: Element) -> Outcome:
	day = to_date(text_of(issued).strip()[:10])
	if day is None or view.now is None or day <= _local(view.now).date():
		return None
	return {"value": day.isoformat()}


@rule(
	RULES,
	"BR-KSA-98",
	WARNING,
	"/",
	when=simplified,
	at="cbc:IssueDate",
	en="The simplified invoice was issued on {value}, more than 24 hours ago. Report simplified invoices within "
	"24 hours.",
	ar="صدرت الفاتورة المبسطة في {value}، أي قبل أكثر من 24 ساعة. أبلغ عن الفواتير المبسطة خلال 24 ساعة من إصدارها.",
)
def late_report(view: View, invoice: Element) -> Outcome:
	day, time = value(invoice, "cbc:IssueDate"), value(invoice, "cbc:IssueTime")
	if view.now is None or to_date(day) is None or not TIME.fullmatch(time):
		return None
	issued = datetime.fromisoformat(f"{day}T{time}".replace("Z", "+00:00"))
	late = _local(view.now) - _local(issued) > timedelta(days=1)
	return {"value": f"{day} {time}"} if late else None
