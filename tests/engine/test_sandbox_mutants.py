"""Mutated documents and certificate requests: the sandbox answers each, never with its own fault, and none slips in."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from e_invoice_samples import a_simplified_invoice, a_standard_invoice
from hypothesis import given
from hypothesis import strategies as st
from sandbox_client import NOW, OTP, a_subject

from saudi_crm_billing.e_invoicing.engine import keys
from saudi_crm_billing.e_invoicing.engine.csr import Environment, make_csr
from saudi_crm_billing.e_invoicing.engine.model import Invoice
from saudi_crm_billing.e_invoicing.engine.signing import sign
from saudi_crm_billing.e_invoicing.engine.ubl import build
from saudi_crm_billing.e_invoicing.sending.gateway import make_payload
from saudi_crm_billing.sandbox.ca import CertificateAuthority, certificate_text, token_of
from saudi_crm_billing.sandbox.documents import read_facts
from saudi_crm_billing.sandbox.messages import Request, Response
from saudi_crm_billing.sandbox.routes import Application
from saudi_crm_billing.sandbox.state import CsidKind, IssuedCsid

BASE = "/e-invoicing/core/"


@dataclass
class Bench:
	"""An application without sockets and a production certificate in it."""

	application: Application = field(
		default_factory=lambda: Application(lambda: NOW, CertificateAuthority(NOW))
	)
	key: str = field(default_factory=keys.generate_key)

	def __post_init__(self) -> None:
		request = x509.load_pem_x509_csr(make_csr(a_subject(), self.key, Environment.SANDBOX).encode())
		certificate = self.application.authority.issue(request, NOW)
		self.csid = IssuedCsid(
			CsidKind.PRODUCTION,
			"core",
			"1",
			token_of(certificate),
			"secret",
			certificate_text(certificate),
			a_subject(),
			NOW,
		)
		self.application.state.add_csid(self.csid)

	def sign(self, invoice: Invoice) -> bytes:
		return sign(build(invoice), self.key, self.csid.certificate, NOW).xml

	def send(self, path: str, body: object, method: str = "POST") -> Response:
		login = base64.b64encode(f"{self.csid.token}:{self.csid.secret}".encode()).decode()
		headers = {
			"accept-version": "V2",
			"clearance-status": "1",
			"authorization": f"Basic {login}",
			"otp": OTP,
		}
		return self.application.answer(Request(method, BASE + path, headers, json.dumps(body).encode()))

	def send_xml(self, path: str, xml: bytes) -> Response:
		"""With the hash and UUID that the document really has, so that only its inside is judged."""
		try:
			facts = read_facts(xml)
		except ValueError:
			return self.send(path, make_payload("aGFzaA==", "x", xml))
		return self.send(path, make_payload(facts.invoice_hash, facts.uuid or "x", xml))


BENCH = Bench()
REPORT, CLEAR = "invoices/reporting/single", "invoices/clearance/single"
SIMPLIFIED, STANDARD = BENCH.sign(a_simplified_invoice()), BENCH.sign(a_standard_invoice())


def test_the_unmutated_documents_are_accepted() -> None:
	assert BENCH.send_xml(REPORT, SIMPLIFIED).status == 200
	assert BENCH.send_xml(CLEAR, STANDARD).status == 200


def is_same_document(one: bytes, other: bytes) -> bool:
	"""Whether two byte strings say the same: what is hashed, and the parts that are not hashed but checked."""
	return read_facts(one).invoice_hash == read_facts(other).invoice_hash


@pytest.mark.parametrize(("path", "xml"), [(REPORT, SIMPLIFIED), (CLEAR, STANDARD)], ids=["report", "clear"])
@given(data=st.data())
def test_a_document_with_changed_bytes_is_rejected_or_the_same(
	path: str, xml: bytes, data: st.DataObject
) -> None:
	at = data.draw(st.integers(0, len(xml) - 1))
	piece = data.draw(st.binary(max_size=3) | st.sampled_from([b"<", b">", b'"', b"&", b"0", b"9", b" "]))
	mutant = xml[:at] + piece + xml[at + data.draw(st.integers(0, 40)) :]
	response = BENCH.send_xml(path, mutant)
	assert response.status in (200, 202, 208, 400, 409)
	if response.status != 400:
		assert is_same_document(mutant, xml)


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_document_with_elements_moved_or_lost_is_answered(first: int, second: int) -> None:
	lines = SIMPLIFIED.replace(b"><", b">\x00<").split(b"\x00")
	one, two = first % len(lines), second % len(lines)
	lines[one], lines[two] = lines[two], lines[one]
	moved = BENCH.send_xml(REPORT, b"".join(lines))
	lost = BENCH.send_xml(REPORT, b"".join(lines[:one] + lines[one + 1 :]))
	assert {moved.status, lost.status} <= {200, 202, 400, 409}


KEY = keys.load_key(keys.generate_key())
CSR = x509.load_pem_x509_csr(
	make_csr(
		a_subject(),
		KEY.private_bytes(
			serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
		).decode(),
		Environment.SANDBOX,
	).encode()
)


def tlv(tag: int, value: bytes) -> bytes:
	"""DER of up to 65,535 bytes, its length written as short as it can be."""
	size = len(value)
	head = (
		bytes((size,))
		if size < 128
		else bytes((0x81, size))
		if size < 256
		else b"\x82" + size.to_bytes(2, "big")
	)
	return bytes((tag,)) + head + value


def resigned(inside: bytes) -> str:
	"""A request whose inside was changed and then signed by its key: only its contents can be judged."""
	signature = KEY.sign(inside, ec.ECDSA(hashes.SHA256()))
	algorithm = bytes.fromhex("300a06082a8648ce3d040302")
	der = tlv(0x30, inside + algorithm + tlv(0x03, b"\x00" + signature))
	pem = (
		b"-----BEGIN CERTIFICATE REQUEST-----\n"
		+ base64.encodebytes(der)
		+ b"-----END CERTIFICATE REQUEST-----\n"
	)
	return base64.b64encode(pem).decode()


def test_a_request_signed_again_unchanged_is_accepted() -> None:
	assert BENCH.send("compliance", {"csr": resigned(CSR.tbs_certrequest_bytes)}).status == 200


@given(st.data())
def test_a_certificate_request_with_changed_bytes_is_answered(data: st.DataObject) -> None:
	inside = bytearray(CSR.tbs_certrequest_bytes)
	for _ in range(data.draw(st.integers(1, 3))):
		inside[data.draw(st.integers(0, len(inside) - 1))] = data.draw(st.integers(0, 255))
	response = BENCH.send("compliance", {"csr": resigned(bytes(inside))})
	assert response.status in (200, 400)
	if response.status == 400:
		assert b"Invalid-CSR" in response.body


def test_a_certificate_request_with_a_text_of_no_known_type_is_refused() -> None:
	"""The library says that with a KeyError."""
	inside = bytearray(CSR.tbs_certrequest_bytes)
	inside[18] = 0  # the ASN.1 type of the subject's first text
	response = BENCH.send("compliance", {"csr": resigned(bytes(inside))})
	assert (response.status, b"Invalid-CSR" in response.body) == (400, True)


@given(st.binary(max_size=200))
def test_any_bytes_as_a_certificate_request_are_refused(noise: bytes) -> None:
	assert BENCH.send("compliance", {"csr": base64.b64encode(noise).decode() or "x"}).status == 400
