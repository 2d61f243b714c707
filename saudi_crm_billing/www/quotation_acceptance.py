"""The page behind an acceptance link; the signed token in the address is the only permission that counts."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.rate_limiter import rate_limit

from saudi_crm_billing.crm_billing.quotation_page import STATUS_CODES, view

no_cache = 1
sitemap = 0


def get_context(context: Any) -> None:
	context.no_cache = 1
	context.update(view_for_visitor())
	context.http_status_code = STATUS_CODES[context.state]
	for told in ("gone", "late"):
		context[told] = bool(frappe.form_dict.get(told))
	context.query = {key: frappe.form_dict.get(key, "") for key in ("quotation", "token")}
	# A visitor who is also logged in to the Desk must send their session's token with the form.
	context.csrf = frappe.session.data.get("csrf_token") or ""


@rate_limit(limit=120, seconds=60 * 60)
def view_for_visitor() -> dict[str, Any]:
	return view(str(frappe.form_dict.get("quotation", "")), str(frappe.form_dict.get("token", "")))
