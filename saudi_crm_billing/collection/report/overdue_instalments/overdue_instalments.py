"""Overdue instalments by customer, with their age: reads only, and only what the user's permissions leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.core.doctype.user_permission.user_permission import get_user_permissions
from frappe.utils import getdate

from saudi_crm_billing.collection.engine.messages import Owed, totals
from saudi_crm_billing.collection.engine.steps import BUCKETS, ageing_bucket, days_past_due, is_overdue
from saudi_crm_billing.collection.planning import LOG
from saudi_crm_billing.instalments.balances import open_instalments

Row = dict[str, Any]


def execute(
	filters: dict[str, Any] | None = None,
) -> tuple[list[Row], list[Row], str | None, Row | None, list[Row]]:
	chosen = frappe._dict(filters or {})
	if not chosen.company:
		frappe.throw(_("Choose a company."))
	day = getdate(chosen.as_on)
	owed = permitted(chosen.company, overdue(chosen.company, day, chosen.customer))
	rows = [_row(one, day) for one in owed]
	_add_names_and_reminders(rows)
	return columns(), rows, _message(day), _chart(rows), _summary(owed, rows)


def overdue(company: str, day: date, customer: str | None) -> list[Owed]:
	found = open_instalments(company, day, [customer] if customer else None)
	late = [row for row in found if is_overdue(row.due_date, day)]
	return sorted(late, key=lambda row: (row.due_date, row.customer, row.sales_invoice, row.number))


def permitted(company: str, rows: Iterable[Owed]) -> list[Owed]:
	"""Only rows of a company and of customers that the user may see, by roles and user permissions."""
	companies = [allowed["doc"] for allowed in get_user_permissions().get("Company", [])]
	if companies and company not in companies:
		frappe.throw(_("You have no permission for company {0}.").format(company), frappe.PermissionError)
	rows = list(rows)
	customers: set[str] = set()
	for batch in frappe.utils.create_batch(sorted({row.customer for row in rows}), 1000):
		filters = {"name": ("in", batch)}
		customers.update(frappe.get_list("Customer", filters, pluck="name", limit_page_length=0))
	return [row for row in rows if row.customer in customers]


def _row(owed: Owed, day: date) -> Row:
	days = days_past_due(owed.due_date, day)
	return {
		"customer": owed.customer,
		"sales_invoice": owed.sales_invoice,
		"plan": owed.plan,
		"number": owed.number,
		"due_date": owed.due_date,
		"days_past_due": days,
		"bucket": ageing_bucket(days),
		"outstanding": float(owed.outstanding),
		"currency": owed.currency,
	}


def _add_names_and_reminders(rows: list[Row]) -> None:
	customers = sorted({row["customer"] for row in rows})
	invoices = sorted({row["sales_invoice"] for row in rows})
	names = dict(_pairs("Customer", "name", customers, "customer_name"))
	reminded: dict[tuple[str, int], tuple[date, str]] = {}
	for invoice, number, run_date, state in _last_reminders(invoices):
		reminded[invoice, number] = (run_date, state)
	for row in rows:
		row["customer_name"] = names.get(row["customer"])
		last = reminded.get((row["sales_invoice"], row["number"]), (None, None))
		row["last_reminded"], row["reminder_state"] = last


def _pairs(doctype: str, key: str, names: list[str], field: str) -> list[tuple[str, str]]:
	table = frappe.qb.DocType(doctype)
	found: list[tuple[str, str]] = []
	for batch in frappe.utils.create_batch(names, 1000):
		found += frappe.qb.from_(table).select(table[key], table[field]).where(table[key].isin(batch)).run()
	return found


def _last_reminders(invoices: list[str]) -> list[tuple[str, int, date, str]]:
	"""Oldest first, so that the last one of an instalment wins."""
	log = frappe.qb.DocType(LOG)
	found: list[tuple[str, int, date, str]] = []
	for batch in frappe.utils.create_batch(invoices, 1000):
		query = frappe.qb.from_(log).select(log.sales_invoice, log.number, log.run_date, log.state)
		found += query.where(log.sales_invoice.isin(batch)).orderby(log.run_date).orderby(log.step).run()
	return found


def columns() -> list[Row]:
	return [
		_column("customer", _("Customer"), "Link", "Customer", 140),
		_column("customer_name", _("Customer Name"), "Data", None, 170),
		_document_column("sales_invoice", _("Sales Invoice"), "Sales Invoice", 200),
		_column("number", _("Instalment"), "Int", None, 110),
		_column("due_date", _("Due Date"), "Date", None, 120),
		_column("days_past_due", _("Days past due"), "Int", None, 130),
		_column("bucket", _("Ageing"), "Data", None, 90),
		_column("outstanding", _("Outstanding"), "Currency", "currency", 140),
		_column("last_reminded", _("Last reminded"), "Date", None, 130),
		_column("reminder_state", _("Reminder"), "Data", None, 110),
		_document_column("plan", _("Instalment Plan"), "Instalment Plan", 210),
		{**_column("currency", _("Currency"), "Link", "Currency", 70), "hidden": 1},
	]


def _document_column(fieldname: str, label: str, doctype: str, width: int) -> Row:
	"""A link for those who may open it, else its name: core refuses a report that links to what may not be read."""
	readable = frappe.has_permission(doctype, "read")
	return _column(fieldname, label, "Link" if readable else "Data", doctype if readable else None, width)


def _column(fieldname: str, label: str, fieldtype: str, options: str | None, width: int) -> Row:
	return {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": fieldtype,
		"options": options,
		"width": width,
	}


def _message(day: date) -> str | None:
	if day == getdate():
		return None
	return _("Days are counted to {0}; outstanding amounts are those of now.").format(
		frappe.utils.format_date(day)
	)


def bucket_names() -> list[str]:
	return [ageing_bucket(upper) for upper in (*BUCKETS, BUCKETS[-1] + 1)]


def _chart(rows: list[Row]) -> Row | None:
	if len({row["currency"] for row in rows}) != 1:
		return None
	sums = {name: sum(row["outstanding"] for row in rows if row["bucket"] == name) for name in bucket_names()}
	values = list(sums.values())
	return {
		"data": {"labels": list(sums), "datasets": [{"name": _("Outstanding"), "values": values}]},
		"type": "bar",
		"colors": ["#c4554d"],
		"fieldtype": "Currency",
		"options": "currency",
		"currency": rows[0]["currency"],
	}


def _summary(owed: list[Owed], rows: list[Row]) -> list[Row]:
	counts = [
		{"label": _("Customers"), "value": len({row["customer"] for row in rows}), "datatype": "Int"},
		{"label": _("Overdue instalments"), "value": len(rows), "datatype": "Int"},
	]
	return counts + [
		{
			"label": _("Overdue"),
			"value": float(amount),
			"datatype": "Currency",
			"currency": currency,
			"indicator": "Red",
		}
		for currency, amount in totals(owed).items()
	]
