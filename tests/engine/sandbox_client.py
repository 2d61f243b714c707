"""A taxpayer's unit that talks to the sandbox over HTTP; reused by the sandbox's tests."""

from __future__ import annotations

import json
import urllib.request
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from e_invoice_samples import SELLER_VAT, a_credit_note, a_simplified_invoice, a_standard_invoice

from saudi_crm_billing.e_invoicing.engine import keys
from saudi_crm_billing.e_invoicing.engine.answers import Answer, Call, Csid, Outcome, classify
from saudi_crm_billing.e_invoicing.engine.csr import CsrSubject, Environment, make_csr
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.model import Invoice, Subtype, TypeCode
from saudi_crm_billing.e_invoicing.engine.signing import SignedInvoice, sign
from saudi_crm_billing.e_invoicing.engine.ubl import build
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway, Reply, make_payload
from saudi_crm_billing.sandbox.server import Sandbox

OTP = "123345"
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=timezone(timedelta(hours=3)))
TIMEOUT = (2.0, 5.0)


def a_sandbox() -> Sandbox:
	"""A sandbox whose clock stands just after the sample documents' issue."""
	return Sandbox(clock=lambda: NOW)


def a_subject(**changes: Any) -> CsrSubject:
	subject = CsrSubject(
		common_name="SCB-886431145-399999999900003",
		organization="Horizon Trading Co.",
		organization_unit="Riyadh Branch",
		vat_number=SELLER_VAT,
		serial_number="1-SCB|2-15|3-0001",
		location="RRRD2929",
		industry="Supply activities",
	)
	return replace(subject, **changes)


@dataclass
class Unit:
	"""A unit with its key; `csid` is the certificate in use, `icv` and `previous_hash` the end of its chain."""

	gateway: Gateway
	subject: CsrSubject = field(default_factory=a_subject)
	key: str = field(default_factory=keys.generate_key)
	csid: Csid | None = None
	icv: int = 0
	previous_hash: str = FIRST_PREVIOUS_HASH

	@property
	def csr(self) -> str:
		return make_csr(self.subject, self.key, Environment.SANDBOX)

	@property
	def credentials(self) -> tuple[str, str]:
		assert self.csid is not None
		return self.csid.token, self.csid.secret

	def ask_compliance(self, otp: str = OTP) -> Answer:
		return self._keep(Call.COMPLIANCE_CSID, self.gateway.compliance_csid(self.csr, otp))

	def ask_production(self) -> Answer:
		assert self.csid is not None
		reply = self.gateway.production_csid(*self.credentials, self.csid.request_id)
		return self._keep(Call.PRODUCTION_CSID, reply)

	def renew(self) -> Answer:
		return self._keep(Call.RENEWAL, self.gateway.renew(*self.credentials, self.csr, OTP))

	def check(self, document: SignedInvoice) -> Answer:
		return answer(
			Call.COMPLIANCE_CHECK, self.gateway.compliance_check(*self.credentials, payload(document))
		)

	def report(self, document: SignedInvoice) -> Answer:
		return answer(Call.REPORT, self.gateway.report(*self.credentials, payload(document)))

	def clear(self, document: SignedInvoice) -> Answer:
		return answer(Call.CLEAR, self.gateway.clear(*self.credentials, payload(document)))

	def issue(self, invoice: Invoice, **changes: Any) -> SignedInvoice:
		"""The next document of the chain, built and signed."""
		self.icv += 1
		values = {"icv": self.icv, "previous_hash": self.previous_hash, "uuid": str(uuid.uuid4()), **changes}
		document = self.sign(replace(invoice, **values))
		self.previous_hash = document.invoice_hash
		return document

	def sign(self, invoice: Invoice) -> SignedInvoice:
		return self.sign_xml(build(invoice))

	def sign_xml(self, xml: bytes) -> SignedInvoice:
		assert self.csid is not None
		return sign(xml, self.key, self.csid.certificate, NOW)

	def pass_compliance(self) -> list[Answer]:
		"""All documents of the unit's type, and then a new chain for the certificate to come."""
		answers = [
			self.check(self.issue(invoice)) for invoice in compliance_documents(self.subject.invoice_type)
		]
		self.icv, self.previous_hash = 0, FIRST_PREVIOUS_HASH
		return answers

	def _keep(self, call: Call, reply: Reply) -> Answer:
		found = answer(call, reply)
		self.csid = found.csid or self.csid
		return found


def compliance_documents(invoice_type: str = "1100") -> list[Invoice]:
	subtypes = [
		s
		for s, digit in zip((Subtype.STANDARD, Subtype.SIMPLIFIED), invoice_type, strict=False)
		if digit == "1"
	]
	documents = []
	for subtype in subtypes:
		note = a_credit_note(subtype=subtype)
		invoice = a_standard_invoice() if subtype is Subtype.STANDARD else a_simplified_invoice()
		documents += [invoice, note, replace(note, type_code=TypeCode.DEBIT_NOTE)]
	return documents


def answer(call: Call, reply: Reply) -> Answer:
	return classify(call, reply.http_status, reply.body)


def payload(document: SignedInvoice, **changes: str) -> dict[str, str]:
	"""The call's body; the UUID is read from the document unless given."""
	start = document.xml.index(b"<cbc:UUID>") + len(b"<cbc:UUID>")
	own = document.xml[start : document.xml.index(b"<", start)].decode()
	return {**make_payload(document.invoice_hash, own, document.xml), **changes}


def an_onboarded_unit(sandbox: Sandbox, environment: str = "developer-portal", **subject: Any) -> Unit:
	"""A unit with a production certificate."""
	unit = Unit(Gateway(sandbox.environment_url(environment), TIMEOUT), a_subject(**subject))
	assert unit.ask_compliance().outcome is Outcome.ACCEPTED
	assert {found.accepted for found in unit.pass_compliance()} == {True}
	assert unit.ask_production().outcome is Outcome.ACCEPTED
	return unit


def page(sandbox: Sandbox, name: str, method: str = "GET", body: object = None) -> Any:
	"""A page of the auditor, as JSON."""
	data = None if body is None else json.dumps(body).encode()
	request = urllib.request.Request(f"{sandbox.root_url}/sandbox/{name}", data, method=method)
	with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as response:
		return json.load(response)
