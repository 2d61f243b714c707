"""Digest to the persons responsible: who answers for which customer, once a day each, by real SMTP."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import collection_kit as kit
import factories
import frappe
import pytest
from collection_kit import SUNDAY, MailServer, days
from frappe.model.document import Document

from saudi_crm_billing.collection import digest, tasks

COMPANY = factories.COMPANY
MANAGER, SELLER = "manager@riyadh-trading.example", "seller@riyadh-trading.example"


@pytest.fixture
def server(site: ModuleType) -> Iterator[MailServer]:
	"""A mail server, and a policy that sends digests and, by a step far off, no reminders."""
	with kit.mail_server() as server:
		site.db.delete("Email Queue")
		steps = {"stages": [{"days_from_due": 900}], "repeat_every_days": 0}
		kit.a_policy(kit.an_outgoing_account(server.port), digest_enabled=1, **steps)
		for user in (MANAGER, SELLER):
			factories.a_user(user, "Sales User")
		yield server


def a_sales_person(name: str, user: str) -> str:
	employee = factories.insert(
		"Employee",
		first_name=name,
		gender="Male",
		date_of_birth="1990-01-01",
		date_of_joining="2020-01-01",
		company=COMPANY,
		status="Active",
		user_id=user,
		create_user_permission=0,
	)
	person = factories.insert(
		"Sales Person", sales_person_name=name, employee=employee.name, parent_sales_person="Sales Team"
	)
	return person.name


def of_team(person: str) -> dict[str, list[dict[str, object]]]:
	return {"sales_team": [{"sales_person": person, "allocated_percentage": 100}]}


def test_the_sales_person_gets_one_message_of_all_that_is_overdue(
	site: ModuleType, server: MailServer
) -> None:
	team = of_team(a_sales_person("Salem", SELLER))
	customers = [kit.a_reachable_customer(name) for name in ("Najd Furniture", "Tihama Stores")]
	first = kit.an_owing_invoice(customers[0], [days(-40), days(-1), SUNDAY], **team)
	second = kit.an_owing_invoice(customers[1], [days(-2)], 50, **team)
	assert tasks.run(COMPANY, SUNDAY) == {"digests": 1}
	kit.deliver()
	(message,) = server.messages
	text = kit.text_of(message)
	assert message["To"] == SELLER
	assert message["Subject"] == "Overdue instalments of your customers: SAR 250.00 (3)"
	assert f"Najd Furniture {first} 1 13 Oct 2026 (2 Jumada I 1448 AH) 40 days overdue SAR 100.00" in text
	assert f"Tihama Stores {second} 1 20 Nov 2026" in text
	assert "Due today" not in text
	assert "/query-report/Overdue%20Instalments" in kit.html_of(message)


def test_a_second_run_sends_no_second_digest_and_the_next_day_does(
	site: ModuleType, server: MailServer
) -> None:
	site.db.set_value("Customer", kit.a_reachable_customer("Najd Furniture"), "account_manager", MANAGER)
	kit.an_owing_invoice("Najd Furniture", [days(-1)])
	assert tasks.run(COMPANY, SUNDAY) == {"digests": 1}
	assert tasks.run(COMPANY, SUNDAY) == {}
	assert tasks.run(COMPANY, days(1)) == {"digests": 1}
	kit.deliver()
	identities = {kit.message_id_of(message) for message in server.to(MANAGER)}
	assert len(server.messages) == len(identities) == 2


def test_without_a_team_the_account_manager_and_then_the_owner_answers(
	site: ModuleType, server: MailServer
) -> None:
	kit.a_reachable_customer("Najd Furniture", account_manager=MANAGER)
	kit.an_owing_invoice("Najd Furniture", [days(-1)])
	owned = kit.an_owing_invoice(kit.a_reachable_customer("Tihama Stores"), [days(-1)])
	site.db.set_value("Sales Invoice", owned, "owner", SELLER)
	assert tasks.run(COMPANY, SUNDAY) == {"digests": 2}
	kit.deliver()
	assert ["Tihama" in kit.text_of(message) for message in server.to(SELLER)] == [True]
	assert ["Tihama" in kit.text_of(message) for message in server.to(MANAGER)] == [False]


def test_a_user_who_left_is_passed_over_for_the_fallback(site: ModuleType, server: MailServer) -> None:
	kit.a_reachable_customer("Najd Furniture", account_manager=MANAGER)
	kit.an_owing_invoice("Najd Furniture", [days(-1)])
	site.db.set_value("User", MANAGER, "enabled", 0)
	assert tasks.run(COMPANY, SUNDAY) == {}  # the invoice's owner is Administrator, who gets no mail
	site.db.set_value(kit.POLICY, COMPANY, "digest_fallback_user", SELLER)
	assert tasks.run(COMPANY, SUNDAY) == {"digests": 1}


def test_nothing_overdue_or_a_friday_or_switched_off_means_no_digest(
	site: ModuleType, server: MailServer
) -> None:
	kit.a_reachable_customer("Najd Furniture", account_manager=MANAGER)
	kit.an_owing_invoice("Najd Furniture", [SUNDAY])
	assert tasks.run(COMPANY, SUNDAY) == {}
	assert tasks.run(COMPANY, days(5)) == {}  # a Friday
	site.db.set_value(kit.POLICY, COMPANY, "digest_enabled", 0)
	assert tasks.run(COMPANY, days(1)) == {}


def test_customers_who_could_not_be_reminded_are_named_with_what_to_do(
	site: ModuleType, server: MailServer
) -> None:
	site.db.set_value("Instalment Reminder Stage", {"parent": COMPANY}, "days_from_due", 1)
	kit.a_reachable_customer("Tihama Stores", email="", account_manager=MANAGER)
	kit.an_owing_invoice("Tihama Stores", [days(-1)])
	assert tasks.run(COMPANY, SUNDAY) == {"failed": 1, "digests": 1}
	kit.deliver()
	assert "Customer Tihama Stores has no e-mail address." in kit.text_of(server.messages[0])


def test_a_failure_that_a_later_reminder_mended_is_not_named_again(
	site: ModuleType, server: MailServer
) -> None:
	site.db.set_value("Instalment Reminder Stage", {"parent": COMPANY}, "days_from_due", 1)
	customer = kit.a_reachable_customer("Tihama Stores", email="", account_manager=MANAGER)
	kit.an_owing_invoice(customer, [days(-1)])
	assert tasks.run(COMPANY, SUNDAY) == {"failed": 1, "digests": 1}
	site.db.set_value(kit.POLICY, COMPANY, "repeat_every_days", 1)
	site.db.set_value("Customer", customer, "email_id", "tihama@customer.example")
	assert tasks.run(COMPANY, days(1)) == {"queued": 1, "digests": 1}
	kit.deliver()
	before, after = (kit.text_of(message) for message in server.to(MANAGER))
	assert "has no e-mail address" in before
	assert "has no e-mail address" not in after
	assert "Tihama Stores" in after


def test_a_failure_about_what_was_paid_since_is_not_named(site: ModuleType, server: MailServer) -> None:
	site.db.set_value("Instalment Reminder Stage", {"parent": COMPANY}, "days_from_due", 1)
	customer = kit.a_reachable_customer("Tihama Stores", email="", account_manager=MANAGER)
	paid = kit.an_owing_invoice(customer, [days(-1)])
	assert tasks.run(COMPANY, SUNDAY) == {"failed": 1, "digests": 1}
	site.db.set_value("Instalment", {"sales_invoice": paid}, "outstanding", 0)
	site.db.set_value("Customer", customer, "email_id", "tihama@customer.example")
	kit.an_owing_invoice(customer, [days(0)])
	assert tasks.run(COMPANY, days(1)) == {"queued": 1, "digests": 1}
	kit.deliver()
	assert "has no e-mail address" not in kit.text_of(server.to(MANAGER)[1])


def test_an_arabic_reader_gets_an_arabic_digest(site: ModuleType, server: MailServer) -> None:
	site.db.set_value("User", MANAGER, "language", "ar")
	kit.a_reachable_customer("Najd Furniture", account_manager=MANAGER)
	kit.an_owing_invoice("Najd Furniture", [days(-1)])
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	assert server.messages[0]["Subject"] == "الأقساط المتأخرة لعملائك: 100.00 ريال (1)"
	assert 'dir="rtl"' in kit.html_of(server.messages[0])


def test_an_arabic_digest_says_in_arabic_whom_no_reminder_reached(
	site: ModuleType, server: MailServer
) -> None:
	"""The log was written by a job whose language is English."""
	site.db.set_value("User", MANAGER, "language", "ar")
	kit.a_reachable_customer("Najd Furniture", email="", account_manager=MANAGER)
	kit.an_owing_invoice("Najd Furniture", [days(-1)])
	site.db.set_value("Instalment Reminder Stage", {"parent": COMPANY}, "days_from_due", 1)
	site.clear_document_cache(kit.POLICY, COMPANY)
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	text = kit.text_of(server.to(MANAGER)[0])
	assert "ليس للعميل Najd Furniture" in text and "has no e-mail address" not in text


def test_an_arabic_digest_names_company_and_customers_in_arabic(site: ModuleType, server: MailServer) -> None:
	site.db.set_value("User", MANAGER, "language", "ar")
	site.db.set_value("Company", COMPANY, "scb_name_ar", "شركة الرياض للتجارة")
	kit.a_reachable_customer("Najd Furniture", account_manager=MANAGER, scb_name_ar="مؤسسة نجد للأثاث")
	kit.an_owing_invoice("Najd Furniture", [days(-1)])
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	html = kit.html_of(server.messages[0])
	assert server.messages[0]["From"].startswith("شركة الرياض للتجارة <")
	assert "الأقساط المتأخرة لعملائك في شركة الرياض للتجارة" in html and "مؤسسة نجد للأثاث" in html
	assert "Riyadh" not in html and "Najd" not in html and "Sent via" not in html


def test_the_log_follows_the_mail_queue(site: ModuleType, server: MailServer) -> None:
	kit.a_reachable_customer("Najd Furniture", account_manager=MANAGER)
	kit.an_owing_invoice("Najd Furniture", [days(-1)])
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	digest.follow_delivery()
	(row,) = site.get_all(kit.DIGEST, fields=["user", "state", "instalments", "total"])
	assert row == {"user": MANAGER, "state": "Sent", "instalments": 1, "total": "SAR 100.00"}


def a_bill(due: list[int], amount: float = 100) -> str:
	supplier = factories.insert(
		"Supplier",
		supplier_name="Jeddah Timber",
		supplier_group="All Supplier Groups",
		country="Saudi Arabia",
	)
	bill = site_document(
		doctype="Purchase Invoice",
		supplier=supplier.name,
		company=COMPANY,
		posting_date=days(-60),
		set_posting_time=1,
		due_date=days(max(due)),
		currency="SAR",
		items=[factories.line(rate=amount * len(due))],
		payment_schedule=[
			{"due_date": days(each), "invoice_portion": 100 / len(due), "payment_amount": amount}
			for each in due
		],
	)
	bill.insert().submit()
	return str(bill.name)


def site_document(**values: object) -> Document:
	return frappe.get_doc(values)


def test_overdue_supplier_bills_are_told_once_a_day_to_whoever_pays_them(
	site: ModuleType, server: MailServer
) -> None:
	bill = a_bill([-45, -1, 0, 30])
	assert tasks.run(COMPANY, SUNDAY) == {}
	site.db.set_value(kit.POLICY, COMPANY, "payables_digest_user", MANAGER)
	assert tasks.run(COMPANY, SUNDAY) == {"digests": 1}
	assert tasks.run(COMPANY, SUNDAY) == {}
	kit.deliver()
	(message,) = server.to(MANAGER)
	assert message["Subject"] == "Overdue supplier bills: SAR 200.00 (2)"
	assert f"Jeddah Timber {bill} 1 8 Oct 2026" in kit.text_of(message)
	assert "Total SAR 200.00" in kit.text_of(message)


def test_a_paid_or_held_bill_is_not_told(site: ModuleType, server: MailServer) -> None:
	site.db.set_value(kit.POLICY, COMPANY, "payables_digest_user", MANAGER)
	bill = a_bill([-45, 30])
	site.db.set_value("Purchase Invoice", bill, "outstanding_amount", 100)
	assert tasks.run(COMPANY, SUNDAY) == {}
	site.db.set_value("Purchase Invoice", bill, {"outstanding_amount": 150, "on_hold": 1})
	assert tasks.run(COMPANY, SUNDAY) == {}
	site.db.set_value("Purchase Invoice", bill, "on_hold", 0)
	assert tasks.run(COMPANY, SUNDAY) == {"digests": 1}
