"""Onboards the story's unit with a gateway: key, request, compliance documents, production certificate."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from saudi_crm_billing.customer_tax.engine.decision import Decision
from saudi_crm_billing.demo.documents import Slot, invoice_for
from saudi_crm_billing.demo.story import Deal, Story
from saudi_crm_billing.e_invoicing.engine import ubl
from saudi_crm_billing.e_invoicing.engine.answers import Call, classify
from saudi_crm_billing.e_invoicing.engine.csr import CsrSubject, Environment, make_csr
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.keys import generate_key
from saudi_crm_billing.e_invoicing.engine.model import (
	BillingReference,
	Invoice,
	Subtype,
	TransactionCode,
	TypeCode,
)
from saudi_crm_billing.e_invoicing.engine.signing import sign
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway, Reply, make_payload

OTP = "123345"
COMPLIANCE_KINDS = tuple(
	(subtype, kind)
	for subtype in Subtype
	for kind in (TypeCode.INVOICE, TypeCode.CREDIT_NOTE, TypeCode.DEBIT_NOTE)
)


class RegistrationError(RuntimeError):
	"""The gateway refused a step; the text carries its answer."""


@dataclass(frozen=True)
class Credentials:
	"""What a unit signs and authenticates with; never printed."""

	key_pem: str
	token: str
	secret: str
	request_id: str

	def __repr__(self) -> str:
		return "Credentials(…)"

	@property
	def certificate(self) -> str:
		return base64.b64decode(self.token).decode()


def register(gateway: Gateway, story: Story, sample: tuple[Deal, Decision], at: datetime) -> Credentials:
	"""A production certificate for the story's seller, after the six compliance documents."""
	key = generate_key()
	csr = make_csr(_subject(story), key, Environment.SANDBOX)
	compliance = _credentials(key, gateway.compliance_csid(csr, OTP))
	for document in _compliance_documents(story, sample, at):
		signed = sign(ubl.build(document), key, compliance.certificate, at)
		payload = make_payload(signed.invoice_hash, document.uuid, signed.xml)
		reply = gateway.compliance_check(compliance.token, compliance.secret, payload)
		answer = classify(Call.COMPLIANCE_CHECK, reply.http_status, reply.body)
		if not answer.accepted:
			raise RegistrationError(f"{document.number}: {reply.http_status} {reply.masked_body()[:500]}")
	production = gateway.production_csid(compliance.token, compliance.secret, compliance.request_id)
	return _credentials(key, production)


def _credentials(key: str, reply: Reply) -> Credentials:
	if reply.http_status != 200:
		raise RegistrationError(f"{reply.http_status} {reply.failure} {reply.masked_body()[:500]}")
	body = json.loads(reply.body)
	return Credentials(key, body["binarySecurityToken"], body["secret"], str(body["requestID"]))


def _subject(story: Story) -> CsrSubject:
	return CsrSubject(
		common_name="SCB-DEMO-1",
		organization=story.seller.name.split(" | ")[-1],
		organization_unit="Riyadh Branch",
		vat_number=story.seller.vat_number,
		serial_number="1-SCB|2-1.0|3-demo-1",
		location="RRRD2929",
		industry="Retail",
	)


def _compliance_documents(story: Story, sample: tuple[Deal, Decision], at: datetime) -> Iterator[Invoice]:
	deal, decision = sample
	model = invoice_for(story, deal, decision, Slot(1, FIRST_PREVIOUS_HASH, at))
	for number, (subtype, kind) in enumerate(COMPLIANCE_KINDS, 1):
		document = replace(
			model, number=f"TEST-{number}", transaction=TransactionCode(subtype), type_code=kind
		)
		if document.is_note:
			reference = BillingReference("TEST-1", at.date())
			document = replace(document, note_reason="Test", billing_references=(reference,))
		yield document
