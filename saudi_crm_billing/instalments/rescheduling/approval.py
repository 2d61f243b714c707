"""Decides who may submit or undo a reschedule: the role of the company's settings, and not the one who drafted it or
saved the draft last."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.instalments.four_eyes import is_own_with_others
from saudi_crm_billing.instalments.settings import settings_of

DEFAULT_ROLE = "Accounts Manager"


def check_role(doc: Document) -> None:
	"""The Administrator may always: that account stands for the site itself."""
	role = _role(doc)
	if role not in frappe.get_roles():
		frappe.throw(
			_("A reschedule is approved by the role {0}. You can save the draft and ask for it.").format(
				_(role)
			),
			frappe.PermissionError,
		)


def check_approver(doc: Document) -> None:
	check_role(doc)
	role = _role(doc)
	if is_own_with_others(doc, role):
		frappe.throw(
			_(
				"You drafted this reschedule or saved it last. Another user with the role {0} must approve it."
			).format(_(role)),
			frappe.PermissionError,
		)


def _role(doc: Document) -> str:
	company = doc.company or frappe.db.get_value("Instalment Plan", doc.plan, "company")
	return settings_of(company).reschedule_approver or DEFAULT_ROLE
