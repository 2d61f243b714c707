"""What a rule says when an invoice breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning"]
ERROR: Final = "error"
WARNING: Final = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
	"""One breach of one rule at one place.

	`id` is the authority's rule id (BR-CO-15, BR-KSA-40 …), `severity` the flag that its validator gives it:
	an error is rejected, a warning is accepted with a warning. `where` is an XPath below the invoice's root,
	e.g. `cac:InvoiceLine[2]/cbc:InvoicedQuantity`.
	"""

	id: str
	severity: Severity
	where: str
	message_en: str
	message_ar: str
