"""The guards of a Sales Invoice: it has a sale, the sale's customer, and says what was agreed. Inert by default."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import factories as make
import pytest
from crm_billing_helpers import submitted_quotation


def settings(**values: Any) -> Any:
	return make.insert("SCB Billing Settings", company=make.COMPANY, link_days=14, **values)


def order_invoice(**order: Any) -> Any:
	"""A draft invoice made from a submitted order."""
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	document = make.a_sales_order(**order).insert()
	document.submit()
	return make_sales_invoice(document.name).insert()


def test_without_settings_any_invoice_can_be_submitted(site: ModuleType) -> None:
	invoice = make.a_sales_invoice().insert()
	invoice.submit()
	assert invoice.docstatus == 1


def test_an_invoice_without_sale_is_refused_where_one_is_required(site: ModuleType) -> None:
	settings(require_source=1)
	invoice = make.a_sales_invoice().insert()
	with pytest.raises(site.ValidationError, match=f"Sales Invoice {invoice.name} is not linked to a sale"):
		invoice.submit()


def test_an_invoice_without_sale_is_accepted_where_none_is_required(site: ModuleType) -> None:
	settings(require_source=0)
	invoice = make.a_sales_invoice().insert()
	invoice.submit()
	assert invoice.docstatus == 1


def test_an_order_and_a_quotation_are_sources(site: ModuleType) -> None:
	settings(require_source=1)
	of_order = order_invoice()
	of_order.submit()
	of_quotation = make.a_sales_invoice(scb_quotation=submitted_quotation().name).insert()
	of_quotation.submit()
	assert (of_order.docstatus, of_quotation.docstatus) == (1, 1)


def test_cores_own_mapping_names_the_quotation(site: ModuleType) -> None:
	from erpnext.selling.doctype.quotation.quotation import make_sales_invoice

	quotation = submitted_quotation()
	assert make_sales_invoice(quotation.name).scb_quotation == quotation.name


def test_a_credit_note_needs_no_sale_of_its_own(site: ModuleType) -> None:
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	invoice = make.a_sales_invoice().insert()
	invoice.submit()
	settings(require_source=1)
	note = make_sales_return(invoice.name).insert()
	note.submit()
	assert note.docstatus == 1


def test_an_invoice_to_another_customer_is_refused(site: ModuleType) -> None:
	settings(same_customer=1)
	quotation = submitted_quotation()
	other = make.a_customer("Hijaz Trading")
	invoice = make.a_sales_invoice(customer=other, scb_quotation=quotation.name).insert()
	with pytest.raises(
		site.ValidationError, match=f"is for customer <strong>{other}</strong>, but Quotation"
	):
		invoice.submit()
	invoice.reload().update({"customer": make.a_customer(), "customer_name": None})
	invoice.save()
	invoice.submit()
	assert invoice.docstatus == 1


def test_an_invoice_to_another_customer_passes_where_that_is_allowed(site: ModuleType) -> None:
	settings(same_customer=0)
	quotation = submitted_quotation()
	invoice = make.a_sales_invoice(customer=make.a_customer("Hijaz Trading"), scb_quotation=quotation.name)
	invoice.insert().submit()
	assert invoice.docstatus == 1


def test_a_lead_that_became_a_customer_is_the_same_customer(site: ModuleType) -> None:
	settings(same_customer=1)
	lead = make.insert("Lead", lead_name="Abdullah", company_name="Tabuk Stones")
	customer = make.a_customer("Tabuk Stones", lead_name=lead.name)
	quotation = submitted_quotation(quotation_to="Lead", party_name=lead.name)
	invoice = make.a_sales_invoice(customer=customer, scb_quotation=quotation.name).insert()
	invoice.submit()
	assert invoice.docstatus == 1


def changed_rate() -> Any:
	invoice = order_invoice(items=[make.line(qty=2, rate=1000)])
	invoice.items[0].rate = invoice.items[0].price_list_rate = 900
	invoice.save()
	return invoice


def test_a_difference_from_the_order_is_reported(site: ModuleType) -> None:
	settings(on_difference="Warn")
	invoice = changed_rate()
	site.clear_messages()
	invoice.submit()
	messages = str(site.get_message_log())
	assert "Line 1, Rate: ordered 1000, invoiced 900" in messages


def test_a_difference_from_the_order_can_be_refused(site: ModuleType) -> None:
	settings(on_difference="Refuse")
	invoice = changed_rate()
	with pytest.raises(site.ValidationError, match="differs from what was ordered"):
		invoice.submit()


def test_a_difference_can_be_ignored_and_the_same_is_no_difference(site: ModuleType) -> None:
	ignoring = settings(on_difference="Ignore")
	changed_rate().submit()
	ignoring.db_set("on_difference", "Refuse")
	site.clear_document_cache("SCB Billing Settings", make.COMPANY)
	invoice = order_invoice()
	invoice.submit()
	assert invoice.docstatus == 1


def test_the_comparison_for_the_form(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import api

	invoice = changed_rate()
	assert api.compare_with_order(invoice.name) == [
		{"line": 1, "field": "Rate", "ordered": "1000", "invoiced": "900"}
	]
	site.set_user(make.a_user("seller@example.com", "Sales User"))
	with pytest.raises(site.PermissionError):
		api.compare_with_order(invoice.name)


def test_who_may_not_read_the_order_is_not_told_what_it_says(site: ModuleType) -> None:
	from frappe.permissions import add_permission

	from saudi_crm_billing.crm_billing import api

	invoice = changed_rate()
	make.insert("Role", role_name="Invoice Reader")
	add_permission("Sales Invoice", "Invoice Reader", 0)
	site.set_user(make.a_user("reader@example.com", "Invoice Reader"))
	site.get_doc("Sales Invoice", invoice.name).check_permission("read")
	with pytest.raises(site.PermissionError):
		api.compare_with_order(invoice.name)
