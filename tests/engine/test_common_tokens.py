"""Acceptance links: good for one thing, for a time, and for nobody who changes a character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.common.tokens import Claim, Verdict, derive_key, issue, verify

KEY = derive_key("secret of the site", "accept quotation")
CLAIM = Claim("accept quotation", "SAL-QTN-2026-00001", ("Riyadh Trading Co", "11500.00"))
NOON = 1_800_000_000


def test_a_link_works_up_to_its_last_second_and_not_after() -> None:
	token = issue(CLAIM, NOON, KEY)
	assert verify(token, CLAIM, KEY, NOON - 1) is Verdict.VALID
	assert verify(token, CLAIM, KEY, NOON) is Verdict.VALID
	assert verify(token, CLAIM, KEY, NOON + 1) is Verdict.EXPIRED


@pytest.mark.parametrize(
	"other",
	[
		Claim("cancel quotation", CLAIM.name, CLAIM.facts),
		Claim(CLAIM.purpose, "SAL-QTN-2026-00002", CLAIM.facts),
		Claim(CLAIM.purpose, CLAIM.name, ("Riyadh Trading Co", "11500.01")),
		Claim(CLAIM.purpose, CLAIM.name, ()),
		Claim(CLAIM.purpose, CLAIM.name, ("Riyadh Trading Co11500.00",)),
	],
)
def test_a_link_is_for_one_purpose_one_document_and_its_facts(other: Claim) -> None:
	assert verify(issue(CLAIM, NOON, KEY), other, KEY, NOON) is Verdict.FORGED


def test_a_later_expiry_cannot_be_written_into_an_old_link() -> None:
	signature = issue(CLAIM, NOON, KEY).split(".")[1]
	assert verify(f"{NOON + 999}.{signature}", CLAIM, KEY, NOON + 1) is Verdict.FORGED


def test_another_site_and_another_purpose_have_other_keys() -> None:
	token = issue(CLAIM, NOON, KEY)
	assert verify(token, CLAIM, derive_key("another secret", "accept quotation"), NOON) is Verdict.FORGED
	assert verify(token, CLAIM, derive_key("secret of the site", "pay"), NOON) is Verdict.FORGED


def test_a_forged_link_is_not_called_expired() -> None:
	token = issue(CLAIM, NOON, KEY)
	assert verify(token[:-1] + ("A" if token[-1] != "A" else "B"), CLAIM, KEY, NOON + 1) is Verdict.FORGED


@pytest.mark.parametrize(
	"token", ["", ".", "1.", f"{NOON}", f"-{NOON}.x", "٣.x", "9" * 4000, "1." + "=" * 43]
)
def test_rubbish_is_forged_and_raises_nothing(token: str) -> None:
	assert verify(token, CLAIM, KEY, NOON) is Verdict.FORGED


@given(st.text(max_size=80))
def test_no_text_but_the_token_itself_is_valid(text: str) -> None:
	token = issue(CLAIM, NOON, KEY)
	assert (verify(text, CLAIM, KEY, NOON) is Verdict.VALID) == (text == token)


@given(st.integers(0, 60), st.sampled_from("ABCxyz019-_."))
def test_one_changed_character_is_enough(position: int, character: str) -> None:
	token = issue(CLAIM, NOON, KEY)
	index = position % len(token)
	changed = token[:index] + character + token[index + 1 :]
	verdict = verify(changed, CLAIM, KEY, NOON)
	assert verdict is (Verdict.VALID if changed == token else Verdict.FORGED)


@given(st.text(), st.text(), st.lists(st.text(), max_size=4), st.integers(0, 10**12 - 1))
def test_every_claim_signs_and_verifies(purpose: str, name: str, facts: list[str], expires: int) -> None:
	claim = Claim(purpose, name, tuple(facts))
	assert verify(issue(claim, expires, KEY), claim, KEY, expires) is Verdict.VALID
