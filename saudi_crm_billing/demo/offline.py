"""The demo without a site: the story on plain files, through the engines and a real HTTP gateway on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TextIO

import segno

from saudi_crm_billing.common.dates import DateOutOfRange, Shift, shift_to_workday
from saudi_crm_billing.customer_tax.engine.tax_class import InvalidTaxClass
from saudi_crm_billing.demo import page, play
from saudi_crm_billing.demo.documents import decision_for
from saudi_crm_billing.demo.play import Issued, PlayedDeal
from saudi_crm_billing.demo.registration import Credentials, RegistrationError, register
from saudi_crm_billing.demo.story import Story, load
from saudi_crm_billing.demo.story_file import StoryError
from saudi_crm_billing.e_invoicing.engine.errors import EngineError
from saudi_crm_billing.e_invoicing.sending.gateway import Gateway
from saudi_crm_billing.instalments.engine.schedule import PlanError
from saudi_crm_billing.sandbox.server import Sandbox

DAYS_TO_ALERTS = 75


class Progress:
	"""A line a step, with its time."""

	def __init__(self, stream: TextIO) -> None:
		self.stream = stream
		self.number = 0

	@contextmanager
	def step(self, title: str) -> Iterator[list[str]]:
		"""Yields a list; what is put into it is printed behind the title."""
		started, details = time.monotonic(), list[str]()
		yield details
		self.number += 1
		seconds = time.monotonic() - started
		print(
			f"{self.number:2}. {title}: {', '.join(details)}  ({seconds:.1f} s)", file=self.stream, flush=True
		)


def run(out: Path, alert_date: date | None, story_file: Path | None, stream: TextIO, now: datetime) -> int:
	"""Play the story into the folder `out`; 0 done, 1 something was refused, 2 the story cannot be used."""
	progress = Progress(stream)
	try:
		with progress.step("Story") as said:
			story = load(story_file)
			said.append(f"{len(story.deals)} won deals, {len(story.notes)} credit note(s)")
		return _play(out, alert_date or _default_alert_date(now.date()), story, progress, now)
	except (StoryError, PlanError, InvalidTaxClass, EngineError, DateOutOfRange) as error:
		print(f"The story cannot be played.\n{error}", file=stream)
		return 2
	except RegistrationError as error:
		print(f"The gateway refused the unit: {error}", file=stream)
		return 1


def _default_alert_date(today: date) -> date:
	return shift_to_workday(today + timedelta(days=DAYS_TO_ALERTS), Shift.NEXT)


def _play(out: Path, alert_date: date, story: Story, progress: Progress, now: datetime) -> int:
	with progress.step("Tax classes") as said:
		decisions = {deal.number: decision_for(story, deal, now.date()) for deal in story.deals}
		said.extend(sorted({f"{d.category.value} {d.rate:f} %" for d in decisions.values() if d.category}))
	with Sandbox() as sandbox:
		gateway = Gateway(sandbox.base_url)
		with progress.step("Unit onboarded with the sandbox gateway") as said:
			sample = (story.deals[0], decisions[story.deals[0].number])
			credentials = register(gateway, story, sample, now)
			said.append(f"{sandbox.base_url}, 6 compliance documents")
		documents = _issue_and_send(story, credentials, gateway, progress, now)
	with progress.step("Instalment plans") as said:
		played = play.plan(story, documents, now.date())
		said.append(
			f"{sum(len(deal.schedule) for deal in played)} instalments, every sum exact to the halala"
		)
	with progress.step(f"Alerts that would go out on {alert_date}") as said:
		messages = play.alerts(played, alert_date)
		said.append(f"{len(messages)} customers, one message each")
	with progress.step("Files") as said:
		_write(out, story, documents, played, page.Alerts(alert_date, messages))
		said.append(f"{out}/index.html, {len(documents)} XML files, {len(documents)} QR images")
	return 0 if all(document.answer and document.answer.accepted for document in documents) else 1


def _issue_and_send(
	story: Story, credentials: Credentials, gateway: Gateway, progress: Progress, now: datetime
) -> list[Issued]:
	with progress.step("Invoices built, checked, signed and chained") as said:
		documents = list(play.issue(story, credentials, now))
		errors = sum(len(document.errors) for document in documents)
		said.append(f"{len(documents)} documents, {errors} errors found by the rules")
	with progress.step("Sent to the gateway") as said:
		sent = [replace(document, answer=play.send(gateway, credentials, document)) for document in documents]
		for kind, standard in (("cleared", True), ("reported", False)):
			count = sum(d.is_standard is standard and bool(d.answer and d.answer.accepted) for d in sent)
			said.append(f"{count} {kind}")
	return sent


def _write(
	out: Path, story: Story, documents: list[Issued], played: list[PlayedDeal], alerts: page.Alerts
) -> None:
	for folder in ("xml", "qr"):
		(out / folder).mkdir(parents=True, exist_ok=True)
	for document in documents:
		name = document.invoice.number
		(out / "xml" / f"{name}.xml").write_bytes(document.signed.xml)
		if document.answer and document.answer.cleared_xml:
			(out / "xml" / f"{name}.cleared.xml").write_bytes(document.answer.cleared_xml)
		code = segno.make(document.qr, error="m", micro=False)
		code.save(str(out / "qr" / f"{name}.png"), scale=4, border=2)
	(out / "index.html").write_text(page.render(story, documents, played, alerts), encoding="utf-8")
