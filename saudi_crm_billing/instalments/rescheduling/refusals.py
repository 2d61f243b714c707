"""Puts before the user, in the user's language, why a plan cannot be changed."""

from __future__ import annotations

from typing import NoReturn

import frappe
from frappe import _

from saudi_crm_billing.instalments.engine.reschedule import RescheduleError
from saudi_crm_billing.instalments.errors import InstalmentPlanError, translated


def refuse(message: str) -> NoReturn:
	frappe.throw(message, InstalmentPlanError, title=_("The plan cannot be changed"))


def refuse_change(error: RescheduleError) -> NoReturn:
	refuse(translated(error))
