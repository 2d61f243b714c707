"""Puts before the user, in the user's language, why a plan cannot be settled or written off."""

from __future__ import annotations

from typing import NoReturn

import frappe
from frappe import _

from saudi_crm_billing.instalments.engine.settlement import MESSAGES, SettlementError
from saudi_crm_billing.instalments.errors import InstalmentPlanError, readable


def refuse(message: str) -> NoReturn:
	frappe.throw(message, InstalmentPlanError, title=_("The plan cannot be settled"))


def refuse_settlement(error: SettlementError) -> NoReturn:
	"""The engine's message, translated; its English texts are the sources of translation."""
	refuse(_(MESSAGES[error.code]).format(**{name: readable(value) for name, value in error.params.items()}))
