"""What is wrong with a document: hash, signature, QR, certificate and business rules, in the gateway's own codes.

The order of the chain is not among them: the real gateway takes documents in any order, `SandboxState.breaks` audits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from saudi_crm_billing.e_invoicing.engine import rules
from saudi_crm_billing.e_invoicing.engine.errors import Problem, UnreadableInvoice
from saudi_crm_billing.e_invoicing.engine.signing import verify
from saudi_crm_billing.sandbox.documents import Facts, Payload, read_facts
from saudi_crm_billing.sandbox.messages import Remark
from saudi_crm_billing.sandbox.state import IssuedCsid

HASHING, SIGNATURE = "INVOICE_HASHING_ERRORS", "SIGNATURE_ERRORS"
CERTIFICATE, QR, XSD = "CERTIFICATE_ERRORS", "QRCODE_VALIDATION", "XSD validation"

_CODES: dict[str, tuple[str, str]] = {
	"hash-mismatch": ("invalid-invoice-hash", HASHING),
	"certificate-digest": ("certificate-hashing", CERTIFICATE),
	"certificate-issuer": ("certificate-hashing", CERTIFICATE),
	"signed-properties": ("signed-properties-hashing", SIGNATURE),
}
_QR_FIELDS = {
	1: "sellerName",
	2: "sellerVatNumber",
	3: "timestamp",
	4: "invoiceTotal",
	5: "vatTotal",
	6: "invoiceHash",
	7: "signature",
	8: "publicKey",
	9: "certificateSignature",
}


@dataclass(frozen=True)
class Inspection:
	"""The result; without `facts` the document could not be read at all."""

	facts: Facts | None
	errors: tuple[Remark, ...] = ()
	warnings: tuple[Remark, ...] = ()


def inspect(payload: Payload, caller: IssuedCsid, now: datetime, arabic: bool = False) -> Inspection:
	"""Everything that the gateway would say about a document sent by `caller` at `now`."""
	try:
		facts = read_facts(payload.xml)
		problems = verify(payload.xml)
	except UnreadableInvoice as error:
		text = error.message_ar if arabic else error.message_en
		return Inspection(None, (Remark("ERROR", "XSD_ZATCA_INVALID", XSD, text),))
	remarks = [
		*_body_against_document(payload, facts),
		*_certificate(facts, caller),
		*_signature(facts, problems, arabic),
		*_rules(payload.xml, now, arabic),
	]
	return Inspection(
		facts,
		tuple(remark for remark in remarks if remark.type == "ERROR"),
		tuple(remark for remark in remarks if remark.type == "WARNING"),
	)


def _error(code: str, category: str, message: str) -> Remark:
	return Remark("ERROR", code, category, message)


def _body_against_document(payload: Payload, facts: Facts) -> Iterator[Remark]:
	if payload.invoice_hash != facts.invoice_hash:
		text = "The invoice hash API body does not match the (calculated) Hash of the XML"
		yield _error("invalid-invoice-hash", HASHING, text)
	if payload.uuid != facts.uuid:
		yield _error(
			"invalid-uuid", "INVOICE_ERRORS", "The uuid of the API body does not match the UUID of the XML"
		)


def _certificate(facts: Facts, caller: IssuedCsid) -> Iterator[Remark]:
	if facts.seller_vat != caller.subject.vat_number:
		text = "User only allowed to use the vat number that exists in the authentication certificate"
		yield _error("certificate-permissions", CERTIFICATE, text)
	if facts.certificate and facts.certificate not in {csid.certificate for csid in caller.lineage()}:
		yield _error(
			"invalid-digital-signature", SIGNATURE, "The document is signed with another certificate"
		)
	position = {"01": 0, "02": 1}.get(facts.subtype)
	if position is not None and caller.subject.invoice_type[position] != "1":
		yield _error(
			"certificate-permissions", CERTIFICATE, "The certificate does not allow this type of document"
		)


def _signature(facts: Facts, problems: tuple[Problem, ...], arabic: bool) -> Iterator[Remark]:
	"""A standard document may come unsigned: clearance puts ZATCA's own stamp on it."""
	if facts.subtype == "01" and not facts.certificate:
		return
	for problem in problems:
		code, category = _code(problem)
		yield _error(code, category, problem.message_ar if arabic else problem.message_en)


def _code(problem: Problem) -> tuple[str, str]:
	if problem.code == "qr-field":
		tag = problem.params["tag"]
		return (f"{_QR_FIELDS[tag] if isinstance(tag, int) else ''}_QRCODE_INVALID", QR)
	if problem.code.startswith("qr-"):
		return ("QRCODE_INVALID", QR)
	return _CODES.get(problem.code, ("invalid-digital-signature", SIGNATURE))


def _rules(xml: bytes, now: datetime, arabic: bool) -> Iterator[Remark]:
	for finding in rules.check(xml, now):
		category = "KSA" if finding.id.startswith("BR-KSA") else "EN_16931"
		text = finding.message_ar if arabic else finding.message_en
		yield Remark(finding.severity.upper(), finding.id, category, text)
