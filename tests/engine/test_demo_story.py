"""What a story may be: the built-in one plays on any day, and a wrong one is refused with its place."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from saudi_crm_billing import cli
from saudi_crm_billing.common.dates import RIYADH, DateOutOfRange
from saudi_crm_billing.customer_tax.engine.tax_class import InvalidTaxClass
from saudi_crm_billing.demo.documents import Slot, credit_note_for, decision_for, invoice_for, schedule_for
from saudi_crm_billing.demo.offline import run
from saudi_crm_billing.demo.story import BUILT_IN, Story, load, read
from saudi_crm_billing.demo.story_file import StoryError
from saudi_crm_billing.e_invoicing.engine import ubl
from saudi_crm_billing.e_invoicing.engine.errors import EngineError
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.model import Invoice
from saudi_crm_billing.e_invoicing.engine.rules import check
from saudi_crm_billing.e_invoicing.engine.totals import compute
from saudi_crm_billing.instalments.engine.schedule import PlanError

NOON = time(12, tzinfo=RIYADH)
NOW = datetime(2026, 11, 21, 12, tzinfo=RIYADH)
UNSIGNED = {"BR-KSA-27", "BR-KSA-28", "BR-KSA-29", "BR-KSA-30", "BR-KSA-60"}
"""The rules that ask for the stamp and the QR code, which a document gets when it is signed."""


def papers(story: Story, on: date) -> Iterator[Invoice]:
	slot = Slot(1, FIRST_PREVIOUS_HASH, datetime.combine(on, NOON))
	deals = {deal.number: deal for deal in story.deals}
	for deal in story.deals:
		yield invoice_for(story, deal, decision_for(story, deal, on), slot)
	for note in story.notes:
		deal = deals[note.of]
		yield credit_note_for(story, deal, note, decision_for(story, deal, on), slot)


@given(st.dates(date(2026, 1, 1), date(2040, 12, 31)))
@example(date(2027, 12, 31))
@example(date(2028, 1, 1))
@example(date(2028, 2, 29))
@settings(max_examples=12, deadline=None)
def test_the_built_in_story_plays_on_any_day(on: date) -> None:
	story = load()
	documents = {invoice.number: invoice for invoice in papers(story, on)}
	for invoice in documents.values():
		errors = {
			f.id for f in check(ubl.build(invoice), datetime.combine(on, NOON)) if f.severity == "error"
		}
		assert errors <= UNSIGNED, (invoice.number, errors)
	for deal in story.deals:
		total = compute(documents[deal.number]).payable
		assert sum(row.amount for row in schedule_for(deal, total, on)) == total


@pytest.mark.parametrize(
	("change", "where", "what"),
	[
		((": SINV-0001\n", ": [SINV-0001]\n"), "deals[1].number", "expected text"),
		(("count: 7", "count: seven"), "deals[1].plan.count", "expected a whole number"),
		(("quantity: 6", "quantity: -6"), "deals[1].lines[1].quantity", "expected a number of zero or more"),
		(("quantity: 6", "quantity: 1e999999"), "deals[1].lines[1].quantity", "at most"),
		(("class: export", "class: exports"), "deals[4]: customer", "`exports` is not among `classes`"),
		(("lines: [1]", "lines: [9]"), "credit_notes[1]", "must name a deal and its lines"),
		(("seller:", "sellers:"), "story.yaml", "`seller` is missing"),
		(("deals:", "deals: []\nothers:"), "story.yaml: deals", "expected a list with at least one deal"),
		(("deals:", "deals: ]["), "story.yaml:24", "malformed YAML"),
		(("from: 2018-01-01", "from: 2018-01-01 00:00:00"), "classes.special.from", "expected a date"),
		(("from: 2018-01-01", "from: 2018-13-45"), "story.yaml", "malformed YAML"),
		(("deals:", f"deals: {'[' * 5000}"), "story.yaml", "malformed YAML"),
		((": SINV-0002\n", ": SINV-0001\n"), "deals[2].number", "`SINV-0001` is there already"),
		((": SINV-0008\n", ": SINV-0003\n"), "credit_notes[1].number", "`SINV-0003` is there already"),
		((": SINV-0002\n", ": SINV/0002\n"), "deals[2].number", "letters, digits, - and _"),
		((": SINV-0002\n", ": ..\n"), "deals[2].number", "letters, digits, - and _"),
		((": SINV-0008\n", ": ../up\n"), "credit_notes[1].number", "letters, digits, - and _"),
	],
)
def test_a_wrong_story_is_refused_with_its_place(
	tmp_path: Path, change: tuple[str, str], where: str, what: str
) -> None:
	text = BUILT_IN.read_text()
	assert change[0] in text
	story = tmp_path / "story.yaml"
	story.write_text(text.replace(*change, 1))
	with pytest.raises(StoryError) as caught:
		load(story)
	assert where in str(caught.value) and what in str(caught.value)


def test_a_class_that_does_not_hold_on_the_day_is_named_with_its_dates(tmp_path: Path) -> None:
	story, said = tmp_path / "story.yaml", io.StringIO()
	story.write_text(BUILT_IN.read_text().replace("to: 2099-12-31", "to: 2026-01-31"))
	assert run(tmp_path / "out", None, story, said, NOW) == 2
	assert "deals[7].customer.class: `special` does not hold on 2026-11-21" in said.getvalue()
	assert "from 2018-01-01 to 2026-01-31" in said.getvalue()
	assert not (tmp_path / "out").exists()


def test_a_class_holds_on_its_last_day(tmp_path: Path) -> None:
	path = tmp_path / "story.yaml"
	path.write_text(BUILT_IN.read_text().replace("to: 2099-12-31", "to: 2026-11-21"))
	story = load(path)
	assert decision_for(story, story.deals[6], NOW.date()).rate == Decimal(5)


def test_a_refused_story_ends_with_2_and_writes_nothing(
	tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
	story = tmp_path / "story.yaml"
	story.write_text("deals: 1\n")
	out = tmp_path / "out"
	assert cli.main(["demo", "--out", str(out), "--story", str(story)]) == 2
	assert "`seller` is missing" in capsys.readouterr().out
	assert not out.exists()


@pytest.mark.parametrize(
	("change", "what"),
	[
		(("count: 12, calendar: hijri", "count: 1200, calendar: hijri"), "outside 1343 to 1500 AH"),
		(("first_due_after_months: 1", "first_due_after_months: 9999999"), "outside 1343 to 1500 AH"),
	],
)
def test_a_plan_that_leaves_the_calendar_is_refused(
	tmp_path: Path, change: tuple[str, str], what: str
) -> None:
	story, said = tmp_path / "story.yaml", io.StringIO()
	story.write_text(BUILT_IN.read_text().replace(*change))
	assert run(tmp_path / "out", None, story, said, NOW) == 2
	assert what in said.getvalue()
	assert not (tmp_path / "out").exists()


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
	"""The place of every scalar in the file."""
	pairs = (
		value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
	)
	if pairs is None:
		yield path
		return
	for key, inner in pairs:
		yield from leaves(inner, (*path, key))


DATA = yaml.safe_load(BUILT_IN.read_text())
ODD = [
	*(None, True, False, -1, 0, 10**30, 1e308, 1e-9, float("nan"), float("inf"), "", " ", "x", "0", "1e99"),
	*("ـ", "a\x7fb", "\ud7ff\ufffe", "<x>&", "../..", "9" * 5000, [], {}, [[]], date(1, 1, 1), NOW, b"\xff"),
]


@given(st.sampled_from(list(leaves(DATA))), st.sampled_from(ODD))
@settings(max_examples=150, deadline=None)
def test_an_odd_value_anywhere_is_refused_with_words_or_played(place: tuple[Any, ...], odd: object) -> None:
	data = copy.deepcopy(DATA)
	parent = data
	for key in place[:-1]:
		parent = parent[key]
	parent[place[-1]] = odd
	try:
		story = read("story.yaml", yaml.safe_load(yaml.safe_dump(data)))
		for invoice in papers(story, NOW.date()):
			ubl.build(invoice)
			total = compute(invoice).payable
			deal = next((deal for deal in story.deals if deal.number == invoice.number), None)
			if deal:
				schedule_for(deal, total, NOW.date())
	except (StoryError, PlanError, InvalidTaxClass, EngineError, DateOutOfRange) as error:
		assert str(error).strip()
