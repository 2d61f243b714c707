"""What a gateway's code means for a reader, and how to mend it: facts as data, in English and Arabic.

Codes are ZATCA's own where ZATCA has one (API documentation 2.1.0, SDK R3.4.8 and field reports); codes in lower case
that begin with ``http-`` or end in ``-answer`` are this app's names for answers that carry none.
"""

from __future__ import annotations

from typing import NamedTuple


class Guidance(NamedTuple):
	"""One explanation: what happened and how to mend it, a sentence or two in each language."""

	en: str
	ar: str


NO_ANSWER = "no-answer"
UNREADABLE_ANSWER = "unreadable-answer"
CONTRADICTORY_ANSWER = "contradictory-answer"
INCOMPLETE_ANSWER = "incomplete-answer"
FOREIGN_DOCUMENT = "foreign-document"

NONE = Guidance("", "")

BUSINESS_RULE = Guidance(
	"A business rule of the e-invoicing standard is broken. Mend the data the rule names and issue a new document.",
	"خالف المستند إحدى قواعد العمل في معيار الفوترة الإلكترونية. صحّح البيانات التي تشير إليها القاعدة ثم أصدر مستندًا جديدًا.",
)
BUSINESS_RULE_WARNING = Guidance(
	"ZATCA accepted the document and warns: it does not follow a business rule. Mend the data the rule names for the "
	"next documents; this one stands.",
	"قبلت الهيئة المستند مع تحذير: المستند لا يتبع إحدى قواعد العمل. صحّح البيانات التي تشير إليها القاعدة في المستندات القادمة، أما هذا المستند فيبقى كما هو.",
)
_QR = Guidance(
	"A field of the QR code differs from the document. Do not edit the XML after signing; issue a new document.",
	"أحد حقول رمز الاستجابة السريعة لا يطابق المستند. لا تعدّل ملف XML بعد توقيعه، وأصدر مستندًا جديدًا.",
)
_HASH = Guidance(
	"The hash sent is not the hash of the document. The XML was changed after it was signed; issue a new document.",
	"بصمة المستند المرسلة لا تطابق بصمته المحسوبة، أي أن ملف XML تغيّر بعد توقيعه. أصدر مستندًا جديدًا.",
)
_SIGNATURE = Guidance(
	"The stamp does not belong to this document and certificate. Check that the unit's key and certificate belong "
	"together (onboard the unit again if not) and issue a new document.",
	"الختم لا يخص هذا المستند أو هذه الشهادة. تأكد من أن مفتاح الوحدة وشهادتها متطابقان (وأعد تهيئة الوحدة إن لم يتطابقا) ثم أصدر مستندًا جديدًا.",
)
_DUPLICATE = Guidance(
	"ZATCA already has this document: the earlier sending succeeded. Nothing is left to do.",
	"هذا المستند موجود لدى هيئة الزكاة والضريبة والجمارك، فقد نجح الإرسال السابق، ولا يلزم أي إجراء.",
)
_OTP = Guidance(
	"The one-time password is missing, wrong, used or older than one hour. Make a new one in the Fatoora portal and "
	"ask again.",
	"رمز التحقق لمرة واحدة مفقود أو خاطئ أو مستعمل أو مضى عليه أكثر من ساعة. أنشئ رمزًا جديدًا من بوابة فاتورة وأعد الطلب.",
)
_CSR = Guidance(
	"The certificate request was not accepted. Check the unit's VAT number, organisation data, serial number and "
	"document types, then make a new request.",
	"لم يُقبل طلب الشهادة. راجع الرقم الضريبي للوحدة وبيانات المنشأة والرقم التسلسلي وأنواع المستندات ثم أنشئ طلبًا جديدًا.",
)
_CCSID = Guidance(
	"The compliance certificate sent is not the one of this onboarding. Start the onboarding again with a new OTP.",
	"شهادة الامتثال المرسلة لا تخص عملية التهيئة هذه. ابدأ التهيئة من جديد برمز تحقق جديد.",
)
_REQUEST_ID = Guidance(
	"The compliance request number is missing or belongs to another onboarding. Start the onboarding again.",
	"رقم طلب الامتثال مفقود أو يخص عملية تهيئة أخرى. ابدأ التهيئة من جديد.",
)

