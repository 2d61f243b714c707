"""Decides who may give how much up: a rebate within the settings' limit, a larger one and a write-off by a role."""

from __future__ import annotations

from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, fmt_money, getdate

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.four_eyes import is_own_with_others
from saudi_crm_billing.instalments.settings import settings_of

DEFAULT_ROLE = "Accounts Manager"


def check_rebate(doc: Document) -> None:
	"""The unearned margin was never owed for the time that does not pass, so it needs nobody's leave, for as many days
	as a quote usually stands: a longer one would give away margin that is earned meanwhile.
	"""
	settings = settings_of(doc.company)
	role = settings.rebate_approver or DEFAULT_ROLE
	if role in frappe.get_roles():
		return
	free = to_money(Decimal(str(settings.rebate_limit or 0)) * to_money(doc.outstanding) / 100)
	if doc.rebate_kind == "Unearned Margin":
		free = max(free, to_money(doc.unearned))
	if to_money(doc.rebate) > free:
		frappe.throw(
			_(
				"A rebate of {0} is more than the {1} that you may give. The role {2} must submit this quote."
			).format(
				fmt_money(doc.rebate, currency=doc.currency),
				fmt_money(float(free), currency=doc.currency),
				_(role),
			),
			frappe.PermissionError,
		)
	_check_span(doc, settings.quote_days or 0, role)


def _check_span(doc: Document, days: int, role: str) -> None:
	last = getdate(add_days(doc.as_of, days))
	if to_money(doc.rebate) and getdate(doc.valid_until) > last:
		frappe.throw(
			_(
				"A quote with a rebate stands until {0} at most. End it by then, or have the role {1} submit it."
			).format(frappe.format(last, "Date"), _(role)),
			frappe.PermissionError,
		)


def check_write_off(doc: Document) -> None:
	"""On submit."""
	check_write_off_role(doc)
	role = _write_off_role(doc)
	if is_own_with_others(doc, role):
		frappe.throw(
			_(
				"You drafted this write-off or saved it last. Another user with the role {0} must approve it."
			).format(_(role)),
			frappe.PermissionError,
		)


def check_write_off_role(doc: Document) -> None:
	"""On cancel, too."""
	role = _write_off_role(doc)
	if role not in frappe.get_roles():
		frappe.throw(
			_("A write-off is approved by the role {0}. You can save the draft and ask for it.").format(
				_(role)
			),
			frappe.PermissionError,
		)


def _write_off_role(doc: Document) -> str:
	return settings_of(doc.company).write_off_approver or DEFAULT_ROLE
