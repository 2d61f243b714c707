"""Finds or makes a company's VAT account, and proposes its tax setup; the only writer of that account."""

from __future__ import annotations

from typing import TypedDict

import frappe
from frappe import _

from saudi_crm_billing.customer_tax.seeds import STANDARD_CLASS

ACCOUNT_NAMES = ("VAT 15%", "Output VAT 15%", "Output VAT", "VAT Output", "VAT", "ضريبة القيمة المضافة")
MADE_ACCOUNT_NAME = "VAT 15%"


class Proposal(TypedDict):
	vat_account: str
	account_made: bool
	default_class: str | None


def propose(company: str) -> Proposal:
	"""A setup for the person to look at and save; it writes nothing but a missing VAT account."""
	found = find_vat_account(company)
	default_class = frappe.db.exists("Customer Tax Class", {"name": STANDARD_CLASS, "enabled": 1})
	return Proposal(
		vat_account=found or make_vat_account(company),
		account_made=not found,
		default_class=default_class,
	)


def find_vat_account(company: str) -> str | None:
	"""By its name, else the account that the company's own sales tax templates charge 15% to."""
	usable = {
		"company": company,
		"is_group": 0,
		"disabled": 0,
		"account_type": "Tax",
		"root_type": "Liability",
	}
	for name in ACCOUNT_NAMES:
		if account := frappe.db.get_value("Account", {**usable, "account_name": name}):
			return account
	used = frappe.get_all(
		"Sales Taxes and Charges",
		filters={
			"parenttype": "Sales Taxes and Charges Template",
			"charge_type": ("!=", "Actual"),
			"rate": 15,
			"account_head": ("in", frappe.get_all("Account", filters=usable, pluck="name") or [""]),
		},
		pluck="account_head",
		limit=1,
	)
	return used[0] if used else None


def make_vat_account(company: str) -> str:
	account = frappe.get_doc(
		{
			"doctype": "Account",
			"account_name": MADE_ACCOUNT_NAME,
			"company": company,
			"parent_account": parent_of_vat_account(company),
			"account_type": "Tax",
			"tax_rate": 15,
			"is_group": 0,
		}
	)
	return account.insert().name


def parent_of_vat_account(company: str) -> str:
	"""The group for duties and taxes, else the first group of liabilities below the root."""
	groups = {"company": company, "is_group": 1, "root_type": "Liability"}
	parent = frappe.db.get_value("Account", {**groups, "account_type": "Tax"}) or frappe.db.get_value(
		"Account", {**groups, "parent_account": ("is", "set")}, order_by="lft"
	)
	if not parent:
		frappe.throw(
			_(
				"{0} has no group of liability accounts for the VAT account: add one to its chart of accounts."
			).format(company)
		)
	return parent
