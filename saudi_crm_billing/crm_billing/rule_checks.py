"""What a billing rule must satisfy to be saved: sense, known fields, and rights enough to do its work."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import fmt_money

from saudi_crm_billing.crm_billing.engine.rules import Make, Operator, Trigger, fits
from saudi_crm_billing.crm_billing.matching import money

STANDARD_FIELDS = ("name", "owner", "creation", "modified_by")


def check(rule: Document) -> None:
	"""Raises ValidationError (PermissionError for the one who enables) saying what to mend."""
	check_target(rule)
	check_limits(rule)
	check_conditions(rule)
	if rule.enabled:
		check_run_as(rule)
		check_author(rule)


def check_target(rule: Document) -> None:
	if not fits(Trigger(rule.trigger), Make(rule.make)):
		frappe.throw(
			_("The trigger {0} can make a Sales Invoice only. Choose Sales Invoice.").format(
				frappe.bold(_(rule.trigger))
			)
		)


def check_limits(rule: Document) -> None:
	lowest, highest = money(rule.min_total), money(rule.max_total)
	if highest and lowest > highest:
		frappe.throw(
			_("Minimum Total {0} is above Maximum Total {1}: no sale could ever match.").format(
				fmt_money(lowest, precision=2), fmt_money(highest, precision=2)
			)
		)


def check_conditions(rule: Document) -> None:
	doctype = Trigger(rule.trigger).doctype
	meta = frappe.get_meta(doctype)
	for row in rule.conditions:
		if row.fieldname not in STANDARD_FIELDS and not meta.has_field(row.fieldname):
			frappe.throw(
				_("Condition {0}: {1} has no field {2}. Give the field's name, such as {3}.").format(
					row.idx, _(doctype), frappe.bold(row.fieldname), "status"
				)
			)
		needs_value = Operator(row.operator) not in (Operator.IS_SET, Operator.IS_NOT_SET)
		if needs_value and not (row.value or "").strip():
			frappe.throw(_("Condition {0}: give a value to compare {1} with.").format(row.idx, row.fieldname))


def check_run_as(rule: Document) -> None:
	"""The named user can do what the rule will ask."""
	if not frappe.db.get_value("User", rule.run_as, "enabled"):
		frappe.throw(_("User {0} is disabled. Choose another user to run as.").format(rule.run_as))
	if missing := missing_rights(rule, rule.run_as):
		frappe.throw(
			_("User {0} lacks: {1}. Give the user a role with these rights, or choose another user.").format(
				frappe.bold(rule.run_as), describe(missing)
			)
		)


def check_author(rule: Document) -> None:
	"""Nobody gains, by way of another user's name, a right that they do not have themselves."""
	author = frappe.session.user
	if author == "Administrator" or "System Manager" in frappe.get_roles(author):
		return
	if missing := missing_rights(rule, author):
		frappe.throw(
			_(
				"You may write this rule, but not enable it, because you yourself lack: {0}. "
				"Untick Enabled and ask someone with these rights to enable it."
			).format(describe(missing)),
			frappe.PermissionError,
		)


def missing_rights(rule: Document, user: str) -> list[tuple[str, str]]:
	"""Pairs of right and document type that `user` would need and does not have."""
	return [
		(right, doctype)
		for right, doctype in needed_rights(
			Trigger(rule.trigger), Make(rule.make), bool(rule.submit_documents)
		)
		if not frappe.has_permission(doctype, right, user=user)
	]


def needed_rights(trigger: Trigger, make: Make, submit: bool) -> list[tuple[str, str]]:
	"""Reading the source, creating all; submitting all, save the last one of a rule that leaves a draft."""
	source = "Sales Order" if trigger.doctype == "Sales Order" else "Quotation"
	needed = [("read", source), *(("create", doctype) for doctype in make.doctypes)]
	submitted = make.doctypes if submit else make.doctypes[:-1]
	return needed + [("submit", doctype) for doctype in submitted]


def describe(rights: list[tuple[str, str]]) -> str:
	return ", ".join(f"{_(right.capitalize())} {_(doctype)}" for right, doctype in rights)
