"""Puts the engine's refusals before the user, in the user's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import fmt_money, formatdate

from saudi_crm_billing.instalments.engine.refusal import Refusal
from saudi_crm_billing.instalments.engine.schedule import PlanError


class InstalmentPlanError(frappe.ValidationError):
	"""A plan that cannot be made, or that a document cannot carry."""


def refuse(message: str) -> NoReturn:
	"""Stop with a message that says what, where and how to mend."""
	frappe.throw(message, InstalmentPlanError, title=_("Instalment plan cannot be made"))


def refuse_terms(error: PlanError) -> NoReturn:
	refuse(translated(error))


def translated(error: Refusal) -> str:
	"""The engine's message; its English texts are the sources of translation."""
	return _(error.messages[error.code]).format(
		**{name: readable(value) for name, value in error.params.items()}
	)


def readable(value: object) -> str:
	if isinstance(value, Decimal):
		return fmt_money(value, precision=2)
	return formatdate(value) if isinstance(value, date) else str(value)
