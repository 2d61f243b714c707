"""What of the instalments a user may see in reports: companies and customers, by roles, user permissions and shares.

A report sums before core could filter its rows, so every query is narrowed here first.
"""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.core.doctype.user_permission.user_permission import get_user_permissions
from frappe.desk.reportview import build_match_conditions
from frappe.permissions import get_allowed_docs_for_doctype
from pypika.queries import QueryBuilder
from pypika.terms import ContainsCriterion, Criterion, Term

from saudi_crm_billing.compat import names_that_the_user_reads

PLAN = "Instalment Plan"


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
	condition = readable("Customer", customer)
	if allowed := _allowed("Customer"):
		condition &= customer.isin(allowed)
	return condition


def readable(doctype: str, name: Term) -> Criterion:
	"""True of rows that name a document which the user may read."""
	if not build_match_conditions(doctype):
		return Criterion.all()
	return ContainsCriterion(name, names_that_the_user_reads(doctype))


def _customers_of(tree: str, node: str) -> QueryBuilder:
	"""Customers of a Customer Group or Territory and of those below it."""
	lft, rgt = frappe.get_cached_value(tree, node, ["lft", "rgt"])
	customer, group = frappe.qb.DocType("Customer"), frappe.qb.DocType(tree)
	below = frappe.qb.from_(group).select(group.name).where((group.lft >= lft) & (group.rgt <= rgt))
	return frappe.qb.from_(customer).select(customer.name).where(customer[frappe.scrub(tree)].isin(below))


def _allowed(doctype: str) -> list[str]:
	"""The documents of a doctype that user permissions leave for instalment plans; none: all."""
	return list(get_allowed_docs_for_doctype(get_user_permissions().get(doctype, []), PLAN))
