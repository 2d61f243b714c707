"""What of the instalments a user may see in reports: companies and customers, by roles, user permissions and shares.

A report sums before core could filter its rows, so every query is narrowed here first.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.core.doctype.user_permission.user_permission import get_user_permissions
from frappe.model.db_query import DatabaseQuery
from frappe.permissions import get_allowed_docs_for_doctype
from pypika.queries import QueryBuilder
from pypika.terms import ContainsCriterion, Criterion, Term
from pypika.utils import format_alias_sql

PLAN = "Instalment Plan"


class Subselect(Term):
	"""A SELECT that the framework has already written out, in brackets."""

	def __init__(self, sql: str) -> None:
		super().__init__()
		self.sql = sql

	def get_sql(self, **kwargs: Any) -> str:
		"""With its percent signs doubled, for the driver puts values into the whole."""
		return format_alias_sql(f"({self.sql.replace('%', '%%')})", self.alias, **kwargs)


def company_of(filters: frappe._dict) -> str:
	"""The company that was chosen, if the user may see it."""
	company = filters.get("company")
	if not company:
		frappe.throw(_("Choose a company."))
	frappe.has_permission(PLAN, throw=True)
	allowed = _allowed("Company")
	if allowed and company not in allowed:
		frappe.throw(_("You have no permission for company {0}.").format(company), frappe.PermissionError)
	if not frappe.db.exists("Company", company):
		frappe.throw(_("There is no company {0}.").format(company))
	return str(company)


def permitted(customer: Term, chosen: str | None = None) -> Criterion:
	"""True of rows whose customer the user may read, and who is the `chosen` one where one is chosen."""
	condition = Criterion.all([customer == chosen] if chosen else [])
	if allowed := _allowed("Customer"):
		condition &= customer.isin(allowed)
	if DatabaseQuery("Customer").build_match_conditions():
		readable = frappe.get_list("Customer", fields=["name"], limit_page_length=0, run=False)
		condition &= ContainsCriterion(customer, Subselect(readable))
	return condition


def customers_of(tree: str, node: str) -> QueryBuilder:
	"""Customers of a Customer Group or Territory and of those below it."""
	lft, rgt = frappe.get_cached_value(tree, node, ["lft", "rgt"])
	customer, group = frappe.qb.DocType("Customer"), frappe.qb.DocType(tree)
	below = frappe.qb.from_(group).select(group.name).where((group.lft >= lft) & (group.rgt <= rgt))
	return frappe.qb.from_(customer).select(customer.name).where(customer[frappe.scrub(tree)].isin(below))


def _allowed(doctype: str) -> list[str]:
	"""The documents of a doctype that user permissions leave for instalment plans; none: all."""
	return list(get_allowed_docs_for_doctype(get_user_permissions().get(doctype, []), PLAN))
