"""Reminders on a real site, by real SMTP: once, consolidated, true at the moment of sending."""

from __future__ import annotations

from types import ModuleType

import collection_kit as kit
import factories
import instalments_helpers
import pytest
from collection_fixtures import server
from collection_kit import SUNDAY, MailServer, days

from saudi_crm_billing.collection import reminders, tasks

__all__ = ["server"]

COMPANY = factories.COMPANY


def test_one_message_lists_all_that_is_due_of_a_customer(site: ModuleType, server: MailServer) -> None:
	customer = kit.a_reachable_customer("Najd Furniture", language="en")
	first = kit.an_owing_invoice(customer, [days(-7), SUNDAY, days(30)], 1642.86)
	second = kit.an_owing_invoice(customer, [days(3)], 50)
	assert tasks.run(COMPANY, SUNDAY) == {"queued": 1}
	kit.deliver()
	(message,) = server.messages
	text = kit.text_of(message)
	assert message["Subject"] == "Reminder of instalments from Riyadh Trading Co: SAR 3,335.72"
	assert message["From"] == "Riyadh Trading Co <collection@riyadh-trading.example>"
	assert f"{first} 1 15 Nov 2026 (5 Jumada II 1448 AH) 7 days overdue SAR 1,642.86" in text
	assert f"{first} 2 22 Nov 2026 (12 Jumada II 1448 AH) Due today SAR 1,642.86" in text
	assert f"{second} 1 25 Nov 2026 (15 Jumada II 1448 AH) Due in 3 days SAR 50.00" in text
	assert "22 Dec 2026" not in text
	assert "Please settle the late instalment." in text
	assert [(row.number, row.step, row.state) for row in kit.log_rows(sales_invoice=first)] == [
		(1, 7, "Queued"),
		(2, 0, "Queued"),
	]


def test_a_second_run_sends_nothing_more(site: ModuleType, server: MailServer) -> None:
	for name in ("Najd Furniture", "Tihama Stores"):
		kit.an_owing_invoice(kit.a_reachable_customer(name), [days(-1)])
	assert tasks.run(COMPANY, SUNDAY) == {"queued": 2}
	assert tasks.run(COMPANY, SUNDAY) == {}
	kit.deliver()
	kit.deliver()
	assert len(server.messages) == 2
	assert len({kit.message_id_of(message) for message in server.messages}) == 2


def test_the_message_id_and_the_log_tell_of_each_other(site: ModuleType, server: MailServer) -> None:
	kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [days(-7), SUNDAY])
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	rows = kit.log_rows(customer="Najd Furniture")
	(message,) = server.messages
	assert sorted(kit.keys_of(message)) == sorted(row.reminder_key for row in rows)
	assert {row.message_id for row in rows} == {kit.message_id_of(message)}
	assert {row.recipient for row in rows} == {"najd.furniture@customer.example"}


def test_core_sends_again_under_the_same_message_id(site: ModuleType, server: MailServer) -> None:
	kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [SUNDAY])
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	site.db.set_value("Email Queue", {"reference_name": "Najd Furniture"}, "status", "Not Sent")
	site.db.set_value("Email Queue Recipient", {"recipient": ("like", "najd%")}, "status", "Not Sent")
	kit.deliver()
	assert len(server.messages) == 2
	assert len({kit.message_id_of(message) for message in server.messages}) == 1


def test_after_three_days_of_downtime_the_latest_step_goes_out_once(
	site: ModuleType, server: MailServer
) -> None:
	customer = kit.a_reachable_customer("Najd Furniture")
	kit.an_owing_invoice(customer, [SUNDAY])
	tasks.run(COMPANY, days(-3))  # Thursday: three days' notice
	tasks.run(COMPANY, days(3))  # down on the due day and the day after
	assert [(row.step, row.run_date) for row in kit.log_rows(customer=customer)] == [
		(-3, days(-3)),
		(1, days(3)),
	]
	assert tasks.run(COMPANY, days(3)) == {}


def test_what_was_paid_during_downtime_is_not_reminded(site: ModuleType, server: MailServer) -> None:
	invoice = kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [days(-3)])
	kit.pay(invoice, 1)
	assert tasks.run(COMPANY, SUNDAY) == {}
	assert kit.log_rows(sales_invoice=invoice) == []


