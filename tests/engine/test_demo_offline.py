"""The offline demo end to end: real engines, a real gateway over HTTP, and an oracle nobody here wrote."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import oracle
import pytest

from saudi_crm_billing import cli
from saudi_crm_billing.demo import play
from saudi_crm_billing.demo.offline import run
from saudi_crm_billing.demo.page import months
from saudi_crm_billing.demo.story import BUILT_IN, StoryError, load
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH, invoice_hash
from saudi_crm_billing.e_invoicing.engine.signing import verify
from saudi_crm_billing.e_invoicing.engine.xml import parse, text_at

NOW = datetime.now(timezone(timedelta(hours=3))).replace(microsecond=0) - timedelta(minutes=5)
PIH = "cac:AdditionalDocumentReference[cbc:ID='PIH']/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
	out, said = tmp_path_factory.mktemp("demo"), io.StringIO()
	assert run(out, NOW.date() + timedelta(days=70), None, said, NOW) == 0, said.getvalue()
	return out, said.getvalue()


def own_documents(out: Path) -> list[Path]:
	return sorted(path for path in (out / "xml").glob("*.xml") if ".cleared." not in path.name)


def test_every_document_passes_the_independent_validator_in_all_stages(played: tuple[Path, str]) -> None:
	previous = FIRST_PREVIOUS_HASH
	for path in own_documents(played[0]):
		xml = path.read_bytes()
		result = oracle.report(xml, previous, at=(NOW + timedelta(minutes=1)).isoformat())
		assert result["is_valid"] and result["is_complete"], (path.name, result["stages"])
		assert verify(xml) == ()
		previous = invoice_hash(xml)


def test_documents_form_one_chain_from_the_first_previous_hash(played: tuple[Path, str]) -> None:
	expected = FIRST_PREVIOUS_HASH
	for path in own_documents(played[0]):
		assert text_at(parse(path.read_bytes()), PIH) == expected
		expected = invoice_hash(path.read_bytes())


def test_standard_documents_are_cleared_and_simplified_ones_reported(played: tuple[Path, str]) -> None:
	out, said = played
	assert "4 cleared, 4 reported" in said
	cleared = {path.name.split(".")[0] for path in (out / "xml").glob("*.cleared.xml")}
	assert cleared == {"SINV-0001", "SINV-0004", "SINV-0006", "SINV-0007"}


def test_the_page_tells_the_story_in_both_languages(played: tuple[Path, str]) -> None:
	page = (played[0] / "index.html").read_text()
	assert '<html lang="ar" dir="rtl">' in page
	assert "From a won deal to an overdue alert" in page and "من صفقة مكسوبة إلى تنبيه تأخر" in page
	assert len(re.findall(r'class="qr"', page)) == len(list((played[0] / "qr").glob("*.png"))) == 8


def test_every_plan_adds_up_to_its_invoice() -> None:
	story = load()
	totals = {deal.number: Decimal(11500) for deal in story.deals}
	for deal in story.deals:
		planned = play._planned(story, deal, totals | {"SINV-0008": Decimal(100)}, date(2026, 11, 21))
		assert sum(row.amount for row in planned.schedule) == Decimal(11500)


def test_chart_counts_due_today_as_not_overdue() -> None:
	story = load()
	totals = {deal.number: Decimal(700) for deal in story.deals} | {"SINV-0008": Decimal(0)}
	planned = play._planned(story, story.deals[6], totals, date(2026, 11, 21))
	first = planned.schedule[1]
	assert months([planned], first.due_date)[1].overdue == 0
	assert months([planned], first.due_date + timedelta(days=1))[1].overdue == first.amount


@pytest.mark.parametrize(
	("change", "where", "what"),
	[
		((": SINV-0001\n", ": [SINV-0001]\n"), "deals[1].number", "expected text"),
		(("count: 7", "count: seven"), "deals[1].plan.count", "expected a whole number"),
		(("quantity: 6", "quantity: -6"), "deals[1].lines[1].quantity", "expected a number of zero or more"),
		(("class: export", "class: exports"), "deals[4]: customer", "`exports` is not among `classes`"),
		(("lines: [1]", "lines: [9]"), "credit_notes[1]", "must name a deal and its lines"),
		(("seller:", "sellers:"), "story.yaml", "`seller` is missing"),
		(("deals:", "deals: ]["), "story.yaml:24", "malformed YAML"),
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


def test_a_refused_story_ends_with_2_and_writes_nothing(
	tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
	story = tmp_path / "story.yaml"
	story.write_text("deals: 1\n")
	out = tmp_path / "out"
	assert cli.main(["demo", "--out", str(out), "--story", str(story)]) == 2
	assert "`seller` is missing" in capsys.readouterr().out
	assert not out.exists()


def test_a_plan_that_leaves_the_hijri_calendar_is_refused(tmp_path: Path) -> None:
	story = tmp_path / "story.yaml"
	story.write_text(
		BUILT_IN.read_text().replace("count: 12, calendar: hijri", "count: 1200, calendar: hijri")
	)
	said = io.StringIO()
	assert run(tmp_path / "out", None, story, said, NOW) == 2
	assert "outside 1343 to 1500 AH" in said.getvalue()
