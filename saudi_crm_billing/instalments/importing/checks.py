"""Checks against the site what an opening import file says: customers, accounts, currencies, periods, limits. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import frappe
from erpnext.accounts.party import get_party_account
from erpnext.accounts.utils import get_fiscal_years
from erpnext.selling.doctype.customer.customer import get_credit_limit, get_customer_outstanding
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.instalments.engine.opening_findings import Finding
from saudi_crm_billing.instalments.engine.opening_model import BY_KEY, OpeningPlan
from saudi_crm_billing.instalments.importing.fields import KEY

BATCH = 500


@dataclass(frozen=True)
class Posting:
	"""A plan of the file and how it is posted: to the customer's record, in a currency that the account is kept in."""

	plan: OpeningPlan
	customer: str
	account: str
	currency: str
	rate: Decimal

	@property
	def base_owed(self) -> Decimal:
		return to_money(self.plan.owed * self.rate)


def key_of(company: str, invoice: str) -> str:
	return f"{company}|{invoice}"


def check_accounts(doc: Document) -> None:
	"""Refuse accounts of another company or kind."""
	for fieldname, kind in (("opening_account", "Balance Sheet"), ("debit_to", "Receivable")):
		if doc.get(fieldname):
			_check_account(doc, fieldname, kind)


def postings(doc: Document, plans: Sequence[OpeningPlan]) -> tuple[list[Posting], list[Finding]]:
	"""How each plan is posted; nothing of it where anything is wrong."""
	findings = [*_closed_period(doc), *_imported_already(doc, plans), *_dates(doc, plans)]
	customers, wrong = _customers(plans)
	findings += wrong
	found: list[Posting] = []
	for plan in plans:
		if customer := customers.get(plan.customer):
			posting, wrong = _posting(doc, plan, customer)
			findings += wrong
			found.append(posting)
	if not findings:
		findings += _over_limits(doc, found)
	return ([] if findings else found), sorted(findings, key=lambda finding: finding.row)


def made_already(doc: Document) -> dict[str, str]:
	"""Sales Invoice by old number, of those that this import has made."""
	filters = {"scb_opening_import": doc.name, "docstatus": 1}
	return dict(
		frappe.get_all(
			"Sales Invoice", filters, ["scb_opening_number", "name"], as_list=True, order_by="name"
		)
	)


def _check_account(doc: Document, fieldname: str, kind: str) -> None:
	account = frappe.db.get_value(
		"Account", doc.get(fieldname), ["company", "is_group", "report_type", "account_type"], as_dict=True
	)
	fits = kind in (account.report_type, account.account_type)
	if account.company != doc.company or account.is_group or not fits:
		frappe.throw(
			_("{0}: {1} is not a ledger of kind {2} of {3}.").format(
				_(doc.meta.get_label(fieldname)), doc.get(fieldname), _(kind), doc.company
			)
		)


def _closed_period(doc: Document) -> list[Finding]:
	closed = frappe.db.exists("Period Closing Voucher", {"docstatus": 1, "company": doc.company})
	return [Finding(0, "", "", "period_closed", {"company": doc.company})] if closed else []


def _imported_already(doc: Document, plans: Sequence[OpeningPlan]) -> Iterator[Finding]:
	ours = set(made_already(doc).values())
	by_key = {key_of(doc.company, plan.invoice): plan for plan in plans}
	for keys in _batches(list(by_key)):
		for key, name in frappe.get_all("Sales Invoice", {KEY: ("in", keys)}, [KEY, "name"], as_list=True):
			if name not in ours:
				plan = by_key[key]
				params = {"invoice": plan.invoice, "sales_invoice": name}
				yield _of(plan, "invoice", plan.invoice, "imported_already", params)


def _dates(doc: Document, plans: Sequence[OpeningPlan]) -> Iterator[Finding]:
	frozen = frappe.db.get_single_value("Accounts Settings", "acc_frozen_upto")
	known: dict[Any, bool] = {}
	for plan in plans:
		day = plan.posting_date
		if day not in known:
			known[day] = bool(get_fiscal_years(day, company=doc.company, boolean=True))
		if not known[day]:
			yield _of(plan, "posting_date", day.isoformat(), "no_fiscal_year", {"posting": day})
		elif frozen and day <= getdate(frozen):
			params = {"posting": day, "upto": getdate(frozen)}
			yield _of(plan, "posting_date", day.isoformat(), "books_closed", params)


