"""One HTML page that shows the story in Arabic and English: documents, schedules, a chart, the alerts."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from saudi_crm_billing.collection.engine.messages import CustomerMessage
from saudi_crm_billing.collection.engine.messages import totals as sums_by_currency
from saudi_crm_billing.collection.engine.wording import Language, date_text, instalment_text, status_text
from saudi_crm_billing.demo.play import Issued, PlayedDeal
from saudi_crm_billing.demo.story import Story

HEIGHT = 180


@dataclass(frozen=True)
class Alerts:
	on: date
	messages: tuple[CustomerMessage, ...]


@dataclass(frozen=True)
class Month:
	"""One bar of the chart: SAR settled, overdue and still to come of all instalments due in that month."""

	label: str
	settled: Decimal
	overdue: Decimal
	to_come: Decimal

	@property
	def total(self) -> Decimal:
		return self.settled + self.overdue + self.to_come


@dataclass(frozen=True)
class Bar:
	"""A month drawn: heights in pixels from the bottom up."""

	month: Month
	heights: Mapping[str, float]


def render(story: Story, documents: list[Issued], played: list[PlayedDeal], alerts: Alerts) -> str:
	by_number = {document.invoice.number: document for document in documents}
	environment = Environment(
		loader=FileSystemLoader(Path(__file__).parent),
		autoescape=select_autoescape(["html"]),
		undefined=StrictUndefined,
	)
	environment.filters["money"] = lambda amount: f"{amount:,.2f}"
	return environment.get_template("page.html").render(
		story=story,
		deals=[(deal, by_number[deal.deal.number]) for deal in played],
		notes=[by_number[note.number] for note in story.notes],
		alerts=alerts,
		bars=bars(months(played, alerts.on)),
		arabic=Language.ARABIC,
		english=Language.ENGLISH,
		date_text=date_text,
		instalment_text=instalment_text,
		status_text=status_text,
		sums=sums_by_currency,
		state=state,
		qr=qr_image,
		height=HEIGHT,
	)


def state(due: date, outstanding: Decimal, on: date) -> str:
	"""`paid`, `overdue` or `open` on the day `on`; due that very day is not overdue."""
	if outstanding == 0:
		return "paid"
	return "overdue" if due < on else "open"


def months(played: Iterable[PlayedDeal], on: date) -> list[Month]:
	sums: dict[str, dict[str, Decimal]] = {}
	for deal in played:
		for row, left in zip(deal.schedule, deal.balances, strict=True):
			month = sums.setdefault(
				row.due_date.strftime("%Y-%m"), dict.fromkeys(("paid", "overdue", "open"), Decimal(0))
			)
			month["paid"] += left.amount - left.outstanding
			if left.outstanding:
				month[state(row.due_date, left.outstanding, on)] += left.outstanding
	return [
		Month(label, sums[label]["paid"], sums[label]["overdue"], sums[label]["open"])
		for label in sorted(sums)
	]


def bars(rows: list[Month]) -> list[Bar]:
	highest = max((month.total for month in rows), default=Decimal(1)) or Decimal(1)

	def height(amount: Decimal) -> float:
		return round(float(amount / highest) * HEIGHT, 1)

	return [
		Bar(row, {"paid": height(row.settled), "overdue": height(row.overdue), "open": height(row.to_come)})
		for row in rows
	]


def qr_image(text: str) -> str:
	"""The QR code as a data address, so that the page is one file."""
	out = io.BytesIO()
	segno.make(text, error="m", micro=False).save(out, kind="svg", scale=2, border=1, xmldecl=False)
	return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
