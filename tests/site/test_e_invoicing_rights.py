"""Who may see and do what: keys nobody, units Accounts Managers, documents accounts staff, sales staff the mirror."""

from __future__ import annotations

from datetime import timedelta

import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from frappe.utils import now_datetime

from saudi_crm_billing.e_invoicing import api, tasks
from saudi_crm_billing.e_invoicing.devices import expiry, vault
from saudi_crm_billing.patches import logs_know_their_company

__all__ = ["gateway", "sandbox", "unit"]

SALES = ("e-invoice-sales@example.com", "Sales User")
CLERK = ("e-invoice-clerk@example.com", "Accounts User")
MANAGER = ("e-invoice-manager@example.com", "Accounts Manager")


def become(user: tuple[str, str]) -> None:
	frappe.set_user(make.a_user(*user))


@pytest.mark.parametrize("user", [SALES, CLERK])
@pytest.mark.parametrize("call", [api.onboard_unit, api.check_unit, api.retire_unit])
def test_only_managers_run_units(unit: Document, user: tuple[str, str], call: object) -> None:
	become(user)
	with pytest.raises(frappe.PermissionError):
		call(unit.name)
	assert frappe.db.get_value("ZATCA Unit", unit.name, "status") == "Active"


def test_manager_checks_the_connection(unit: Document) -> None:
	become(MANAGER)
	assert api.check_unit(unit.name)["ok"] is True


def test_sales_user_neither_sends_nor_reads_documents(unit: Document) -> None:
	document = zatca.submitted(zatca.an_invoice(zatca.a_person())).scb_zatca_document
	become(SALES)
	for call in (api.send_now, api.download_xml):
		with pytest.raises(frappe.PermissionError):
			call(document)
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("ZATCA Document", document).check_permission("read")
	assert frappe.db.get_value("ZATCA Document", document, "state") == "Pending"


def test_a_user_of_another_company_sees_nothing_of_this_one(unit: Document) -> None:
	"""Neither in lists nor by name: the documents, and what was logged and told of them and of the unit."""
	document = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	frappe.db.set_value("ZATCA Unit", unit.name, "certificate_expiry", now_datetime() + timedelta(days=20))
	become(MANAGER)
	frappe.set_user("Administrator")
	expiry.warn_all()
	of_unit = {"unit": unit.name}
	logged = {
		"ZATCA Document": of_unit,
		"ZATCA Attempt": {"document": document.name},
		"ZATCA Expiry Notice": of_unit,
	}
	names = {doctype: frappe.db.get_value(doctype, filters) for doctype, filters in logged.items()}
	assert all(names.values()) and names["ZATCA Document"] == document.name
	for doctype in ("ZATCA Attempt", "ZATCA Expiry Notice"):
		frappe.db.set_value(doctype, names[doctype], "company", None, update_modified=False)
	logs_know_their_company.execute()
	become(MANAGER)
	for doctype, filters in logged.items():
		assert frappe.get_list(doctype, filters, pluck="name") == [names[doctype]]
	elsewhere = frappe.db.get_value("Company", {"name": ("!=", make.COMPANY)}) or "Elsewhere"
	permission = {
		"doctype": "User Permission",
		"user": MANAGER[0],
		"allow": "Company",
		"for_value": elsewhere,
	}
	frappe.get_doc(permission).insert(ignore_links=True, ignore_permissions=True)
	for doctype in logged:
		assert frappe.get_list(doctype, of_unit) == []
		assert not frappe.has_permission(doctype, "read", doc=names[doctype])


def test_an_attempt_is_its_documents_companys_whatever_company_the_sender_prefers(unit: Document) -> None:
	frappe.defaults.set_user_default("company", "Elsewhere")
	document = zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person())))
	assert frappe.get_all("ZATCA Attempt", {"document": document.name}, pluck="company") == [make.COMPANY]


def test_unknown_document_and_hidden_document_look_alike(unit: Document) -> None:
	become(SALES)
	with pytest.raises(frappe.PermissionError, match="Not permitted"):
		api.download_xml("no such document")


def test_clerk_reads_the_document_and_downloads_the_legal_xml(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	document = zatca.sent(invoice)
	become(CLERK)
	frappe.get_doc("ZATCA Document", document.name).check_permission("read")
	api.download_xml(document.name)
	assert frappe.response.filecontent == document.cleared_xml.encode()
	assert frappe.response.filename.startswith(f"{zatca.SELLER_VAT}_")
	assert frappe.response.filename.endswith(f"_{invoice.name}.xml")


@pytest.mark.parametrize("roles", [("System Manager", "Accounts Manager"), None])
@pytest.mark.parametrize("field", vault.SECRETS)
def test_nobody_reads_a_key_or_secret(unit: Document, roles: tuple[str, ...] | None, field: str) -> None:
	"""Not even a System Manager or the Administrator (None)."""
	if roles:
		frappe.set_user(make.a_user("e-invoice-admin@example.com", *roles))
	from frappe.client import get_password

	assert vault.has(unit.name, field)
	with pytest.raises(frappe.PermissionError, match="cannot be read"):
		get_password("ZATCA Unit", unit.name, field)
	assert not frappe.get_doc("ZATCA Unit", unit.name).get(field)


def test_sales_user_sees_both_states_on_order_and_quotation(unit: Document) -> None:
	from erpnext.selling.doctype.quotation.quotation import make_sales_order
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	quotation = make.a_quotation(zatca.a_business(), taxes=[zatca.vat_row()])
	quotation.insert().submit()
	order = make_sales_order(quotation.name)
	order.delivery_date = frappe.utils.add_days(frappe.utils.nowdate(), 7)
	order.insert().submit()
	invoice = make_sales_invoice(order.name)
	zatca.submitted(invoice)
	assert mirrored(quotation) == mirrored(order) == (invoice.name, "Pending", "Unpaid")

	zatca.sent(invoice)
	payment = make.a_payment(invoice.name)
	payment.insert().submit()
	frappe.db.commit()
	assert mirrored(quotation) == mirrored(order) == (invoice.name, "Cleared", "Paid")

	become(SALES)
	assert frappe.get_doc("Sales Order", order.name).has_permission("read")
	assert not frappe.has_permission("Sales Invoice", "read", doc=invoice.name)


def test_invoice_made_from_a_quotation_without_an_order_is_mirrored(unit: Document) -> None:
	quotation = make.a_quotation(zatca.a_business(), taxes=[zatca.vat_row()])
	quotation.insert().submit()
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business(), scb_quotation=quotation.name))
	zatca.sent(invoice)
	frappe.db.commit()
	assert mirrored(quotation) == (invoice.name, "Cleared", "Unpaid")


def test_passing_time_alone_reaches_the_mirror(unit: Document) -> None:
	quotation = make.a_quotation(zatca.a_business(), taxes=[zatca.vat_row()])
	quotation.insert().submit()
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business(), scb_quotation=quotation.name))
	frappe.db.set_value("Sales Invoice", invoice.name, "status", "Overdue")
	tasks.watch_units()
	assert mirrored(quotation) == (invoice.name, "Pending", "Overdue")


def test_units_with_an_expired_certificate_stop_issuing(unit: Document) -> None:
	frappe.db.set_value("ZATCA Unit", unit.name, "certificate_expiry", "2020-01-01 00:00:00")
	tasks.watch_units()
	assert unit.reload().status == "Expired"


def mirrored(doc: Document) -> tuple[str, str, str]:
	fields = ("scb_sales_invoice", "scb_zatca_status", "scb_payment_status")
	return frappe.db.get_value(doc.doctype, doc.name, fields)