def test_a_payment_entry_ends_the_reminders_of_what_it_pays(site: ModuleType, server: MailServer) -> None:
	site.db.set_value(kit.POLICY, COMPANY, {"skip_friday": 0, "skip_saturday": 0})
	customer = kit.a_reachable_customer("Najd Furniture", language="en")
	invoice = instalments_helpers.a_plan_invoice(300, customer=customer)
	first, second, _third = (row.due_date for row in invoice.payment_schedule)
	factories.a_payment(invoice.name, 130).insert().submit()
	site.db.commit()
	assert tasks.run(COMPANY, first) == {}
	assert tasks.run(COMPANY, second) == {"queued": 1}
	kit.deliver()
	assert f"{invoice.name} 2 " in kit.text_of(server.messages[0])
	assert "Due today SAR 70.00 Total SAR 70.00" in kit.text_of(server.messages[0])


def test_nothing_goes_out_on_a_friday_but_on_sunday(site: ModuleType, server: MailServer) -> None:
	invoice = kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [days(-2)])
	assert tasks.run(COMPANY, days(-2)) == tasks.run(COMPANY, days(-1)) == {}
	assert tasks.run(COMPANY, SUNDAY) == {"queued": 1}
	assert [row.step for row in kit.log_rows(sales_invoice=invoice)] == [1]


def test_nothing_goes_out_on_a_day_of_the_holiday_list(site: ModuleType, server: MailServer) -> None:
	holidays = factories.insert(
		"Holiday List",
		holiday_list_name="Eid for tests",
		from_date=days(-30),
		to_date=days(30),
		holidays=[{"holiday_date": SUNDAY, "description": "Eid"}],
	)
	site.db.set_value(kit.POLICY, COMPANY, "holiday_list", holidays.name)
	kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [SUNDAY])
	assert tasks.run(COMPANY, SUNDAY) == {}
	assert tasks.run(COMPANY, days(1)) == {"queued": 1}


def test_a_customer_gets_one_message_a_day(site: ModuleType, server: MailServer) -> None:
	customer = kit.a_reachable_customer("Najd Furniture")
	kit.an_owing_invoice(customer, [SUNDAY])
	tasks.run(COMPANY, SUNDAY)
	later = kit.an_owing_invoice(customer, [days(-7)])
	assert tasks.run(COMPANY, SUNDAY) == {}
	assert tasks.run(COMPANY, days(1)) == {"queued": 1}
	assert [(row.step, row.run_date) for row in kit.log_rows(sales_invoice=later)] == [(7, days(1))]


def test_a_customer_without_address_fails_with_what_to_do_and_is_told_once_it_has_one(
	site: ModuleType, server: MailServer
) -> None:
	customer = kit.a_reachable_customer("Tihama Stores", email="")
	invoice = kit.an_owing_invoice(customer, [SUNDAY])
	assert tasks.run(COMPANY, SUNDAY) == {"failed": 1}
	(row,) = kit.log_rows(sales_invoice=invoice)
	assert (row.state, row.message_id, row.email_queue) == ("Failed", None, None)
	assert row.reason.startswith("Customer Tihama Stores has no e-mail address. Add one")
	assert row.reason_ar.startswith("ليس للعميل Tihama Stores")
	site.db.set_value("Customer", customer, "email_id", "owner@tihama.example")
	assert tasks.run(COMPANY, SUNDAY) == {"queued": 1}
	(row,) = kit.log_rows(sales_invoice=invoice)
	assert (row.state, row.reason, row.recipient) == ("Queued", "", "owner@tihama.example")
	assert row.reason_ar == ""


def test_a_malformed_address_fails_by_name(site: ModuleType, server: MailServer) -> None:
	invoice = kit.an_owing_invoice(
		kit.a_reachable_customer("Tihama Stores", email="not an address"), [SUNDAY]
	)
	assert tasks.run(COMPANY, SUNDAY) == {"failed": 1}
	(row,) = kit.log_rows(sales_invoice=invoice)
	assert row.reason.startswith("“not an address” of customer Tihama Stores is not an e-mail address.")


def test_a_customer_who_wants_none_is_skipped_and_shown(site: ModuleType, server: MailServer) -> None:
	invoice = kit.an_owing_invoice(kit.a_reachable_customer("Tihama Stores", scb_no_reminders=1), [SUNDAY])
	assert tasks.run(COMPANY, SUNDAY) == {"skipped": 1}
	(row,) = kit.log_rows(sales_invoice=invoice)
	assert (row.state, row.email_queue) == ("Skipped", None)
	assert "“No instalment reminders” is ticked" in row.reason


def test_an_unsubscribed_address_fails(site: ModuleType, server: MailServer) -> None:
	factories.insert("Email Unsubscribe", email="tihama.stores@customer.example", global_unsubscribe=1)
	invoice = kit.an_owing_invoice(kit.a_reachable_customer("Tihama Stores"), [SUNDAY])
	assert tasks.run(COMPANY, SUNDAY) == {"failed": 1}
	(row,) = kit.log_rows(sales_invoice=invoice)
	assert "has unsubscribed" in row.reason


