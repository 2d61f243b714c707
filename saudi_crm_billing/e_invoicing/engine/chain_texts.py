"""What is said of a unit's chain, its breaks and what its audit finds; of the form of texts.py."""

from __future__ import annotations

CHAIN_TEXTS: dict[str, tuple[str, str]] = {
	# chain.py: breaks
	"chain-genesis": (
		"Document {icv} is the first, but its previous hash is {found} and not {expected}.",
		"المستند {icv} هو الأول، لكن البصمة السابقة فيه {found} وليست {expected}.",
	),
	"chain-gap": (
		"After counter {after} comes {icv}: counters in between are missing.",
		"يأتي العداد {icv} بعد {after}: توجد عدادات مفقودة بينهما.",
	),
	"chain-duplicate": (
		"Counter {icv} was used more than once.",
		"استُخدم العداد {icv} أكثر من مرة.",
	),
	"chain-fork": (
		"Document {icv} continues from the same document as {other} does.",
		"المستند {icv} يتفرع من المستند نفسه الذي يتبعه المستند {other}.",
	),
	"chain-broken": (
		"The previous hash of document {icv} is {found}; the hash of the document before it is {expected}.",
		"البصمة السابقة في المستند {icv} هي {found}، بينما بصمة المستند الذي قبله {expected}.",
	),
	# audit.py and stored_xml.py: findings of the chain's audit
	"audit-fork": (
		"Document {icv} names the same predecessor as {other} does: the chain forks.",
		"يشير المستند {icv} إلى المستند السابق نفسه الذي يشير إليه {other}: السلسلة متفرعة.",
	),
	"audit-same-uuid": (
		"Document {icv} has the same UUID as {other}.",
		"يحمل المستند {icv} المعرّف الفريد (UUID) نفسه الذي يحمله {other}.",
	),
	"audit-same-hash": (
		"Document {icv} has the same hash as {other}.",
		"يحمل المستند {icv} البصمة نفسها التي يحملها {other}.",
	),
	"audit-unreadable": (
		"The stored XML of document {icv} cannot be read: {reason}",
		"تعذّرت قراءة ملف XML المحفوظ للمستند {icv}: {reason}",
	),
	"audit-icv": (
		"The counter in the XML of document {icv} is {found}.",
		"العداد داخل ملف XML للمستند {icv} هو {found}.",
	),
	"audit-previous": (
		"The previous hash in the XML of document {icv} is {found}, in its record {stored}.",
		"البصمة السابقة داخل ملف XML للمستند {icv} هي {found}، وفي سجله {stored}.",
	),
	"audit-uuid": (
		"The UUID in the XML of document {icv} is {found}, in its record {stored}.",
		"المعرّف الفريد داخل ملف XML للمستند {icv} هو {found}، وفي سجله {stored}.",
	),
	"audit-qr": (
		"The QR code of document {icv} is not the one in its XML.",
		"رمز الاستجابة السريعة للمستند {icv} ليس هو الموجود في ملف XML.",
	),
	"audit-hash": (
		"The XML of document {icv} was altered: its hash is {found}, recorded was {stored}.",
		"جرى تغيير ملف XML للمستند {icv}: بصمته {found}، والمسجلة {stored}.",
	),
	"audit-certificate": (
		"Document {icv} is signed with another certificate than its unit's.",
		"المستند {icv} موقّع بشهادة غير شهادة وحدته.",
	),
	"audit-missing-named": (
		"{source} names the document {document}, which is not there any more.",
		"يشير {source} إلى المستند {document}، وهو غير موجود.",
	),
	"audit-missing-sent": (
		"The document {document} was sent to ZATCA on {moment}, and is not there any more.",
		"أُرسل المستند {document} إلى الهيئة في {moment}، وهو غير موجود.",
	),
	"audit-missing-filed": (
		"{source} names no document, but has the file of one that ZATCA accepted: {file}.",
		"لا يشير {source} إلى أي مستند، ومرفق به ملف مستند قبلته الهيئة: {file}.",
	),
	"audit-not-issued": (
		"{source} was submitted while its unit was active, and has no e-invoice.",
		"اعتُمد {source} أثناء عمل وحدته، وليست له فاتورة إلكترونية.",
	),
	"audit-signature": (
		"The signature in the XML of document {icv} does not belong to it.",
		"التوقيع داخل ملف XML للمستند {icv} لا يخصه.",
	),
	"audit-stamped-other": (
		"The XML stamped by ZATCA for document {icv} is another document's (UUID {found}, not {stored}).",
		"ملف XML المختوم من الهيئة للمستند {icv} يخص مستندًا آخر (المعرّف {found} وليس {stored}).",
	),
	"audit-stamped": (
		"The XML stamped by ZATCA for document {icv} was altered: its hash is {found}, its stamp says {stored}.",
		"جرى تغيير ملف XML المختوم من الهيئة للمستند {icv}: بصمته {found}، وختمه يذكر {stored}.",
	),
	"audit-stamped-content": (
		"The XML that ZATCA returned as the stamped one of document {icv} does not say what was issued.",
		"ملف XML الذي أعادته الهيئة مختومًا للمستند {icv} لا يطابق ما صدر.",
	),
	"audit-no-counter": (
		"The unit has documents but no counter.",
		"للوحدة مستندات وليس لها عداد.",
	),
	"audit-counter": (
		"The unit's counter stands at {stored}, but its last document has {found}: documents are missing at the end.",
		"عداد الوحدة عند {stored}، لكن آخر مستند لها يحمل {found}: توجد مستندات مفقودة في آخر السلسلة.",
	),
	"audit-counter-hash": (
		"The unit's counter keeps the hash {stored}, but its last document has {found}.",
		"تحفظ الوحدة في عدادها البصمة {stored}، لكن بصمة آخر مستند لها {found}.",
	),
}
