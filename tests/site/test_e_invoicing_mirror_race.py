"""Two transactions that show their invoices on one order: the later invoice's state is never overwritten by an older one's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

import factories as make
import frappe
import pytest
from frappe.database.database import Database
from frappe.model.document import Document
from second_connection import second_connection, speaking_through

SHOWN = ("scb_sales_invoice", "scb_zatca_status", "scb_payment_status")


@pytest.fixture
def other(committing_site: ModuleType) -> Iterator[Database]:
	"""A second connection, as another process has one."""
	with second_connection() as database:
		yield database


def see_the_world_as_it_is_now(database: Database) -> None:
	"""A REPEATABLE READ transaction keeps to what its first read showed."""
	database.sql("select 1 from `tabSales Invoice` limit 1")


def billed_half(order: Document) -> Document:
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	invoice = make_sales_invoice(order.name)
	invoice.items[0].qty = 1
	invoice.insert().submit()
	return invoice


def shown_on(order: Document) -> tuple[str | None, ...]:
	frappe.db.rollback()
	return tuple(frappe.db.get_value("Sales Order", order.name, SHOWN))


@pytest.fixture
def order(committing_site: ModuleType) -> Document:
	order = make.a_sales_order(items=[make.line(qty=2)]).insert()
	order.submit()
	return order


def commit(work: Callable[[], None]) -> None:
	work()
	frappe.db.commit()


@pytest.mark.commits
def test_an_answer_for_the_first_invoice_does_not_hide_the_second(order: Document, other: Database) -> None:
	from saudi_crm_billing.e_invoicing.sending import mirror

	first = billed_half(order)
	commit(lambda: mirror.write(first.name))
	assert shown_on(order)[0] == first.name
	see_the_world_as_it_is_now(other)
	second = billed_half(order)
	commit(lambda: mirror.write(second.name))
	with speaking_through(other):
		frappe.db.set_value("Sales Invoice", first.name, "scb_zatca_status", "Cleared")
		commit(lambda: mirror.write(first.name))
	assert shown_on(order) == (second.name, second.scb_zatca_status, "Unpaid")


@pytest.mark.commits
def test_an_invoice_that_was_cancelled_meanwhile_is_not_shown(order: Document, other: Database) -> None:
	from saudi_crm_billing.e_invoicing.sending import mirror

	first, second = billed_half(order), billed_half(order)
	commit(lambda: mirror.write(second.name))
	see_the_world_as_it_is_now(other)
	second.reload().cancel()
	frappe.db.commit()
	with speaking_through(other):
		commit(lambda: mirror.write(first.name))
	assert shown_on(order)[0] == first.name


@pytest.mark.commits
def test_an_invoice_that_another_process_holds_is_not_waited_for(order: Document, other: Database) -> None:
	from saudi_crm_billing.e_invoicing.sending import mirror

	first, second = billed_half(order), billed_half(order)
	commit(lambda: mirror.write(second.name))
	frappe.db.get_value("Sales Invoice", second.name, "name", for_update=True)
	with speaking_through(other):
		frappe.db.sql("set innodb_lock_wait_timeout = 1")
		commit(lambda: mirror.write(first.name))
	assert shown_on(order)[0] == second.name


@pytest.mark.commits
def test_the_days_refresh_does_not_undo_what_was_answered_meanwhile(order: Document, other: Database) -> None:
	from saudi_crm_billing.e_invoicing.sending import mirror

	invoice = billed_half(order)
	commit(lambda: mirror.write(invoice.name))
	frappe.db.set_value("Sales Order", order.name, "scb_zatca_status", "Sending")
	frappe.db.commit()
	batch = mirror._stale("Sales Order", "")
	assert (order.name, invoice.name) in batch
	with speaking_through(other):
		frappe.db.set_value("Sales Invoice", invoice.name, "scb_zatca_status", "Cleared")
		commit(lambda: mirror.write(invoice.name))
	mirror._copy("Sales Order", batch)
	frappe.db.commit()
	assert shown_on(order) == (invoice.name, "Cleared", "Unpaid")
