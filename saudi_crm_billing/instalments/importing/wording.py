"""Says in both languages what is wrong with an opening import file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from frappe import _

from saudi_crm_billing.bilingual import Said, said
from saudi_crm_billing.common.languages import is_arabic
from saudi_crm_billing.instalments.engine.opening_findings import MESSAGES, Finding
from saudi_crm_billing.instalments.engine.opening_model import Column


def reason(finding: Finding) -> Said:
	def text(lang: str) -> str:
		params = {name: _readable(value, lang) for name, value in finding.params.items()}
		return _(MESSAGES[finding.code], lang=lang).format(**params)

	return said(text)


def column_title(finding: Finding, lang: str) -> str:
	return _(finding.column, lang=lang) if finding.column else ""


def _readable(value: object, lang: str) -> str:
	if isinstance(value, Column):
		return value.ar if is_arabic(lang) else value.en
	if isinstance(value, Decimal):
		return f"{value:,.2f}"
	return value.isoformat() if isinstance(value, date) else str(value)
