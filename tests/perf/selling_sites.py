"""The sites on which submitting is measured: the same company, buyer and ten-line orders, with and without the app."""

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


@dataclass(frozen=True)
class Variant:
	"""A site, how it is set up (once; twice does no harm), and what its orders say beside their lines."""

	name: str
	site: str
	prepare: Callable[[], None]
	order_values: Callable[[], dict[str, Any]]


def variants(bare: str, inert: str, app: str) -> tuple[Variant, ...]:
	"""ERPNext alone; the app installed on a site whose company has set nothing up; everything set up and on."""
	return (
		Variant("bare ERPNext", bare, prepare_selling, taxed_by_hand),
		Variant("app, nothing set up", inert, prepare_selling, taxed_by_hand),
		Variant("app, all set up", app, prepare_everything, with_plan),
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
	"""A buyer registered for VAT with its national address, items, and VAT of 15 %."""
	zatca.a_business()
	zatca.vat_account()
	for number in range(LINES):
		make.an_item(f"SCB-PERF-{number}")
	frappe.db.commit()


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
	instalments.a_template()
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
	return {"scb_plan_template": instalments.PLAN}


def draft_invoice(variant: Variant) -> Document:
	"""An invoice not yet inserted, made as ERPNext makes it from an order of its own."""
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	lines = [make.line(f"SCB-PERF-{n}", qty=n + 1, rate=99.95 + n) for n in range(LINES)]
	order = make.a_sales_order(
		zatca.a_business(), lines, disable_rounded_total=1, **variant.order_values()
	).insert()
	order.submit()
	frappe.db.commit()
	return make_sales_invoice(order.name)


def forget_jobs(site: str) -> None:
	"""Take the jobs of this site from the bench's queue: nothing that was measured is to be sent."""
	for job in get_queue("short").jobs:
		if job.kwargs.get("site") == site:
			job.delete()
