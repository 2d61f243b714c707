"""Which unit issues: the closest one that may issue the document, and an inactive one before another's chain."""

from __future__ import annotations

import pytest

from saudi_crm_billing.e_invoicing.engine.model import Subtype
from saudi_crm_billing.e_invoicing.engine.routing import Candidate, choose

STANDARD, SIMPLIFIED = Subtype.STANDARD, Subtype.SIMPLIFIED
COMPANY = Candidate("company", "1100", True)
BRANCH = Candidate("branch", "1100", True, branch="Jeddah")
TILL = Candidate("till", "0100", True, pos_profile="Till 1")
TILL_IN_BRANCH = Candidate("till in branch", "0100", True, branch="Jeddah", pos_profile="Till 1")


@pytest.mark.parametrize(
	("subtype", "branch", "till", "expected"),
	[
		(SIMPLIFIED, "", "", "company"),
		(SIMPLIFIED, "Riyadh", "Till 9", "company"),
		(SIMPLIFIED, "Jeddah", "", "branch"),
		(SIMPLIFIED, "Riyadh", "Till 1", "till"),
		(SIMPLIFIED, "Jeddah", "Till 1", "till in branch"),
		# A till that issues simplified invoices only leaves a tax invoice to its branch, or to the company.
		(STANDARD, "Jeddah", "Till 1", "branch"),
		(STANDARD, "", "Till 1", "company"),
	],
)
def test_closest_unit_that_may_issue_it(subtype: Subtype, branch: str, till: str, expected: str) -> None:
	found = choose([COMPANY, TILL, BRANCH, TILL_IN_BRANCH], subtype, branch, till)
	assert found is not None
	assert found.name == expected


def test_an_inactive_unit_is_not_passed_over() -> None:
	down = Candidate("branch", "1100", False, branch="Jeddah")
	found = choose([COMPANY, down], SIMPLIFIED, "Jeddah")
	assert found == down
	assert choose([COMPANY, down], SIMPLIFIED, "Riyadh") == COMPANY


def test_a_successor_that_is_being_onboarded_leaves_the_unit_at_work() -> None:
	assert choose([Candidate("new", "1100", False), COMPANY], STANDARD) == COMPANY


def test_two_units_share_a_company_by_the_kind_of_document() -> None:
	standard, simplified = Candidate("B2B", "1000", True), Candidate("B2C", "0100", True)
	assert choose([standard, simplified], STANDARD) == standard
	assert choose([standard, simplified], SIMPLIFIED) == simplified


def test_an_inactive_unit_of_the_kind_is_not_passed_over_either() -> None:
	down = Candidate("B2B", "1000", False)
	assert choose([down, Candidate("B2C", "0100", True)], STANDARD) == down


def test_where_no_unit_may_issue_it_an_active_one_is_named() -> None:
	assert (
		choose([TILL, Candidate("draft", "0100", False, pos_profile="Till 1")], STANDARD, "", "Till 1")
		== TILL
	)


def test_without_a_unit_there_is_none() -> None:
	assert choose([], STANDARD) is None
	assert choose([BRANCH], STANDARD, "Riyadh") is None
