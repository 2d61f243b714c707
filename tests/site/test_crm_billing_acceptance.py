"""The customer's yes: by button, by signed link; who may not, and when no more."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import factories as make
import pytest
from crm_billing_helpers import a_rule, submitted_quotation
from customer_tax_helpers import enable_tax_classes

RUN = "SCB Billing Run"


def link_of(quotation: Any) -> dict[str, str]:
	"""The parameters in the acceptance link of a quotation."""
	from saudi_crm_billing.crm_billing import api

	address = urlsplit(api.acceptance_link(quotation.name)["link"])
	assert address.path == "/quotation_acceptance"
	return {key: values[0] for key, values in parse_qs(address.query).items()}


def page(site: ModuleType, **query: str) -> tuple[int, str]:
	"""Status and text of the page as a guest sees it."""
	from frappe.utils import set_request
	from frappe.website.serve import get_response

	site.set_user("Guest")
	set_request(method="GET", path="quotation_acceptance", query_string=query)
	site.local.request_ip = "127.0.0.1"
	site.local.form_dict = site._dict(query)
	response = get_response()
	site.local.request = None
	site.set_user("Administrator")
	return response.status_code, response.get_data(as_text=True)


def test_the_button_records_who_and_how(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import api

	quotation = submitted_quotation()
	site.set_user(make.a_user("seller@example.com", "Sales User"))
	assert api.mark_accepted(quotation.name) is True
	assert api.mark_accepted(quotation.name) is False
	quotation.reload()
	assert quotation.scb_accepted_by == "seller@example.com"
	assert quotation.scb_acceptance_channel == "Desk"
	assert quotation.scb_accepted_on
	assert site.get_all(
		"Comment", {"reference_name": quotation.name, "comment_type": "Info"}, pluck="content"
	) == [
		'<span class="scb-said"><span lang="en">accepted by seller@example.com (Desk)</span> '
		'<span lang="ar">قَبِله seller@example.com (لوحة العمل)</span></span>'
	]


def test_who_may_not_write_the_quotation_may_not_accept_it(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import api

	quotation = submitted_quotation()
	site.set_user(make.a_user("storekeeper@example.com", "Stock User"))
	for call in (api.mark_accepted, api.acceptance_link):
		with pytest.raises(site.PermissionError):
			call(quotation.name)
	assert not quotation.reload().scb_accepted_on


@pytest.mark.parametrize(
	("change", "message"),
	[
		({"docstatus": 0}, "is a draft. Submit it first"),
		({"docstatus": 2}, "is cancelled"),
		({"status": "Lost"}, "is marked as lost"),
		({"valid_till": "2026-01-31"}, "was valid till"),
	],
)
def test_a_closed_quotation_is_refused_with_a_reason(
	site: ModuleType, change: dict[str, Any], message: str
) -> None:
	from saudi_crm_billing.crm_billing import api

	quotation = submitted_quotation()
	quotation.db_set(change)
	for call in (api.mark_accepted, api.acceptance_link):
		with pytest.raises(site.ValidationError, match=re.escape(message)):
			call(quotation.name)
	assert not quotation.reload().scb_accepted_on


def test_the_page_says_vat_and_quantity_in_arabic_whoever_made_the_quotation(site: ModuleType) -> None:
	"""The row's own text was stored in one language; figures stand apart, so that they are read in their order."""
	enable_tax_classes()
	quotation = submitted_quotation(items=[make.line(qty=2, rate=5000)])
	assert quotation.taxes[0].description == "VAT"
	_status, text = page(site, **link_of(quotation))
	assert 'ضريبة القيمة المضافة</span> <span lang="en" dir="ltr">VAT</span>' in text
	assert '<bdi dir="ltr">2</bdi> <bdi>عدد</bdi> × <bdi dir="ltr">5,000.00</bdi>' in text


def test_the_link_shows_the_quotation_with_total_and_instalments(site: ModuleType) -> None:
	quotation = submitted_quotation(items=[make.line(qty=2, rate=5000)])
	status, text = page(site, **link_of(quotation))
	assert status == 200
	for shown in (quotation.name, make.COMPANY, "Najd Furniture", "10,000.00", "Total including VAT"):
		assert shown in text
	assert text.count('name="token"') == 1
	assert 'lang="ar" dir="rtl"' in text
	assert 'name="viewport"' in text
	due = str(quotation.payment_schedule[0].due_date)
	assert due in text


def test_the_link_shows_the_plans_instalments(site: ModuleType) -> None:
	quotation = submitted_quotation(
		items=[make.line(rate=10000)],
		scb_plan_template="12 Months",
		scb_instalment_count=3,
		scb_down_payment=1000,
	)
	_status, text = page(site, **link_of(quotation))
	assert re.findall(r'class="number">(\d+)<', text) == ["1", "2", "3"]
	assert "Down Payment" in text
	for row in quotation.payment_schedule:
		assert str(row.due_date) in text
	assert [row.payment_amount for row in quotation.payment_schedule] == [1000, 3000, 3000, 3000]
	assert text.count("3,000.00") == 3


def test_a_due_date_beyond_the_hijri_tables_is_shown_in_one_calendar(site: ModuleType) -> None:
	quotation = submitted_quotation()
	assert "هـ" in page(site, **link_of(quotation))[1]
	quotation.payment_schedule[0].db_set("due_date", "2080-01-31")
	status, text = page(site, **link_of(quotation))
	assert status == 200
	assert "2080-01-31" in text
	assert "هـ" not in text


