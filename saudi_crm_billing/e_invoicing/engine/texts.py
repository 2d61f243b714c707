"""Every text the engine can say, by code, and the terms in them: English, then Arabic; `{names}` are parameters."""

from __future__ import annotations

from saudi_crm_billing.e_invoicing.engine.chain_texts import CHAIN_TEXTS

TEXTS: dict[str, tuple[str, str]] = {
	# xml.py
	"xml-too-large": (
		"The file has {size} bytes; an invoice may have at most {limit}.",
		"حجم الملف {size} بايت، والحد الأقصى للفاتورة {limit} بايت.",
	),
	"xml-too-many-tags": (
		"The file has more than {limit} tags; no invoice needs as many.",
		"يحتوي الملف على أكثر من {limit} وسم، ولا تحتاج أي فاتورة إلى هذا العدد.",
	),
	"xml-encoding": (
		"The file is not UTF-8 text.",
		"الملف ليس نصًا بترميز UTF-8.",
	),
	"xml-doctype": (
		"The file declares a document type or entities; an invoice must not contain any.",
		"يحتوي الملف على تعريف نوع مستند أو كيانات، ولا يجوز ذلك في الفاتورة.",
	),
	"xml-malformed": (
		"The file is not well-formed XML: {reason}",
		"الملف ليس بصيغة XML سليمة: {reason}",
	),
	"not-an-invoice": (
		"The root element is {root}; a UBL 2.1 Invoice is needed.",
		"العنصر الجذري هو {root}، والمطلوب فاتورة بصيغة UBL 2.1.",
	),
	# model.py, totals.py and ubl.py
	"document-too-large": (
		"The e-invoice would have {size} bytes; ZATCA takes at most {limit}. Split the invoice into several.",
		"حجم الفاتورة الإلكترونية سيكون {size} بايت، والحد الأقصى لدى الهيئة {limit}. قسِّم الفاتورة إلى عدة فواتير.",
	),
	"no-lines": (
		"Invoice {number} has no lines; add at least one.",
		"الفاتورة {number} لا تحتوي على بنود؛ أضف بندًا واحدًا على الأقل.",
	),
	"text-not-xml": (
		"{field} contains a control character that XML does not allow; type it again: {value}",
		"يحتوي الحقل {field} على رمز تحكم غير مسموح به في XML؛ أعد كتابته: {value}",
	),
	"field-missing": (
		"{field} is missing.",
		"الحقل {field} مفقود.",
	),
	"transaction-code": (
		'The transaction code "{value}" must be 01 or 02, then 5 or 7 digits, each 0 or 1.',
		"رمز المعاملة «{value}» يجب أن يبدأ بـ 01 أو 02 ثم 5 أو 7 خانات قيمة كل منها 0 أو 1.",
	),
	"self-billed-export": (
		"An export cannot be self-billed. Clear Self-Billed, or correct the lines that are zero-rated as exports.",
		"لا يجوز أن تكون فاتورة التصدير فوترة ذاتية. ألغِ خيار الفوترة الذاتية، أو صحِّح البنود الخاضعة لنسبة الصفر بصفتها صادرات.",
	),
	"self-billed-simplified": (
		"A simplified invoice cannot be self-billed. Clear Self-Billed, or give the buyer its VAT number.",
		"لا يجوز أن تكون الفاتورة المبسطة فوترة ذاتية. ألغِ خيار الفوترة الذاتية، أو أضف الرقم الضريبي للمشتري.",
	),
	"charge-without-vat": (
		"Row {row} of Taxes and Charges ({name}, {amount}) bears VAT of {covered}%, but its items bear {rate}%. Put it on"
		' an item row, or place the VAT row below it with the type "On Previous Row Total" and Reference Row # {row}.',
		"السطر {row} من جدول الضرائب والرسوم ({name}، {amount}) يتحمل ضريبة بنسبة {covered}%، بينما تتحمل الأصناف {rate}%."
		" ضعه في سطر صنف، أو ضع سطر الضريبة بعده بنوع «على إجمالي السطر السابق» مع رقم سطر المرجع {row}.",
	),
	"not-a-number": (
		"{field} must be a finite decimal number, not {value}.",
		"يجب أن يكون الحقل {field} رقمًا عشريًا محددًا، وليس {value}.",
	),
	"negative-amount": (
		"{field} is {value}; amounts and quantities of a document are never negative (use a credit note).",
		"قيمة الحقل {field} هي {value}؛ لا تكون مبالغ المستند وكمياته سالبة (استخدم إشعارًا دائنًا).",
	),
	"base-quantity": (
		"The base quantity of line {line} must be above zero, not {value}.",
		"يجب أن تكون كمية الأساس للبند {line} أكبر من صفر، وليست {value}.",
	),
	"exchange-rate": (
		"A document in {currency} needs the exchange rate to SAR (above zero) for its VAT in riyals.",
		"يحتاج المستند بعملة {currency} إلى سعر الصرف مقابل الريال (أكبر من صفر) لحساب الضريبة بالريال.",
	),
	"counter": (
		"The invoice counter (ICV) must be 1 or more, not {value}.",
		"يجب أن يكون عداد الفواتير (ICV) واحدًا أو أكثر، وليس {value}.",
	),
	# qr.py
	"qr-value-too-long": (
		"QR field {tag} has {length} bytes; at most {limit} fit. Shorten it (Arabic letters take two bytes each).",
		"طول الحقل {tag} في رمز QR هو {length} بايت والحد الأقصى {limit}. اختصره (كل حرف عربي بايتان).",
	),
	"qr-tag": (
		"{tag} is not a QR field number (1 to 255).",
		"{tag} ليس رقم حقل صالحًا في رمز QR ‏(1 إلى 255).",
	),
	"qr-not-base64": (
		"The QR text cannot be read: it is not base64.",
		"تعذرت قراءة نص رمز QR: ليس بترميز base64.",
	),
	"qr-cut-short": (
		"The QR text cannot be read: it is cut short at byte {place}.",
		"تعذرت قراءة نص رمز QR: النص مبتور عند البايت {place}.",
	),
	"qr-repeated": (
		"The QR text cannot be read: field {tag} appears twice.",
		"تعذرت قراءة نص رمز QR: الحقل {tag} مكرر.",
	),
	"qr-too-long": (
		"The QR text has {length} characters; at most {limit} are allowed.",
		"طول نص رمز QR هو {length} حرفًا، والحد الأقصى {limit}.",
	),
	# keys.py and csr.py
	"key-unreadable": (
		"The private key cannot be read as an unencrypted PEM key.",
		"تعذرت قراءة المفتاح الخاص بصيغة PEM غير مشفرة.",
	),
	"key-curve": (
		"The key is not on the curve secp256k1, which ZATCA requires.",
		"المفتاح ليس على المنحنى secp256k1 الذي تشترطه هيئة الزكاة والضريبة والجمارك.",
	),
	"certificate-unreadable": (
		"The certificate cannot be read; it must be the base64 text of a DER certificate.",
		"تعذرت قراءة الشهادة؛ يجب أن تكون نص base64 لشهادة بصيغة DER.",
	),
	"key-not-of-certificate": (
		"The private key does not belong to the certificate.",
		"المفتاح الخاص لا يخص هذه الشهادة.",
	),
	"csr-missing": (
		"{field} of the certificate request is missing.",
		"الحقل {field} مفقود في طلب الشهادة.",
	),
	"csr-too-long": (
		"{field} of the certificate request has {length} characters; at most {limit} are allowed.",
		"طول الحقل {field} في طلب الشهادة {length} حرفًا، والحد الأقصى {limit}.",
	),
	"csr-vat-number": (
		"The VAT number {value} must have 15 digits, the first and the last being 3.",
		"يجب أن يتكون الرقم الضريبي {value} من 15 رقمًا يبدأ بالرقم 3 وينتهي به.",
	),
	"csr-group-unit": (
		"The VAT number belongs to a VAT group, so the organization unit must be the member's 10-digit TIN,"
		" not {value}.",
		"الرقم الضريبي لمجموعة ضريبية، فيجب أن تكون الوحدة التنظيمية الرقم المميز للعضو (10 أرقام) وليست {value}.",
	),
	"csr-serial": (
		"The unit's serial number {value} must look like 1-solution|2-model|3-serial.",
		"يجب أن يكون الرقم التسلسلي للوحدة {value} على الصورة 1-الحل|2-الطراز|3-الرقم.",
	),
	"csr-country": (
		"The country {value} must be a two-letter code such as SA.",
		"يجب أن تكون الدولة {value} رمزًا من حرفين مثل SA.",
	),
	"csr-invoice-type": (
		"The document types {value} must be 4 digits, each 0 or 1, such as 1100 for standard and simplified.",
		"يجب أن تكون أنواع المستندات {value} من 4 خانات قيمة كل منها 0 أو 1، مثل 1100 للضريبية والمبسطة.",
	),
	# signing.py: problems
	"signature-missing": (
		"The document is not signed: {part} is missing.",
		"المستند غير موقّع: الجزء {part} مفقود.",
	),
	"part-repeated": (
		"The document has {part} more than once.",
		"يحتوي المستند على الجزء {part} أكثر من مرة.",
	),
	"hash-mismatch": (
		"The document was changed after signing: its hash is {computed}, the signature covers {stated}.",
		"تغيّر المستند بعد التوقيع: بصمته {computed} بينما يغطي التوقيع {stated}.",
	),
	"signature-invalid": (
		"The digital signature does not match the document and its certificate.",
		"التوقيع الرقمي لا يطابق المستند وشهادته.",
	),
	"certificate-digest": (
		"The certificate is not the one that was signed: its digest differs.",
		"الشهادة ليست الشهادة الموقّع عليها: بصمتها مختلفة.",
	),
	"certificate-issuer": (
		"The signed issuer and serial number ({stated}) are not the certificate's ({computed}).",
		"جهة الإصدار والرقم التسلسلي الموقّعان ({stated}) لا يطابقان الشهادة ({computed}).",
	),
	"signed-properties": (
		"The signing time or the certificate's details were changed after signing: their digest differs.",
		"تغيّر وقت التوقيع أو بيانات الشهادة بعد التوقيع: البصمة مختلفة.",
	),
	"qr-missing": (
		"The document has no QR code.",
		"لا يحتوي المستند على رمز QR.",
	),
	"qr-field": (
		"QR field {tag} ({name}) is {stated}, the document says {computed}.",
		"الحقل {tag} ‏({name}) في رمز QR قيمته {stated} بينما قيمته في المستند {computed}.",
	),
	"qr-stamp-unexpected": (
		"The QR code of a standard document must not carry field 9.",
		"لا يجوز أن يحمل رمز QR في الفاتورة الضريبية الحقل 9.",
	),
	**CHAIN_TEXTS,
}

