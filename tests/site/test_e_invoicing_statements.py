"""What the app adds to a Sales Invoice's insert, submit and commit: a bounded number of statements, whatever its size."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import customer_tax_helpers as tax
import e_invoicing_helpers as zatca
import factories as make
import instalments_helpers as instalments
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from statements import called_by_the_app, statements_of_the_app

__all__ = ["gateway", "sandbox", "unit"]

# Of an invoice with a plan, a tax class, an e-invoice and the guards of billing; of one in a company without any.
# What follows a plan (requests, notes, a quote, write-offs) asks nothing of one that has none of them.
ALL_SET_UP, NOTHING_SET_UP = 33, 8


def saved(frappe: ModuleType, invoice: Document) -> Document:
	invoice.insert()
	invoice.submit()
	frappe.db.commit()
	return invoice


def an_invoice(lines: int, instalment_count: int) -> Document:
	items = [make.line(make.an_item(f"SCB-MANY-{number}"), rate=100 + number) for number in range(lines)]
	plan = instalments.a_template(f"SCB Many {instalment_count}", instalment_count=instalment_count)
	return zatca.an_invoice(zatca.a_business(), items, taxes=[], scb_plan_template=plan)


@pytest.fixture
def company(site: ModuleType, unit: Document) -> str:
	"""Set up for all that the app does at a Sales Invoice."""
	tax.enable_tax_classes(vat_account=zatca.vat_account())
	make.insert("SCB Billing Settings", company=make.COMPANY, same_customer=1, on_difference="Refuse")
	return str(make.COMPANY)


def test_neither_lines_nor_instalments_add_statements(
	site: ModuleType, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
	few, many = an_invoice(10, 3), an_invoice(50, 24)
	for size in ((10, 3), (50, 24)):
		saved(site, an_invoice(*size))
	with statements_of_the_app(site, monkeypatch) as of_few:
		saved(site, few)
	with statements_of_the_app(site, monkeypatch) as of_many:
		saved(site, many)
	assert (len(many.items), len(many.payment_schedule)) == (50, 24)
	assert many.scb_zatca_document
	assert sorted(of_few) == sorted(of_many)
	assert len(of_many) <= ALL_SET_UP, of_many


def test_a_company_that_has_set_nothing_up_pays_a_few_questions(
	site: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
	saved(site, zatca.an_invoice(zatca.a_business()))
	invoice = zatca.an_invoice(zatca.a_business())
	with statements_of_the_app(site, monkeypatch) as found:
		saved(site, invoice)
	assert len(found) <= NOTHING_SET_UP, found
	assert all(statement.startswith("select") for statement in found)


def test_no_company_is_saved_and_no_cache_but_the_invoices_is_cleared(
	site: ModuleType, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
	"""ERPNext itself writes the month's sales on the Company; the app does not."""
	cleared: list[Any] = []
	forget = site.clear_document_cache

	def forgetting(doctype: str, name: str | None = None) -> None:
		if called_by_the_app():
			cleared.append((doctype, name))
		forget(doctype, name)

	invoice = an_invoice(2, 3)
	monkeypatch.setattr(site, "clear_cache", lambda *arguments, **options: cleared.append("everything"))
	monkeypatch.setattr(site, "clear_document_cache", forgetting)
	with statements_of_the_app(site, monkeypatch) as found:
		saved(site, invoice)
	assert {entry[0] for entry in cleared} <= {"Sales Invoice", "Instalment Plan"}, cleared
	assert not [one for one in found if one.startswith("update `tabcompany`")]
	assert [one for one in found if one.startswith("update `tabzatca unit counter`")]
