"""A customer accepts behind the link while somebody else accepts, changes or cancels the quotation: two processes."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import factories as make
import frappe
import instalments_helpers as steps
import pytest
from frappe.model.document import Document
from second_connection import Meanwhile
from test_crm_billing_acceptance import link_of, page

from saudi_crm_billing.crm_billing import api

pytestmark = pytest.mark.commits

SHORT, LONG = "Raced Two", "Raced Four"


@pytest.fixture
def quotation(committing_site: ModuleType) -> Document:
	"""Submitted, with two plans to choose from besides its own."""
	for name, count in ((SHORT, 2), (LONG, 4)):
		steps.a_template(name, instalment_count=count)
	offered = [{"plan_template": SHORT}, {"plan_template": LONG}]
	values = {
		"scb_customer_chooses": 1,
		"scb_offered_plans": offered,
		"scb_plan_template": steps.a_template(),
	}
	quotation = make.a_quotation(items=[make.line(rate=1200)], **values).insert()
	quotation.submit()
	frappe.db.commit()
	return quotation


def accept(query: dict[str, str], plan: str) -> str:
	"""As the page's form does; where it leads to."""
	frappe.set_user("Guest")
	api.accept_by_link(**query, signed_by=f"Chooser of {plan}", plan=plan)
	frappe.set_user("Administrator")
	return str(frappe.local.response.location)


def meanwhile(first: Callable[[], Any], second: Callable[[], Any]) -> Meanwhile:
	"""`second` begins while what `first` did is not committed yet, and waits for that."""
	first()
	try:
		other = Meanwhile(second)
		other.wait_until_it_waits()
	finally:
		frappe.db.commit()
	return other


def stored(quotation: Document) -> tuple[str | None, str | None, str | None]:
	"""Who accepted it, with which plan, and the plan whose terms were kept."""
	frappe.db.rollback()
	quotation.reload()
	terms = frappe.parse_json(quotation.scb_chosen_terms or "{}")
	return quotation.scb_accepted_by, quotation.scb_chosen_template, terms.get("template")


def test_of_two_choices_at_once_the_first_counts_and_the_second_is_told(
	committing_site: ModuleType, quotation: Document
) -> None:
	query = link_of(quotation)
	second = meanwhile(lambda: accept(query, LONG), lambda: accept(query, SHORT))
	assert second.result().endswith("&late=1")
	assert stored(quotation) == (f"Chooser of {LONG}", LONG, LONG)
	_status, text = page(committing_site, **query, late="1")
	assert "had been accepted before" in text
	assert "4 × 300.00 SAR" in text


def test_a_choice_that_waits_for_the_seller_is_judged_by_what_the_seller_offers_now(
	committing_site: ModuleType, quotation: Document
) -> None:
	query = link_of(quotation)
	quotation.set("scb_offered_plans", quotation.scb_offered_plans[:1])
	other = meanwhile(quotation.save, lambda: accept(query, LONG))
	assert other.result().endswith("&gone=1")
	assert stored(quotation) == (None, None, None)
	assert "late" not in accept(query, SHORT)
	frappe.db.commit()
	assert stored(quotation) == (f"Chooser of {SHORT}", SHORT, SHORT)


def test_a_seller_who_saves_what_was_accepted_meanwhile_is_refused(quotation: Document) -> None:
	query = link_of(quotation)

	def withdraw() -> None:
		found = frappe.get_doc("Quotation", quotation.name)
		found.scb_customer_chooses = 0
		found.save()

	other = meanwhile(lambda: accept(query, LONG), withdraw)
	with pytest.raises(frappe.TimestampMismatchError, match="has been modified after you have opened it"):
		other.result()
	assert stored(quotation) == (f"Chooser of {LONG}", LONG, LONG)
	assert quotation.scb_customer_chooses == 1


def test_a_quotation_cancelled_meanwhile_is_not_accepted_and_the_page_says_so(
	committing_site: ModuleType, quotation: Document
) -> None:
	query = link_of(quotation)
	other = meanwhile(quotation.cancel, lambda: accept(query, LONG))
	assert other.result().startswith("/quotation_acceptance?quotation=")
	assert stored(quotation) == (None, None, None)
	assert "can no longer be accepted" in page(committing_site, **query)[1]
