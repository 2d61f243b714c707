"""Rules on the cryptographic stamp of simplified invoices; the signature itself is checked elsewhere."""

from __future__ import annotations

from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import Element, filled, text_of, value
from saudi_crm_billing.e_invoicing.engine.rules.rule import Rule, rule, simplified
from saudi_crm_billing.e_invoicing.engine.rules.view import View

STAMP = "urn:oasis:names:specification:ubl:signature:"

RULES: list[Rule] = []


@rule(
	RULES,
	"BR-KSA-60",
	WARNING,
	"/",
	when=simplified,
	at="cac:Signature",
	en="The simplified invoice carries no cryptographic stamp (KSA-15). Sign it, and add cac:Signature.",
	ar="لا تحمل الفاتورة المبسطة ختمًا تشفيريًا (KSA-15). وقِّعها وأضِف العنصر cac:Signature.",
)
def stamp_missing(view: View, invoice: Element) -> bool:
	return not view.filled("cac:Signature")


def _stamped(view: View) -> tuple[Element, ...]:
	"""The attachments that the rules on the stamp look at: all but the previous invoice's hash."""
	attached = view.nodes("cac:AdditionalDocumentReference/cac:Attachment")
	parents = ((node, node.parent) for node in attached)
	return tuple(node for node, parent in parents if parent is not None and value(parent, "cbc:ID") != "PIH")


def _says(view: View, path: str, expected: str) -> bool:
	said = view.once((path, "said"), lambda: {text_of(node).strip() for node in view.nodes(path)})
	return expected in said


@rule(
	RULES,
	"BR-KSA-28",
	ERROR,
	_stamped,
	when=simplified,
	en=f"The signature information of the stamp is not identified as {STAMP}1. Sign the invoice again.",
	ar=f"معرّف معلومات التوقيع في الختم التشفيري ليس {STAMP}1. أعد توقيع الفاتورة.",
)
def stamp_information(view: View, attachment: Element) -> bool:
	if not filled(attachment, "cbc:EmbeddedDocumentBinaryObject"):
		return True
	return not _says(view, "sac:SignatureInformation/cbc:ID", f"{STAMP}1")


@rule(
	RULES,
	"BR-KSA-29",
	WARNING,
	_stamped,
	when=simplified,
	en=f"The stamp and its reference are not both identified as {STAMP}Invoice. Sign the invoice again.",
	ar=f"معرّف الختم التشفيري أو مرجعه ليس {STAMP}Invoice. أعد توقيع الفاتورة.",
)
def stamp_reference(view: View, attachment: Element) -> bool:
	return not (
		_says(view, "cac:Signature/cbc:ID", f"{STAMP}Invoice")
		and _says(view, "sac:SignatureInformation/sbc:ReferencedSignatureID", f"{STAMP}Invoice")
	)


@rule(
	RULES,
	"BR-KSA-30",
	ERROR,
	_stamped,
	when=simplified,
	en="The method of the stamp is not urn:oasis:names:specification:ubl:dsig:enveloped:xades. Write it into "
	"cac:Signature/cbc:SignatureMethod.",
	ar="طريقة الختم التشفيري ليست urn:oasis:names:specification:ubl:dsig:enveloped:xades. اكتبها في العنصر "
	"cac:Signature/cbc:SignatureMethod.",
)
def stamp_method(view: View, attachment: Element) -> bool:
	if not filled(attachment, "cbc:EmbeddedDocumentBinaryObject"):
		return True
	expected = "urn:oasis:names:specification:ubl:dsig:enveloped:xades"
	return not _says(view, "cac:Signature/cbc:SignatureMethod", expected)
