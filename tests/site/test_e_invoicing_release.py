"""A unit is let in again while other processes send its documents or write its invoices: nobody waits, nothing deadlocks."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import factories as make
import frappe
import pytest
from frappe.model.document import Document
from second_connection import second_connection, speaking_through

UNIT = "A unit that was locked out"
DOCUMENTS = ("scb-release-1", "scb-release-2", "scb-release-3")
WAITING, PENDING = "Waiting for Configuration", "Pending"


@pytest.fixture
def invoices(committing_site: ModuleType) -> Iterator[list[Document]]:
	"""Three invoices whose documents wait for one unit."""
	from saudi_crm_billing.e_invoicing.issuing import records

	made = [make.a_sales_invoice().insert() for _document in DOCUMENTS]
	for icv, (name, invoice) in enumerate(zip(DOCUMENTS, made, strict=True)):
		invoice.db_set({"scb_zatca_status": WAITING, "scb_zatca_document": name})
		source = {"reference_doctype": invoice.doctype, "reference_name": invoice.name}
		records.add("ZATCA Document", name, unit=UNIT, icv=icv, state=WAITING, **source)
	frappe.db.commit()
	yield made
	frappe.db.rollback()
	frappe.db.delete("ZATCA Document", {"unit": UNIT})
	frappe.db.commit()


def states(invoices: list[Document]) -> list[tuple[str, str]]:
	frappe.db.rollback()
	return [
		(
			frappe.db.get_value("ZATCA Document", name, "state"),
			frappe.db.get_value("Sales Invoice", invoice.name, "scb_zatca_status"),
		)
		for name, invoice in zip(DOCUMENTS, invoices, strict=True)
	]


@pytest.mark.commits
def test_release_waits_for_nobody(invoices: list[Document]) -> None:
	from saudi_crm_billing.e_invoicing.sending import answering

	with second_connection() as other:
		with speaking_through(other):
			frappe.db.get_value("ZATCA Document", DOCUMENTS[0], "name", for_update=True)
			frappe.db.get_value("Sales Invoice", invoices[1].name, "name", for_update=True)
		frappe.db.sql("set innodb_lock_wait_timeout = 1")
		answering.release(UNIT)
		frappe.db.commit()
	assert states(invoices) == [(WAITING, WAITING), (PENDING, WAITING), (PENDING, PENDING)]
