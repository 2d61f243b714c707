"""Puts before the user, in the user's language, why a plan cannot be settled or written off."""

from __future__ import annotations

from typing import NoReturn

import frappe
from frappe import _

from saudi_crm_billing.instalments.engine.settlement import SettlementError
from saudi_crm_billing.instalments.errors import InstalmentPlanError, translated


def refuse(message: str) -> NoReturn:
	frappe.throw(message, InstalmentPlanError, title=_("The plan cannot be settled"))


def refuse_settlement(error: SettlementError) -> NoReturn:
	refuse(translated(error))