def test_what_a_seller_typed_is_text_on_the_page(site: ModuleType) -> None:
	quotation = submitted_quotation()
	quotation.items[0].db_set("item_name", "<script>alert(1)</script>")
	_status, text = page(site, **link_of(quotation))
	assert "<script>" not in text
	assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_name_that_a_customer_signs_with_is_never_markup(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import acceptance

	quotation = submitted_quotation()
	acceptance.accept(quotation.name, "<img src=x onerror=alert(1) Noura", acceptance.Channel.SIGNED_LINK)
	assert quotation.reload().scb_accepted_by == "img src=x onerror=alert(1) Noura"


def test_a_tampered_link_shows_nothing(site: ModuleType) -> None:
	first, second = submitted_quotation(), submitted_quotation()
	query = link_of(first)
	for wrong in (
		{**query, "quotation": second.name},
		{**query, "token": query["token"][:-2] + "xx"},
		{**query, "token": ""},
		{**query, "quotation": "no such quotation"},
		{},
	):
		status, text = page(site, **wrong)
		assert status == 403
		assert "This link is not valid" in text
		assert "Najd Furniture" not in text
		assert "1,000.00" not in text
		assert "<form" not in text


def test_an_expired_link_shows_nothing(site: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
	from saudi_crm_billing import signed_links

	query = link_of(submitted_quotation())
	later = site.utils.add_to_date(None, days=14, seconds=5, as_datetime=True)
	monkeypatch.setattr(signed_links, "now_datetime", lambda: later)
	status, text = page(site, **query)
	assert status == 410
	assert "This link has expired" in text
	assert "Najd Furniture" not in text


def test_a_link_ends_with_the_quotations_validity(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import api

	quotation = submitted_quotation(valid_till=site.utils.add_days(site.utils.nowdate(), 2))
	expires = api.acceptance_link(quotation.name)["expires"]
	assert expires == f"{quotation.valid_till} 23:59:59"


def test_the_company_says_how_long_links_live(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import api

	make.insert("SCB Billing Settings", company=make.COMPANY, link_days=3)
	expires = api.acceptance_link(submitted_quotation().name)["expires"]
	assert expires[:10] == site.utils.add_days(site.utils.nowdate(), 3)


@pytest.mark.parametrize("change", [{"docstatus": 2}, {"status": "Lost"}])
def test_a_good_link_to_a_closed_quotation_shows_nothing(site: ModuleType, change: dict[str, Any]) -> None:
	quotation = submitted_quotation()
	query = link_of(quotation)
	quotation.db_set(change)
	status, text = page(site, **query)
	assert status == 410
	assert "can no longer be accepted" in text
	assert "Najd Furniture" not in text


def test_a_changed_total_ends_the_link(site: ModuleType) -> None:
	quotation = submitted_quotation()
	query = link_of(quotation)
	quotation.db_set("grand_total", quotation.grand_total + 0.01)
	assert page(site, **query)[0] == 403


def test_a_guest_accepts_once_and_the_rule_hears_of_it(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import api

	a_rule()
	quotation = submitted_quotation()
	query = link_of(quotation)
	site.set_user("Guest")
	api.accept_by_link(**query, signed_by="  Abdullah <b>Al-Qahtani</b> ")
	assert site.local.response.type == "redirect"
	assert site.local.response.location.startswith("/quotation_acceptance?quotation=")
	site.set_user("Guest")
	api.accept_by_link(**query, signed_by="Somebody else")
	site.set_user("Administrator")
	quotation.reload()
	assert quotation.scb_accepted_by == "Abdullah bAl-Qahtani/b"
	assert quotation.scb_acceptance_channel == "Signed link"
	assert site.db.count(RUN, {"quotation": quotation.name}) == 1
	status, text = page(site, **query)
	assert status == 200
	assert "has been accepted" in text
	assert "Abdullah bAl-Qahtani/b" in text
	assert "<form" not in text


def test_a_bad_token_accepts_nothing(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import api

	a_rule()
	quotation = submitted_quotation()
	site.set_user("Guest")
	api.accept_by_link(quotation.name, "1.forged")
	site.set_user("Administrator")
	assert not quotation.reload().scb_accepted_on
	assert not site.db.exists(RUN, {"quotation": quotation.name})


def test_an_amended_quotation_is_not_accepted_yet(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import api

	quotation = submitted_quotation()
	api.mark_accepted(quotation.name)
	quotation.reload().cancel()
	amended = site.copy_doc(quotation, ignore_no_copy=False)
	amended.update({"amended_from": quotation.name, "scb_accepted_on": quotation.scb_accepted_on})
	amended.insert()
	assert amended.scb_accepted_on is None


def test_acceptance_cannot_be_written_through_the_form(site: ModuleType) -> None:
	quotation = make.a_quotation().insert()
	quotation.scb_accepted_on = site.utils.now_datetime()
	quotation.save()
	assert quotation.reload().scb_accepted_on is None


def test_winning_cannot_be_written_through_the_form(site: ModuleType) -> None:
	opportunity = make.insert(
		"Opportunity",
		opportunity_from="Customer",
		party_name=make.a_customer(),
		company=make.COMPANY,
		scb_won_on=site.utils.now_datetime(),
	)
	assert opportunity.scb_won_on is None
	opportunity.scb_won_by = "Administrator"
	opportunity.save()
	assert opportunity.reload().scb_won_by is None