_NO_GATEWAY = Guidance(
	"The address asked is not that of ZATCA's gateway. Check the unit's environment and Gateway Address, and any proxy "
	"between this server and ZATCA. The document waits; it was not rejected.",
	"العنوان المطلوب ليس عنوان بوابة الهيئة. تحقق من بيئة الوحدة وعنوان البوابة فيها ومن أي خادم وسيط بين هذا الخادم "
	"والهيئة. المستند في الانتظار ولم يُرفض.",
)

GUIDANCE: dict[str, Guidance] = {
	"missing-otp": _OTP,
	"invalid-otp": _OTP,
	"missing-csr": _CSR,
	"invalid-csr": _CSR,
	"missing-compliancesteps": Guidance(
		"Not every sample document was accepted yet. Send the remaining compliance documents, then ask again.",
		"لم تُقبل بعد جميع مستندات الامتثال المطلوبة. أرسل المستندات المتبقية ثم أعد الطلب.",
	),
	"missing-currentccsid": _CCSID,
	"invalid-currentccsid": _CCSID,
	"missing-compliance_request_id": _REQUEST_ID,
	"invalid-compliance_request_id": _REQUEST_ID,
	"missing-compliancerequestid": _REQUEST_ID,
	"invalid-compliancerequestid": _REQUEST_ID,
	"incorrect-compliancerequestid": _REQUEST_ID,
	"not_compliant": Guidance(
		"The renewed certificate is not active yet: send the compliance documents with the certificate that came back, "
		"then ask for the production certificate.",
		"الشهادة المجددة غير مفعّلة بعد. أرسل مستندات الامتثال بالشهادة المستلمة ثم اطلب شهادة الإنتاج.",
	),
	"invalid-invoice-hash": _HASH,
	"invoicehash-errors": _HASH,
	"xsd_zatca_valid": Guidance(
		"The document follows UBL 2.1 in ZATCA's profile.",
		"المستند مطابق لمخطط UBL 2.1 المعتمد من الهيئة.",
	),
	"xsd_zatca_invalid": Guidance(
		"The document is not valid UBL 2.1 in ZATCA's profile. Mend the element the message names and issue a new "
		"document.",
		"المستند لا يطابق مخطط UBL 2.1 المعتمد من الهيئة. صحّح العنصر المذكور في الرسالة ثم أصدر مستندًا جديدًا.",
	),
	"qrcode_invalid": _QR,
	"invalid-digital-signature": _SIGNATURE,
	"signature-method": _SIGNATURE,
	"certificate-hashing": _SIGNATURE,
	"signed-properties-hashing": _SIGNATURE,
	"certificate-permissions": Guidance(
		"The seller's VAT number is not the one in the unit's certificate. Use the unit of the right company, or "
		"correct the company's VAT number, and issue a new document.",
		"الرقم الضريبي للبائع يختلف عن الرقم المسجل في شهادة الوحدة. استخدم وحدة الشركة الصحيحة أو صحّح الرقم الضريبي للشركة ثم أصدر مستندًا جديدًا.",
	),
	"duplicate-invoice": _DUPLICATE,
	"clearance-off": Guidance(
		"ZATCA has switched clearance off. Report this document instead.",
		"أوقفت الهيئة خدمة الاعتماد مؤقتًا. أبلغ عن هذا المستند بدلًا من اعتماده.",
	),
	"clearance-on": Guidance(
		"Clearance is switched on for this document. Send it for clearance, not for reporting.",
		"خدمة الاعتماد مفعّلة لهذا المستند. أرسله للاعتماد لا للإبلاغ.",
	),
	NO_ANSWER: Guidance(
		"No answer came from the gateway; the document may or may not have arrived. It is sent again unchanged.",
		"لم يصل رد من البوابة، وقد يكون المستند وصل أو لم يصل. سيُعاد إرساله كما هو دون تغيير.",
	),
	UNREADABLE_ANSWER: Guidance(
		"The answer cannot be read, so nothing is known about the document. It is sent again unchanged. If this goes on, "
		"look for a proxy or firewall between this server and ZATCA.",
		"تعذّرت قراءة الرد، فلا يُعرف مصير المستند. سيُعاد إرساله كما هو. إن تكرر ذلك فتحقق من وجود وسيط أو جدار حماية بين الخادم والهيئة.",
	),
	CONTRADICTORY_ANSWER: Guidance(
		"The answer contradicts itself, so nothing is concluded from it. The document is sent again unchanged.",
		"الرد متناقض فلا يُستنتج منه شيء. سيُعاد إرسال المستند كما هو دون تغيير.",
	),
	INCOMPLETE_ANSWER: Guidance(
		"The answer says yes but lacks what it should bring. The request is sent again unchanged.",
		"الرد بالقبول لكنه ناقص المحتوى. سيُعاد إرسال الطلب كما هو دون تغيير.",
	),
	FOREIGN_DOCUMENT: Guidance(
		"The answer brings the stamped XML of another document, so it is not taken. The document is sent again "
		"unchanged; if this comes again, something between this server and ZATCA mixes answers up.",
		"تضمّن الرد ملف XML مختومًا لمستند آخر فلم يُعتمد. سيُعاد إرسال المستند كما هو دون تغيير، وإن تكرر ذلك فثمة "
		"وسيط بين هذا الخادم والهيئة يخلط بين الردود.",
	),
	"http-401": Guidance(
		"The gateway did not accept the unit's certificate and secret. Check that the unit is onboarded in this "
		"environment and that its certificate has not expired or been revoked. The document waits; it was not rejected.",
		"لم تقبل البوابة شهادة الوحدة أو رمزها السري. تأكد من تهيئة الوحدة في هذه البيئة ومن أن شهادتها سارية وغير ملغاة. المستند في الانتظار ولم يُرفض.",
	),
	"http-403": Guidance(
		"The gateway refused access. Check the unit's certificate, the environment and the server's address with ZATCA. "
		"The document waits; it was not rejected.",
		"منعت البوابة الوصول. تحقق من شهادة الوحدة والبيئة وعنوان الخادم لدى الهيئة. المستند في الانتظار ولم يُرفض.",
	),
	"http-404": _NO_GATEWAY,
	"http-405": _NO_GATEWAY,
	"http-406": Guidance(
		"The gateway does not support the API version asked for. Update this app. The document waits; it was not rejected.",
		"لا تدعم البوابة إصدار الواجهة المطلوب. حدّث هذا التطبيق. المستند في الانتظار ولم يُرفض.",
	),
	"http-407": Guidance(
		"A proxy on the way asks for a login. Set the server's proxy up. The document waits; it was not rejected.",
		"يطلب خادم وسيط تسجيل الدخول. اضبط إعدادات الوسيط في الخادم. المستند في الانتظار ولم يُرفض.",
	),
	"http-413": Guidance(
		"The document is larger than the gateway takes (about 10 MB). Shorten or divide the invoice and issue a new "
		"document.",
		"حجم المستند أكبر مما تقبله البوابة (نحو 10 ميجابايت). اختصر الفاتورة أو قسّمها ثم أصدر مستندًا جديدًا.",
	),
	"http-429": Guidance(
		"Too many requests in a short time. The document is sent again later, unchanged.",
		"عدد الطلبات كبير في وقت قصير. سيُعاد إرسال المستند لاحقًا دون تغيير.",
	),
	"http-5xx": Guidance(
		"The gateway failed; the document may still have been accepted. It is sent again unchanged.",
		"تعطلت البوابة، وقد يكون المستند قُبل رغم ذلك. سيُعاد إرساله كما هو دون تغيير.",
	),
	"http-unexpected": Guidance(
		"The gateway answered in a way the API does not describe. Nothing is concluded from it; the document is sent "
		"again unchanged. Check the gateway's address if this goes on.",
		"ردّت البوابة بما لا تصفه الواجهة، فلا يُستنتج منه شيء. سيُعاد إرسال المستند كما هو. إن تكرر ذلك فتحقق من عنوان البوابة.",
	),
}


def explain(code: str, category: str = "") -> Guidance:
	"""The guidance for a code, else for its category, else for the family it belongs to, else two empty texts.

	Case is ignored: the gateway writes its own codes in several ways.
	"""
	code, category = code.strip().lower(), category.strip().lower()
	return GUIDANCE.get(code) or GUIDANCE.get(category) or _family(code)


def _family(code: str) -> Guidance:
	if code.endswith("qrcode_invalid"):
		return _QR
	if code.startswith("br-"):
		return BUSINESS_RULE
	return NONE
