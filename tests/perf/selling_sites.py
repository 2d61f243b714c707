"""The sites on which submitting is measured: the same company, buyer, ten-line orders and twelve due dates on each.

Bare ERPNext gets its due dates from a Payment Terms Template, the app from an instalment plan.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import e_invoicing_helpers as zatca
import factories as make
import frappe
import instalments_helpers as instalments
from frappe.model.document import Document
from frappe.utils.background_jobs import get_queue

LINES = 10
DUE_DATES = 12
TERMS = "SCB Perf Twelve Months"


@dataclass(frozen=True)
class Variant:
	"""A site, how it is set up (once; twice does no harm), and what its orders say beside their lines."""

	name: str
	site: str
	prepare: Callable[[], None]
	order_values: Callable[[], dict[str, Any]]
	invoice_values: dict[str, Any]


def variants(bare: str, inert: str, app: str) -> tuple[Variant, ...]:
	"""ERPNext alone; the app installed on a site whose company has set nothing up; everything set up and on."""
	by_terms = {"payment_terms_template": TERMS}
	return (
		Variant("bare ERPNext", bare, prepare_selling, taxed_by_hand, by_terms),
		Variant("app, nothing set up", inert, prepare_selling, taxed_by_hand, by_terms),
		Variant("app, all set up", app, prepare_everything, with_plan, {}),
	)


@contextmanager
def connected(site: str) -> Iterator[None]:
	"""Connect as a production site does: in developer mode Frappe loads all hooks anew at every use."""
	bench = Path(os.environ.get("FRAPPE_BENCH") or Path.home() / "frappe-bench")
	os.chdir(bench / "sites")
	frappe.init(site=site, sites_path=".")
	frappe.connect()
	frappe.local.conf.developer_mode = 0
	try:
		yield
	finally:
		frappe.destroy()
		gc.collect()


def prepare_selling() -> None:
	"""Seller and buyer with their national addresses, items, VAT of 15 %, and terms of twelve months."""
	zatca.a_company_address()
	zatca.a_business()
	zatca.vat_account()
	for number in range(LINES):
		make.an_item(f"SCB-PERF-{number}")
	if not frappe.db.exists("Payment Terms Template", TERMS):
		make.insert(
			"Payment Terms Template", template_name=TERMS, terms=[a_term(n) for n in range(DUE_DATES)]
		)
	frappe.db.commit()


def a_term(number: int) -> dict[str, Any]:
	"""One of twelve: 8.33 %, and what is left at the end."""
	portion = 8.33 if number < DUE_DATES - 1 else 100 - 8.33 * (DUE_DATES - 1)
	return {
		"invoice_portion": round(portion, 2),
		"due_date_based_on": "Month(s) after the end of the invoice month",
		"credit_months": number,
	}


def prepare_everything() -> None:
	"""Besides: tax classes, an onboarded unit that issues, an instalment plan, every guard of billing."""
	from saudi_crm_billing.sandbox.server import Sandbox

	zatca.a_saudi_company()
	prepare_selling()
	setup = {"company": make.COMPANY, "enabled": 1, "vat_account": zatca.vat_account()}
	insert_once("Customer Tax Setup", **setup, default_class=standard_class())
	insert_once(
		"SCB Billing Settings",
		company=make.COMPANY,
		require_source=1,
		same_customer=1,
		on_difference="Refuse",
	)
	instalments.a_template(TERMS, instalment_count=DUE_DATES)
	frappe.db.commit()
	if not frappe.db.exists("ZATCA Unit", {"company": make.COMPANY, "status": "Active"}):
		with Sandbox() as sandbox:
			zatca.an_active_unit(sandbox.base_url)
			frappe.db.commit()


def insert_once(doctype: str, company: str, **values: Any) -> None:
	if not frappe.db.exists(doctype, company):
		make.insert(doctype, company=company, **values)


def standard_class() -> str:
	return str(frappe.db.get_value("Customer Tax Class", {"category": "S", "rate": 15, "enabled": 1}))


def taxed_by_hand() -> dict[str, Any]:
	return {"taxes": [zatca.vat_row()]}


def with_plan() -> dict[str, Any]:
	"""customer_tax writes the VAT row."""
	return {"scb_plan_template": TERMS}


def draft_invoice(variant: Variant) -> Document:
	"""An invoice not yet inserted, made as ERPNext makes it from an order of its own."""
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	lines = [make.line(f"SCB-PERF-{n}", qty=n + 1, rate=99.95 + n) for n in range(LINES)]
	order = make.a_sales_order(
		zatca.a_business(), lines, disable_rounded_total=1, **variant.order_values()
	).insert()
	order.submit()
	frappe.db.commit()
	return make_sales_invoice(order.name).update(variant.invoice_values)


def forget_jobs(site: str) -> None:
	"""Take the jobs of this site from the bench's queue: nothing that was measured is to be sent."""
	for job in get_queue("short").jobs:
		if job.kwargs.get("site") == site:
			job.delete()
