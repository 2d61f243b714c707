"""When a unit's certificate ends, and who is told of it: 60, 30 and 7 days before and when it has ended, once each.

The only writer of ZATCA Expiry Notice, whose name is the unit and the number of days: the database refuses a second.
Notice, notification and mail are one transaction.
"""

from __future__ import annotations

from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import DocType
from frappe.utils import escape_html, get_datetime, get_url_to_form, now_datetime

from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.devices.unit_states import ACTIVE, EXPIRED, UNIT
from saudi_crm_billing.e_invoicing.issuing import records

NOTICE = "ZATCA Expiry Notice"
DAYS = (60, 30, 7)
ENDED = 0
ROLES = ("System Manager", "Accounts Manager")


def has_expired(unit: Document) -> bool:
	return bool(unit.certificate_expiry) and get_datetime(unit.certificate_expiry) <= now_datetime()


def days_left(unit: Document) -> int | None:
	"""Whole days until the certificate ends, negative after it; None without a certificate."""
	if not unit.certificate_expiry:
		return None
	return int((get_datetime(unit.certificate_expiry) - now_datetime()) // timedelta(days=1))


def warn_all() -> None:
	"""Daily, of units that nothing has replaced. A day on which the scheduler slept is made up for; a milestone that
	passed with it is not told of late, but the end always is."""
	latest = now_datetime() + timedelta(days=DAYS[0])
	ending = {"status": ("in", (ACTIVE, EXPIRED)), "certificate_expiry": ("<=", latest)}
	for name in frappe.get_all(UNIT, filters=ending, pluck="name"):
		try:
			_warn(frappe.get_doc(UNIT, name))
			frappe.db.commit()  # nosemgrep: one unit a transaction
		except frappe.DuplicateEntryError:
			frappe.db.rollback()  # another server's clock was first
			frappe.clear_last_message()
		except Exception:
			frappe.db.rollback()
			frappe.log_error(title=_("The end of {0}'s certificate could not be announced").format(name))
			frappe.db.commit()  # nosemgrep: keep the log entry


def responsible_users(unit: Document) -> list[str]:
	"""Enabled users of the two roles who may see the unit, by name."""
	role, user = DocType("Has Role"), DocType("User")
	rows = (
		frappe.qb.from_(user)
		.join(role)
		.on((role.parent == user.name) & (role.parenttype == "User"))
		.select(user.name)
		.distinct()
		.where(role.role.isin(ROLES) & (user.enabled == 1) & user.name.notin(["Administrator", "Guest"]))
		.orderby(user.name)
	).run(pluck=True)
	return [name for name in rows if frappe.has_permission(UNIT, "read", doc=unit, user=name)]


def _warn(unit: Document) -> None:
	left = days_left(unit)
	milestone = min((days for days in (*DAYS, ENDED) if left is not None and left < days), default=None)
	if left is None or milestone is None or frappe.db.exists(NOTICE, key := f"{unit.name}-{milestone}"):
		return
	if not (users := responsible_users(unit)):
		return  # an alert to nobody is none: tomorrow there may be somebody
	records.add(
		NOTICE,
		key,
		unit=unit.name,
		company=unit.company,
		days=milestone,
		certificate_expiry=unit.certificate_expiry,
		told="\n".join(users),
		told_on=now_datetime(),
	)
	for user in users:
		_tell(user, unit, left)


def _tell(user: str, unit: Document, left: int) -> None:
	language = frappe.db.get_value("User", user, "language") or frappe.local.lang
	subject, text = _ended(unit, language) if left < ENDED else _ends(unit, left, language)
	_notify(user, unit.name, subject, text)
	if email := frappe.db.get_value("User", user, "email"):
		_mail(email, unit.name, subject, text)


def _ended(unit: Document, language: str) -> tuple[str, str]:
	subject = _("The e-invoicing certificate of {0} has ended", lang=language).format(unit.name)
	text = _(
		"The certificate of the ZATCA Unit {0} ({1}) ended on {2}. Its invoices cannot be submitted until it is renewed."
		" Open the unit, get a one-time password (OTP) from the Fatoora portal and press Renew.",
		lang=language,
	).format(unit.name, unit.company, messages.moment(unit.certificate_expiry, language))
	return subject, text


def _ends(unit: Document, left: int, language: str) -> tuple[str, str]:
	subject = _("The e-invoicing certificate of {0} ends in {1} days", lang=language).format(unit.name, left)
	text = _(
		"The certificate of the ZATCA Unit {0} ({1}) ends on {2}. After that it can issue no e-invoice. Open the unit, get"
		" a one-time password (OTP) from the Fatoora portal and press Renew: it takes a few minutes, and the old"
		" certificate goes on issuing until the new one is there.",
		lang=language,
	).format(unit.name, unit.company, messages.moment(unit.certificate_expiry, language))
	return subject, text


def _notify(user: str, unit: str, subject: str, text: str) -> None:
	frappe.get_doc(
		{
			"doctype": "Notification Log",
			"for_user": user,
			"type": "Alert",
			"document_type": UNIT,
			"document_name": unit,
			"subject": subject,
			"email_content": text,
		}
	).insert(ignore_permissions=True)  # the scheduler tells users, as the system


def _mail(email: str, unit: str, subject: str, text: str) -> None:
	link = f'<p><a href="{get_url_to_form(UNIT, unit)}">{escape_html(unit)}</a></p>'
	try:
		frappe.sendmail(
			recipients=[email],
			subject=subject,
			message=f"<p>{escape_html(text)}</p>{link}",
			reference_doctype=UNIT,
			reference_name=unit,
		)
	except frappe.OutgoingEmailError:
		# The notification in the Desk stands all the same.
		frappe.clear_last_message()
		frappe.log_error(title=_("The end of {0}'s certificate could not be mailed").format(unit))