def test_the_billing_contact_comes_first(site: ModuleType, server: MailServer) -> None:
	customer = kit.a_reachable_customer("Najd Furniture")
	factories.insert(
		"Contact",
		first_name="Accounts",
		is_billing_contact=1,
		email_ids=[{"email_id": "accounts@najd.example", "is_primary": 1}],
		links=[{"link_doctype": "Customer", "link_name": customer}],
	)
	kit.an_owing_invoice(customer, [SUNDAY])
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	assert len(server.to("accounts@najd.example")) == 1


def test_the_log_follows_what_the_mail_queue_did(site: ModuleType, server: MailServer) -> None:
	invoice = kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [SUNDAY])
	tasks.run(COMPANY, SUNDAY)
	reminders.follow_delivery()
	assert [row.state for row in kit.log_rows(sales_invoice=invoice)] == ["Queued"]
	kit.deliver()
	reminders.follow_delivery()
	assert [row.state for row in kit.log_rows(sales_invoice=invoice)] == ["Sent"]


def test_a_refusing_mail_server_ends_as_failed_with_what_to_do(site: ModuleType, server: MailServer) -> None:
	invoice = kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [SUNDAY])
	tasks.run(COMPANY, SUNDAY)
	server.broken = True
	for _attempt in range(4):
		kit.deliver()
	reminders.follow_delivery()
	(row,) = kit.log_rows(sales_invoice=invoice)
	assert row.state == "Failed"
	assert row.reason.startswith("The mail server did not take it: smtplib.SMTPDataError: (451,")
	assert tasks.run(COMPANY, SUNDAY) == {}


def test_without_an_outgoing_account_nothing_is_lost(site: ModuleType, server: MailServer) -> None:
	site.db.set_value("Email Account", "SCB Collection", "enable_outgoing", 0)
	invoice = kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [SUNDAY])
	assert tasks.run(COMPANY, SUNDAY) == {}
	note, arabic = site.db.get_value(kit.POLICY, COMPANY, ["last_run_note", "last_run_note_ar"])
	assert arabic.startswith("لم يُرسل شيء")
	assert note.startswith("Nothing was sent: there is no outgoing Email Account.")
	site.db.set_value("Email Account", "SCB Collection", "enable_outgoing", 1)
	assert tasks.run(COMPANY, SUNDAY) == {"queued": 1}
	assert [row.state for row in kit.log_rows(sales_invoice=invoice)] == ["Queued"]


def test_a_company_without_an_enabled_policy_is_inert(site: ModuleType, server: MailServer) -> None:
	kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [SUNDAY])
	site.db.set_value(kit.POLICY, COMPANY, "enabled", 0)
	assert tasks.run(COMPANY, SUNDAY) == {}
	site.delete_doc(kit.POLICY, COMPANY)
	assert tasks.run(COMPANY, SUNDAY) == {}
	assert site.db.count("Email Queue") == 0 and site.db.count(kit.LOG) == 0


def test_old_steps_stay_unsent_from_before_the_policys_start(site: ModuleType, server: MailServer) -> None:
	site.db.set_value(kit.POLICY, COMPANY, "start_date", SUNDAY)
	kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [days(-9), days(-200)])
	assert tasks.run(COMPANY, SUNDAY) == {}


def test_a_moved_due_date_is_reminded_anew(site: ModuleType, server: MailServer) -> None:
	invoice = kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [days(-1)])
	tasks.run(COMPANY, SUNDAY)
	site.db.set_value("Instalment", {"sales_invoice": invoice}, "due_date", days(1))
	assert tasks.run(COMPANY, days(2)) == {"queued": 1}
	assert [(row.step, row.due_date) for row in kit.log_rows(sales_invoice=invoice)] == [
		(1, days(-1)),
		(1, days(1)),
	]


def test_the_database_refuses_a_second_row_under_a_key(site: ModuleType, server: MailServer) -> None:
	kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [SUNDAY])
	tasks.run(COMPANY, SUNDAY)
	(row,) = kit.log_rows()
	copy = site.get_doc({**row, "doctype": kit.LOG, "name": None})
	with pytest.raises(site.UniqueValidationError):
		copy.insert(ignore_permissions=True)


def test_nobody_may_write_the_log_by_hand(site: ModuleType, server: MailServer) -> None:
	kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture"), [SUNDAY])
	tasks.run(COMPANY, SUNDAY)
	(row,) = kit.log_rows()
	site.set_user(factories.a_user("collector@riyadh-trading.example", "SCB Collector", "Accounts Manager"))
	document = site.get_doc(kit.LOG, row.name)
	assert document.has_permission("read")
	for right in ("write", "create", "delete"):
		assert not document.has_permission(right)
