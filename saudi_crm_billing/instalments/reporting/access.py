"""What of the instalments a user may see in reports: companies and customers, by roles, user permissions and shares.

A report sums before core could filter its rows, so every query is narrowed here first.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Scope:
	"""A company's instalments that the user may see, of the customers that were asked for."""

	company: str
	customer: str | None = None
	customer_group: str | None = None
	territory: str | None = None

	def of(self, company: Term, customer: Term) -> Criterion:
		"""True of the rows within it, by their company and customer."""
		condition = _permitted(customer) & (company == self.company)
		if self.customer:
			condition &= customer == self.customer
		if self.customer_group:
			condition &= customer.isin(_customers_of("Customer Group", self.customer_group))
		if self.territory:
			condition &= customer.isin(_customers_of("Territory", self.territory))
		return condition


def scope_of(filters: frappe._dict) -> Scope:
	"""What the filters of a report ask for; refuses a company or a customer that the user may not see."""
	chosen = {name: filters.get(name) or None for name in ("customer", "customer_group", "territory")}
	if chosen["customer"]:
		frappe.has_permission("Customer", doc=chosen["customer"], throw=True)
	return Scope(_company_of(filters), **chosen)


def _company_of(filters: frappe._dict) -> str:
	frappe.has_permission(PLAN, throw=True)
	company = filters.get("company")
	if not company:
		frappe.throw(_("Choose a company."))
	allowed = _allowed("Company")
	if allowed and company not in allowed:
		frappe.throw(_("You have no permission for company {0}.").format(company), frappe.PermissionError)
	if not frappe.db.exists("Company", company):
		frappe.throw(_("There is no company {0}.").format(company))
	return str(company)


def _permitted(customer: Term) -> Criterion:
	"""True of rows whose customer the user may read."""
	condition = Criterion.all()
	if allowed := _allowed("Customer"):
		condition &= customer.isin(allowed)
	if DatabaseQuery("Customer").build_match_conditions():
		readable = frappe.get_list("Customer", fields=["name"], limit_page_length=0, run=False)
		condition &= ContainsCriterion(customer, Subselect(readable))
	return condition


def _customers_of(tree: str, node: str) -> QueryBuilder:
	"""Customers of a Customer Group or Territory and of those below it."""
	lft, rgt = frappe.get_cached_value(tree, node, ["lft", "rgt"])
	customer, group = frappe.qb.DocType("Customer"), frappe.qb.DocType(tree)
	below = frappe.qb.from_(group).select(group.name).where((group.lft >= lft) & (group.rgt <= rgt))
	return frappe.qb.from_(customer).select(customer.name).where(customer[frappe.scrub(tree)].isin(below))


def _allowed(doctype: str) -> list[str]:
	"""The documents of a doctype that user permissions leave for instalment plans; none: all."""
	return list(get_allowed_docs_for_doctype(get_user_permissions().get(doctype, []), PLAN))
