"""What the prints of instalments share: the rows of a plan as they are printed, and who may print. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.www.printview import validate_print_permission

from saudi_crm_billing.bilingual import NOTHING, Said, said
from saudi_crm_billing.common.languages import is_arabic
from saudi_crm_billing.instalments import standing
from saudi_crm_billing.instalments.balances import LIVE
from saudi_crm_billing.instalments.engine.standing import State
from saudi_crm_billing.printing.texts import Day, amount, day


@dataclass(frozen=True)
class PrintedInstalment:
	"""`settled` by payments and credit notes together, and `written_off` beside it, empty where nothing was; `is_late` after the grace days."""

	label: Said
	due: Day
	amount: str
	settled: str
	written_off: str
	outstanding: str
	state: Said
	days_late: int
	is_late: bool


def check_may_print(doc: Document) -> None:
	"""As core checks before it prints, and with its own way for whoever was sent a print's link."""
	if not frappe.flags.ignore_print_permissions:
		validate_print_permission(doc)


def in_arabic() -> bool:
	return is_arabic(frappe.local.lang)


def refuse_print(message: str) -> NoReturn:
	frappe.throw(message, title=_("This cannot be printed"))


def label(number: int) -> Said:
	if number == 0:
		return said(lambda lang: _("Down Payment", lang=lang))
	return said(lambda lang: _("Instalment {0}", lang=lang).format(number))


def printed(row: Any, status: str, today: date) -> PrintedInstalment:
	"""`status` is the plan's: only a live one owes anything."""
	late = standing.late_days(row, status, today)
	return PrintedInstalment(
		label=label(row.number),
		due=day(row.due_date),
		amount=amount(row.amount),
		settled=amount(row.amount - row.outstanding - row.written_off) if status in LIVE else "",
		written_off=amount(row.written_off) if row.written_off else "",
		outstanding=amount(row.outstanding) if status in LIVE else "",
		state=state_text(standing.state(row, status, today)),
		days_late=late,
		is_late=late > 0,
	)


def state_text(state: State | None) -> Said:
	if state is State.WRITTEN_OFF:  # in Arabic an instalment's gender differs from a plan's
		return said(lambda lang: _("Written Off", lang=lang, context="Instalment"))
	return said(lambda lang: _(state.value, lang=lang)) if state else NOTHING
