"""A reminder about a date that has moved does not go out; the new date gets its own, and what else it said is said."""

from __future__ import annotations

from types import ModuleType

import collection_kit as kit
import factories as make
import frappe
import instalments_helpers as steps
import pytest
import rescheduling_helpers as change
from collection_fixtures import server
from collection_kit import SUNDAY, MailServer, days
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.collection import tasks
from saudi_crm_billing.instalments.rescheduling import reschedules

__all__ = ["server"]


@pytest.fixture(autouse=True)
def today_is_sunday(monkeypatch: pytest.MonkeyPatch) -> None:
	"""For a reschedule, which is not dated back."""
	monkeypatch.setattr(reschedules, "getdate", lambda day=None: getdate(day or SUNDAY))


def due_on_sunday(customer: str) -> Document:
	return steps.a_plan_invoice(customer=customer, posting_date=SUNDAY, scb_first_due_date=SUNDAY)


def reschedule(invoice: Document, first: object) -> Document:
	values = {"first_due_date": first, "effective_date": SUNDAY}
	return change.rescheduled(invoice, "New First Due Date", **values)


def test_a_waiting_reminder_of_a_moved_date_is_taken_back(site: ModuleType, server: MailServer) -> None:
	customer = kit.a_reachable_customer("Najd Furniture", language="en")
	moved, kept = due_on_sunday(customer), due_on_sunday(customer)
	assert tasks.run(make.COMPANY, SUNDAY) == {"queued": 1}
	document = reschedule(moved, days(9))
	kit.deliver()
	assert server.messages == []
	reasons = {row.reason for row in kit.log_rows(sales_invoice=moved.name)}
	assert reasons == {f"Taken back: the plan of {moved.name} was rescheduled ({document.name})."}
	assert tasks.run(make.COMPANY, SUNDAY) == {"queued": 1}
	kit.deliver()
	(message,) = server.messages
	assert kept.name in kit.text_of(message) and moved.name not in kit.text_of(message)
	assert tasks.run(make.COMPANY, days(9)) == {"queued": 1}
	kit.deliver()
	assert f"{moved.name} 1 1 Dec 2026" in kit.text_of(server.messages[1])


def test_a_reminder_of_a_date_that_stands_goes_out(site: ModuleType, server: MailServer) -> None:
	customer = kit.a_reachable_customer("Najd Furniture", language="en")
	invoice = due_on_sunday(customer)
	tasks.run(make.COMPANY, SUNDAY)
	change.rescheduled(
		invoice, "Move One Instalment", moved_number=3, moved_to=days(200), effective_date=SUNDAY
	)
	kit.deliver()
	assert len(server.messages) == 1


def test_a_mail_that_went_out_already_stays_in_the_log(site: ModuleType, server: MailServer) -> None:
	invoice = due_on_sunday(kit.a_reachable_customer("Najd Furniture", language="en"))
	tasks.run(make.COMPANY, SUNDAY)
	kit.deliver()
	reschedule(invoice, days(9))
	assert len(server.messages) == 1
	(row,) = kit.log_rows(sales_invoice=invoice.name)
	assert row.message_id == kit.message_id_of(server.messages[0])
	assert frappe.db.exists("Email Queue", row.email_queue)