def _customers(plans: Sequence[OpeningPlan]) -> tuple[dict[str, str], list[Finding]]:
	"""The record's name by what the file says: a name of a record, or a customer's name that only one has."""
	records, named = _found_customers({plan.customer for plan in plans})
	customers: dict[str, str] = {}
	findings = []
	for plan in plans:
		value = plan.customer
		candidates = [value] if value in records else named.get(value.casefold(), [])
		if len(candidates) > 1:
			params: dict[str, object] = {"count": len(candidates), "value": value}
			findings.append(_of(plan, "customer", value, "customer_ambiguous", params))
		elif not candidates:
			findings.append(_of(plan, "customer", value, "customer_unknown", {"value": value}))
		elif records[candidates[0]].disabled:
			findings.append(_of(plan, "customer", value, "customer_disabled", {"value": value}))
		else:
			customers[value] = candidates[0]
	return customers, findings


def _found_customers(values: set[str]) -> tuple[dict[str, Any], dict[str, list[str]]]:
	records: dict[str, Any] = {}
	named: dict[str, list[str]] = defaultdict(list)
	for batch in _batches(sorted(values)):
		found = frappe.get_all(
			"Customer",
			or_filters={"name": ("in", batch), "customer_name": ("in", batch)},
			fields=["name", "customer_name", "disabled"],
		)
		records |= {customer.name: customer for customer in found}
	for customer in records.values():
		named[customer.customer_name.casefold()].append(customer.name)
	return records, named


def _posting(doc: Document, plan: OpeningPlan, customer: str) -> tuple[Posting, list[Finding]]:
	company_currency = frappe.get_cached_value("Company", doc.company, "default_currency")
	currency = plan.currency or company_currency
	account = doc.debit_to or get_party_account("Customer", customer, doc.company)
	account_currency = frappe.get_cached_value("Account", account, "account_currency")
	rate = plan.rate if currency != company_currency else Decimal(1)
	posting = Posting(plan, customer, account, currency, rate or Decimal(0))
	about = {"currency": currency, "company_currency": company_currency}
	if not frappe.db.get_value("Currency", currency, "enabled", cache=True):
		return posting, [_of(plan, "currency", currency, "currency_unknown", {"value": currency})]
	if account_currency != currency:
		params = {**about, "account": account, "account_currency": account_currency}
		return posting, [_of(plan, "currency", currency, "currency_of_account", params)]
	if not rate:
		return posting, [_of(plan, "rate", "", "rate_missing", about)]
	return posting, []


def _over_limits(doc: Document, found: Sequence[Posting]) -> Iterator[Finding]:
	"""Core refuses each invoice that crosses the limit; here it is known before the first is posted."""
	made = made_already(doc)
	by_customer: dict[str, list[Posting]] = defaultdict(list)
	for posting in found:
		if posting.plan.invoice not in made:
			by_customer[posting.customer].append(posting)
	for customer, theirs in by_customer.items():
		limit = to_money(get_credit_limit(customer, doc.company) or 0)
		if limit <= 0:
			continue
		owed = to_money(get_customer_outstanding(customer, doc.company))
		owed += sum((posting.base_owed for posting in theirs), Decimal(0))
		if owed > limit:
			params = {"customer": customer, "owed": owed, "limit": limit}
			yield _of(theirs[0].plan, "customer", theirs[0].plan.customer, "over_credit_limit", params)


def _of(plan: OpeningPlan, key: str, value: str, code: str, params: dict[str, Any]) -> Finding:
	return Finding(plan.row, BY_KEY[key].en, value, code, params)


def _batches(values: Sequence[str]) -> Iterable[Sequence[str]]:
	return (values[start : start + BATCH] for start in range(0, len(values), BATCH))