TERMS: dict[str, tuple[str, str]] = {
	"rounding": ("rounding", "التقريب"),
	"allowance": ("document discount or charge", "خصم المستند أو رسمه"),
	"prepayment": ("advance", "الدفعة المقدمة"),
	"prepayment-tax": ("VAT of the advance", "ضريبة الدفعة المقدمة"),
	"line-quantity": ("line {line}: quantity", "البند {line}: الكمية"),
	"line-price": ("line {line}: price", "البند {line}: السعر"),
	"line-rate": ("line {line}: VAT rate", "البند {line}: نسبة الضريبة"),
	"line-allowance": ("line {line}: discount or charge", "البند {line}: الخصم أو الرسم"),
	"line-net": ("line {line}: net amount", "البند {line}: المبلغ الصافي"),
	"category-taxable": (
		"taxable amount of category {category}",
		"المبلغ الخاضع للضريبة من الفئة {category}",
	),
	"qr-1": ("seller name", "اسم البائع"),
	"qr-2": ("VAT number", "الرقم الضريبي"),
	"qr-3": ("date and time", "التاريخ والوقت"),
	"qr-4": ("amount payable", "المبلغ المستحق"),
	"qr-5": ("VAT total", "إجمالي الضريبة"),
	"qr-6": ("invoice hash", "بصمة الفاتورة"),
	"qr-7": ("signature", "التوقيع"),
	"qr-8": ("public key", "المفتاح العام"),
	"qr-9": ("certificate's signature", "توقيع الشهادة"),
	"csr-common_name": ("common name", "الاسم الشائع"),
	"csr-organization": ("organization", "المنشأة"),
	"csr-organization_unit": ("organization unit", "الوحدة التنظيمية"),
	"csr-vat_number": ("VAT number", "الرقم الضريبي"),
	"csr-serial_number": ("serial number of the unit", "الرقم التسلسلي للوحدة"),
	"csr-location": ("location (short address)", "الموقع (العنوان المختصر)"),
	"csr-industry": ("industry", "النشاط"),
	"csr-invoice_type": ("document types", "أنواع المستندات"),
	"csr-country": ("country", "الدولة"),
}
