"""The certificate signing request by which a unit is onboarded.

Subject and extension are those of the accepted example in ZATCA's API documentation and of the SDK, which differ
from Table 1 of the Security Features Standard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID, ObjectIdentifier

from saudi_crm_billing.e_invoicing.engine.errors import CsrError, term
from saudi_crm_billing.e_invoicing.engine.keys import load_key

TEMPLATE_OID = ObjectIdentifier("1.3.6.1.4.1.311.20.2")
REGISTERED_ADDRESS = ObjectIdentifier("2.5.4.26")
# X.520 upper bounds; the certificate authority refuses longer names.
MAX_NAME = 64
UTF8_STRING_TAG = 0x0C
# Attributes of a subject with a form of their own, and the code of what is said of another.
FORMS = {
	"vat_number": (r"3[0-9]{13}3", "csr-vat-number"),
	"serial_number": (r"1-[^|]+\|2-[^|]+\|3-[^|]+", "csr-serial"),
	"country": (r"[A-Z]{2}", "csr-country"),
	"invoice_type": (r"[01]{4}", "csr-invoice-type"),
}


class Environment(Enum):
	"""Which ZATCA platform the certificate is for."""

	SANDBOX = "sandbox"
	SIMULATION = "simulation"
	PRODUCTION = "production"


TEMPLATES: dict[Environment, str] = {
	Environment.SANDBOX: "TSTZATCA-Code-Signing",
	Environment.SIMULATION: "PREZATCA-Code-Signing",
	Environment.PRODUCTION: "ZATCA-Code-Signing",
}


@dataclass(frozen=True)
class CsrSubject:
	"""Who asks for a certificate.

	`serial_number` is `1-solution|2-model|3-serial`; `invoice_type` four digits, standard then simplified, such
	as 1100; `location` the branch's short national address; for a VAT group (11th digit of the VAT number is 1)
	`organization_unit` is the member's 10-digit TIN.
	"""

	common_name: str
	organization: str
	organization_unit: str
	vat_number: str
	serial_number: str
	location: str
	industry: str
	invoice_type: str = "1100"
	country: str = "SA"


def make_csr(subject: CsrSubject, secret: str, environment: Environment) -> str:
	"""The signed request as PEM; `CsrError` for a subject that ZATCA would refuse."""
	check_subject(subject)
	request = (
		x509.CertificateSigningRequestBuilder()
		.subject_name(_subject_name(subject))
		.add_extension(_template(TEMPLATES[environment]), critical=False)
		.add_extension(x509.SubjectAlternativeName([x509.DirectoryName(_unit_name(subject))]), critical=False)
		.sign(load_key(secret), hashes.SHA256())
	)
	return request.public_bytes(serialization.Encoding.PEM).decode()


def check_subject(subject: CsrSubject) -> None:
	"""Raise `CsrError` for the first thing that the SDK's own checks refuse."""
	for error in subject_problems(subject).values():
		raise error


def subject_problems(subject: CsrSubject) -> dict[str, CsrError]:
	"""Everything that the SDK's own checks refuse, one reason an attribute of `subject`; empty where nothing is."""
	found = {}
	for field, value in vars(subject).items():
		if error := _length(field, value) or _form(field, value):
			found[field] = error
	group = subject.vat_number[10:11] == "1" and "vat_number" not in found
	if group and not re.fullmatch(r"[0-9]{10}", subject.organization_unit):
		found["organization_unit"] = CsrError("csr-group-unit", value=subject.organization_unit)
	return found


def _length(field: str, value: str) -> CsrError | None:
	if not value.strip():
		return CsrError("csr-missing", field=term(f"csr-{field}"))
	if field != "serial_number" and len(value) > MAX_NAME:
		return CsrError("csr-too-long", field=term(f"csr-{field}"), length=len(value), limit=MAX_NAME)
	return None


def _form(field: str, value: str) -> CsrError | None:
	pattern, code = FORMS.get(field, (".*", ""))
	return None if re.fullmatch(pattern, value, re.DOTALL) else CsrError(code, value=value)


def _subject_name(subject: CsrSubject) -> x509.Name:
	return x509.Name(
		[
			x509.NameAttribute(NameOID.COUNTRY_NAME, subject.country),
			x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, subject.organization_unit),
			x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject.organization),
			x509.NameAttribute(NameOID.COMMON_NAME, subject.common_name),
		]
	)


def _unit_name(subject: CsrSubject) -> x509.Name:
	return x509.Name(
		[
			x509.NameAttribute(NameOID.SURNAME, subject.serial_number),
			x509.NameAttribute(NameOID.USER_ID, subject.vat_number),
			x509.NameAttribute(NameOID.TITLE, subject.invoice_type),
			x509.NameAttribute(REGISTERED_ADDRESS, subject.location),
			x509.NameAttribute(NameOID.BUSINESS_CATEGORY, subject.industry),
		]
	)


def _template(name: str) -> x509.UnrecognizedExtension:
	return x509.UnrecognizedExtension(TEMPLATE_OID, bytes((UTF8_STRING_TAG, len(name))) + name.encode())
