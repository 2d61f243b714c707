"""Two transactions that use the same advance: the later one sees what the earlier one took, whatever its snapshot shows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal
from types import ModuleType

import advance_helpers as adv
import factories as make
import frappe
import pytest
from frappe.database.database import Database
from frappe.utils import now_datetime
from second_connection import second_connection, speaking_through

D = Decimal


@pytest.fixture
def other(committing_site: ModuleType) -> Iterator[Database]:
	"""A second connection, as another process has one."""
	with second_connection() as database:
		yield database


@pytest.fixture
def entry(committing_site: ModuleType) -> str:
	return an_advance()


def an_advance() -> str:
	"""An advance of 2,300 with an advance invoice that stands; no unit is needed for it here."""
	from saudi_crm_billing.e_invoicing.advances import entries as advances
	from saudi_crm_billing.e_invoicing.engine import ubl
	from saudi_crm_billing.e_invoicing.issuing import records

	receipt = adv.a_receipt(make.a_customer(), 2300).insert()
	receipt.submit()
	values = {
		"scb_is_advance": 1,
		"scb_vat_category": "S",
		"scb_vat_rate": 15,
		"scb_advance_gross": 2300,
		"scb_advance_taxable": 2000,
		"scb_advance_vat": 300,
		"scb_advance_left": 2300,
		"scb_advance_vat_left": 300,
		"scb_zatca_document": f"race-{receipt.name}",
	}
	frappe.db.set_value("Payment Entry", receipt.name, values)
	receipt.reload()
	records.add(
		"ZATCA Document",
		f"race-{receipt.name}",
		state="Cleared",
		unit="race",
		icv=now_datetime().microsecond,
		reference_doctype="Payment Entry",
		reference_name=receipt.name,
		kind="Prepayment",
		uuid="00000000-0000-4000-8000-000000000001",
		xml=ubl.build(advances.document(receipt)).decode(),
	)
	frappe.db.commit()
	return str(receipt.name)


def take(entry: str, gross: str, voucher: str) -> None:
	from saudi_crm_billing.e_invoicing.advances import uses as advance_uses

	advance = advance_uses.find([entry], lock=True)[entry]
	piece = advance_uses.Piece(advance, advance.use(D(gross)))
	used_by = frappe._dict(doctype="Sales Invoice", name=voucher, company=make.COMPANY)
	advance_uses.add(piece, used_by)


@pytest.mark.commits
def test_a_use_that_was_committed_meanwhile_counts(entry: str, other: Database) -> None:
	from saudi_crm_billing.e_invoicing.advances import uses as advance_uses
	from saudi_crm_billing.e_invoicing.engine.advances import AdvanceExceeded

	other.sql("select 1 from `tabZATCA Advance Use` limit 1")  # the other's snapshot begins
	take(entry, "2000.00", "first")
	frappe.db.commit()
	with speaking_through(other):
		assert advance_uses.find([entry])[entry].left.gross == D("2300.00")
		assert advance_uses.find([entry], lock=True)[entry].left.gross == D("300.00")
		with pytest.raises(AdvanceExceeded):
			take(entry, "300.01", "second")
		take(entry, "100.00", "third")
		assert frappe.db.get_value("Payment Entry", entry, "scb_advance_left") == 200


@pytest.mark.commits
def test_a_use_that_is_under_way_is_waited_for(entry: str, other: Database) -> None:
	take(entry, "2000.00", "first")
	commit = threading.Timer(1, frappe.db._conn.commit)
	commit.start()
	with speaking_through(other):
		take(entry, "300.00", "second")
		frappe.db.commit()
	commit.join()
	frappe.db.rollback()
	uses = frappe.get_all("ZATCA Advance Use", {"payment_entry": entry}, ["gross", "vat"], order_by="gross")
	assert [(use.gross, use.vat) for use in uses] == [(300, 39.13), (2000, 260.87)]
	assert frappe.db.get_value("Payment Entry", entry, "scb_advance_left") == 0


@pytest.mark.commits
def test_a_use_under_way_keeps_nobody_from_issuing_or_using_another(entry: str, other: Database) -> None:
	"""No lock of a range: else whoever issues meanwhile, holding the unit's counter, and this one would wait for each other."""
	from saudi_crm_billing.e_invoicing.advances import uses as advance_uses
	from saudi_crm_billing.e_invoicing.issuing import records

	another = an_advance()
	take(entry, "100.00", "first")
	with speaking_through(other):
		frappe.db.sql("set session innodb_lock_wait_timeout = 1")
		values = {"reference_doctype": "Payment Entry", "reference_name": f"{entry}-x", "kind": "Prepayment"}
		records.add(
			"ZATCA Document", f"race-{entry}-x", unit="race", icv=now_datetime().microsecond, **values
		)
		take(another, "100.00", "second")
		assert advance_uses.find([another])[another].left.gross == D("2200.00")
	frappe.db.rollback()
