"""What a reminder says and in which language, as it arrives at the mail server."""

from __future__ import annotations

from types import ModuleType

import collection_kit as kit
import factories
import pytest
from collection_fixtures import server
from collection_kit import SUNDAY, MailServer, days

from saudi_crm_billing.collection import tasks
from saudi_crm_billing.collection.policy import BY_PRINT_LANGUAGE

__all__ = ["server"]

COMPANY = factories.COMPANY


def test_a_name_is_never_markup(site: ModuleType, server: MailServer) -> None:
	customer = kit.a_reachable_customer("Najd Furniture", language="en")
	site.db.set_value("Customer", customer, "customer_name", "<img alt=x onerror=alert(1)>")
	kit.an_owing_invoice(customer, [SUNDAY])
	site.db.set_value(
		kit.POLICY,
		COMPANY,
		{"body_en": "{{ customer_name }} {{ note }} {{ table }}", "subject_en": "{{ customer_name }}"},
	)
	site.db.set_value("Instalment Reminder Stage", {"parent": COMPANY}, "note_en", "<b>now</b>")
	site.clear_document_cache(kit.POLICY, COMPANY)
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	(message,) = server.messages
	html = kit.html_of(message)
	assert "&lt;img alt=x onerror=alert(1)&gt; &lt;b&gt;now&lt;/b&gt;" in html
	assert "<img alt=x" not in html and "<b>now" not in html
	assert "<table" in html
	assert message["Subject"] == "img alt=x onerror=alert(1)"


def test_a_text_that_breaks_queues_nothing(site: ModuleType, server: MailServer) -> None:
	"""A text written past the policy's check: no half of a mail, but an entry in the Error Log."""
	invoice = kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture", language="en"), [SUNDAY])
	site.db.set_value(kit.POLICY, COMPANY, "body_en", "Dear {{ customer_name }} {{ frappe.db }}")
	site.clear_document_cache(kit.POLICY, COMPANY)
	site.db.delete("Error Log")
	assert tasks.run(COMPANY, SUNDAY) == {"errors": 1}
	assert site.db.count("Email Queue") == 0 and kit.log_rows(sales_invoice=invoice) == []
	assert "'frappe' is undefined" in site.get_last_doc("Error Log").error


def test_arabic_runs_from_right_to_left(site: ModuleType, server: MailServer) -> None:
	customer = kit.a_reachable_customer("مؤسسة نجد", email="najd@customer.example", language="ar")
	kit.an_owing_invoice(customer, [days(-3)], 1642.86)
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	(message,) = server.messages
	assert message["Subject"] == "تذكير بالأقساط المستحقة من Riyadh Trading Co: 1,642.86 ريال"
	assert 'dir="rtl"' in kit.html_of(message) and 'dir="ltr"' not in kit.html_of(message)
	assert "19 نوفمبر 2026 م (9 جمادى الآخرة 1448 هـ) متأخر 3 أيام 1,642.86 ريال" in kit.text_of(message)


def test_an_arabic_message_names_company_and_customer_in_arabic(site: ModuleType, server: MailServer) -> None:
	site.db.set_value("Company", COMPANY, "scb_name_ar", "شركة الرياض للتجارة")
	customer = kit.a_reachable_customer("Najd Furniture", language="ar", scb_name_ar="مؤسسة نجد للأثاث")
	kit.an_owing_invoice(customer, [days(-3)])
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	(message,) = server.messages
	assert message["Subject"] == "تذكير بالأقساط المستحقة من شركة الرياض للتجارة: 100.00 ريال"
	assert message["From"] == "شركة الرياض للتجارة <collection@riyadh-trading.example>"
	assert "السادة / مؤسسة نجد للأثاث المحترمين" in kit.text_of(message)
	assert "Riyadh" not in kit.html_of(message) and "Najd" not in kit.html_of(message)


def test_a_long_company_name_is_shortened_in_the_from_line_only(site: ModuleType, server: MailServer) -> None:
	name = "شركة الرياض للتجارة " + "والصناعة والمقاولات " * 5 + "م"
	site.db.set_value("Company", COMPANY, "scb_name_ar", name)
	kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture", language="ar"), [SUNDAY])
	assert tasks.run(COMPANY, SUNDAY) == {"queued": 1}
	kit.deliver()
	(message,) = server.messages
	sender = message["From"].addresses[0]
	assert sender.addr_spec == "collection@riyadh-trading.example"
	# Python's reader leaves blanks between the encoded words of a long name.
	shown, whole = sender.display_name.replace(" ", ""), name.replace(" ", "")
	assert len(shown) > 60 and whole.startswith(shown) and shown != whole
	assert name in kit.html_of(message)


def test_a_bilingual_message_names_the_company_in_each_language(site: ModuleType, server: MailServer) -> None:
	site.db.set_value("Company", COMPANY, "scb_name_ar", "شركة الرياض للتجارة")
	kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture", language=""), [SUNDAY])
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	assert server.messages[0]["Subject"] == (
		"تذكير بالأقساط المستحقة من شركة الرياض للتجارة: 100.00 ريال"
		" | Reminder of instalments from Riyadh Trading Co: SAR 100.00"
	)


def test_cores_english_closing_line_is_left_out_and_the_accounts_own_footer_stays(
	site: ModuleType, server: MailServer
) -> None:
	site.db.set_value(
		"Email Account", {"email_id": "collection@riyadh-trading.example"}, "footer", "هاتف 920000000"
	)
	site.clear_cache(doctype="Email Account")
	kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture", language="ar"), [SUNDAY])
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	html = kit.html_of(server.messages[0])
	assert "هاتف 920000000" in html
	assert "Sent via" not in html and "frappe.io" not in html
	site.sendmail(
		recipients=["x@customer.example"],
		sender="collection@riyadh-trading.example",
		subject="Core's",
		message="own",
		delayed=True,
	)
	kit.deliver()
	assert "Sent via" in kit.html_of(server.messages[1]), "the site's other mail is as it was"


@pytest.mark.parametrize(
	("policy_says", "language"), [(BY_PRINT_LANGUAGE, None), ("Arabic and English", "en")]
)
def test_the_message_is_bilingual_arabic_first_where_the_policy_or_the_customer_does_not_say_otherwise(
	site: ModuleType, server: MailServer, policy_says: str, language: str | None
) -> None:
	site.db.set_value(kit.POLICY, COMPANY, "message_language", policy_says)
	kit.an_owing_invoice(kit.a_reachable_customer("Najd Furniture", language=language), [SUNDAY])
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	html = kit.html_of(server.messages[0])
	assert 0 < html.index('dir="rtl"') < html.index('dir="ltr"')
	assert "SAR 100.00" in html and "100.00 ريال" in html


def test_a_hostile_name_stays_text(site: ModuleType, server: MailServer) -> None:
	customer = kit.a_reachable_customer("Najd Furniture", language="en")
	site.db.set_value("Customer", customer, "customer_name", "<b onclick=alert(1)>Najd</b>{{ 7*7 }}")
	kit.an_owing_invoice(customer, [SUNDAY])
	tasks.run(COMPANY, SUNDAY)
	kit.deliver()
	html = kit.html_of(server.messages[0])
	assert "<b onclick" not in html and "&lt;b onclick=alert(1)&gt;Najd" in html
	assert "{{ 7*7 }}" in html
