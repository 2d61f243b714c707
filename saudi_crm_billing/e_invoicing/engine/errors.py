"""What can go wrong in the engine: typed exceptions and problems, each with a code, English and Arabic.

An adapter shows `message_ar` or `message_en`, as its reader's language is; `str(error)` is the English text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from saudi_crm_billing.e_invoicing.engine.texts import TERMS, TEXTS


@dataclass(frozen=True)
class Term:
	"""A parameter that has a name in both languages, such as a field; prints as English."""

	en: str
	ar: str

	def __str__(self) -> str:
		return self.en


def term(key: str, **params: object) -> Term:
	"""The term `key` of `texts.TERMS` with its parameters filled in."""
	en, ar = TERMS[key]
	return Term(en.format(**params), ar.format(**params))


def in_english(code: str, params: Mapping[str, object]) -> str:
	return TEXTS[code][0].format(**params)


def in_arabic(code: str, params: Mapping[str, object]) -> str:
	return TEXTS[code][1].format(
		**{name: value.ar if isinstance(value, Term) else value for name, value in params.items()}
	)


class EngineError(ValueError):
	"""Base of all typed errors of the e-invoicing engine; `code` is a key of `texts.TEXTS`."""

	def __init__(self, code: str, **params: object) -> None:
		self.code = code
		self.params = params
		super().__init__(self.message_en)

	@property
	def message_en(self) -> str:
		return in_english(self.code, self.params)

	@property
	def message_ar(self) -> str:
		return in_arabic(self.code, self.params)


class UnreadableInvoice(EngineError):
	"""The bytes are not an invoice, or hide something that no invoice needs."""


class InvalidInvoice(EngineError):
	"""The invoice's data cannot be made into a document."""


class QrError(EngineError):
	"""A QR code that cannot be written or read."""


class KeyOrCertificateError(EngineError):
	"""A private key or certificate that cannot be read, or of the wrong kind."""


class CsrError(EngineError):
	"""A subject that ZATCA would refuse in a certificate signing request."""


@dataclass(frozen=True)
class Problem:
	"""One part of a signed document that does not hold; `code` is a key of `texts.TEXTS`."""

	code: str
	params: Mapping[str, object] = field(default_factory=dict)

	@property
	def message_en(self) -> str:
		return in_english(self.code, self.params)

	@property
	def message_ar(self) -> str:
		return in_arabic(self.code, self.params)
