"""A certificate is renewed while others submit: two whole chains, no invoice lost between them, no key left behind."""

from __future__ import annotations

import pytest
from test_chain_race import EACH, ask, assert_unbroken, at_once, unit

pytestmark = pytest.mark.commits

__all__ = ["unit"]


def test_invoices_submitted_during_a_renewal_are_in_one_of_the_two_chains(unit: str) -> None:
	before = ask("issued_by")["without"]
	sold = at_once(("submit_through", str(EACH)), ("submit_through", str(EACH)), ("renew", unit))
	successor = sold[2]["unit"]
	assert [row["submitted"] for row in sold[:2]] == [EACH, EACH]
	assert ask("submit", "1")["submitted"] == 1
	old, new = (len(ask("chain", name)["documents"]) for name in (unit, successor))
	assert old + new == 2 * EACH + 1
	assert new >= 1
	assert_unbroken(successor, new)
	if old:
		assert_unbroken(unit, old)
	after = ask("issued_by")
	assert after["without"] == before
	assert unit not in after["keys"]
	assert successor in after["keys"]


def test_two_renewals_at_once_leave_one_successor(unit: str) -> None:
	ask("submit", "1")
	answers = at_once(("try_renew", unit), ("try_renew", unit))
	assert len([row for row in answers if row["unit"]]) == 1, answers
	(successor,) = {row["unit"] for row in answers if row["unit"]}
	assert ask("successors", unit)["names"] == [successor]
	assert ask("submit", "2")["submitted"] == 2
	assert_unbroken(successor, 2)
