"""The offline demo end to end: real engines, a real gateway over HTTP, and an oracle nobody here wrote."""

from __future__ import annotations

import io
import re
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import oracle
import pytest

from saudi_crm_billing.demo import play
from saudi_crm_billing.demo.offline import run
from saudi_crm_billing.demo.page import months
from saudi_crm_billing.demo.registration import Credentials
from saudi_crm_billing.demo.story import load
from saudi_crm_billing.e_invoicing.engine.answers import Answer, Call, classify
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH, invoice_hash
from saudi_crm_billing.e_invoicing.engine.signing import verify
from saudi_crm_billing.e_invoicing.engine.xml import parse, text_at
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway

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


def test_a_document_that_was_not_accepted_is_not_called_reported(
	tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
	really_send = play.send

	def send(gateway: Gateway, credentials: Credentials, document: play.Issued) -> Answer:
		if document.invoice.number in ("SINV-0002", "SINV-0008"):
			return classify(Call.REPORT, 503, "")
		return really_send(gateway, credentials, document)

	monkeypatch.setattr(play, "send", send)
	said = io.StringIO()
	assert run(tmp_path, None, None, said, NOW) == 1
	assert "4 cleared, 2 reported" in said.getvalue()
	page = (tmp_path / "index.html").read_text()
	badges = re.findall(r'<span class="badge (good|bad)">.*?<span class="en">(.*?)</span></span>', page)
	assert Counter(badges) == {("good", "Cleared"): 4, ("good", "Reported"): 2, ("bad", "Not accepted"): 2}
