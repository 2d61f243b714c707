"""What this app says of a draft beyond ZATCA's own rules, in words of its own."""

from __future__ import annotations

from dataclasses import dataclass

from saudi_crm_billing.e_invoicing.engine.rules import ERROR, Severity


@dataclass(frozen=True)
class OwnRemark:
	"""An English template with its parameters, and where, as in `Finding`; drafts.py translates it."""

	id: str
	template: str
	params: dict[str, object]
	where: str = ""
	severity: Severity = ERROR
