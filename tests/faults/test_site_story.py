"""The demo's story in one piece on a real site: from the lead to the overdue alert, with the demo's own code.

Real jobs in a real worker, the gateway over real HTTP, mail over real SMTP. The site is put back afterwards.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from workers import BENCH, SITE, Workers

pytestmark = pytest.mark.commits

WORKERS = Workers("story_worker.py")
ask = WORKERS.ask

if not SITE:
	pytest.skip("no bench: SCB_COMMIT_SITE is not set", allow_module_level=True)

import collection_kit as kit  # noqa: E402  (imports frappe, which only a bench has)

from saudi_crm_billing.sandbox.server import Sandbox  # noqa: E402

SALES_USER = "noura@demo.example"
COMPANIES = {"en": "Riyadh Trading Co", "ar": "شركة الرياض للتجارة"}


@dataclass(frozen=True)
class Sale:
	"""What a deal of the story comes to, reckoned by hand; texts in SAR."""

	email: str
	total: str
	vat: str
	e_invoice: str
	amounts: str
	"""Of the down payment (0.00 without one) and the instalments; "×" repeats."""
	paid: str
	credited: str = "0.00"


SALES = {
	"Najd Furniture": Sale(
		"accounts@najd.example", "16129.90", "2103.90", "Cleared", "1500.00 2089.99×4 2089.98×3", "3589.99"
	),
	"Sarah Alotaibi": Sale(
		"sarah@example.com", "7012.70", "914.70", "Reported", "0.00 584.40×2 584.39×10", "0.00", "2528.85"
	),
	"Abdullah Alharbi": Sale(
		"abdullah@example.com", "18000.00", "0.00", "Reported", "0.00 6000.00×3", "6000.00"
	),
	"Kuwait Interiors W.L.L.": Sale(
		"ap@kuwait-interiors.example", "25000.00", "0.00", "Cleared", "0.00 6250.00×4", "0.00"
	),
	"Khalid Alqahtani": Sale(
		"khalid@example.com", "36000.00", "0.00", "Reported", "0.00 3000.00×12", "6000.00"
	),
	"Tihama Est.": Sale("finance@tihama.example", "5000.00", "0.00", "Cleared", "0.00 2500.00×2", "5000.00"),
	"Coast Contracting": Sale(
		"ap@coast.example", "10499.99", "500.00", "Cleared", "499.99 1111.12 1111.11×8", "499.99"
	),
}


@dataclass(frozen=True)
class Played:
	"""The story after its end: what it printed, what stands on the site, what arrived by mail."""

	printed: list[str]
	state: dict[str, Any]
	server: kit.MailServer
	day: date


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
	dump = tmp_path_factory.mktemp("story") / "site.sql"
	files = attached_files()
	save(dump)
	worker = None
	try:
		ask("clear")
		worker = WORKERS.start("work")
		with Sandbox() as sandbox, kit.mail_server() as server:
			printed = ask("play", sandbox.base_url, str(server.port))["printed"]
			state = ask("state")
			yield Played(printed, state, server, day_of(printed))
	finally:
		if worker:
			worker.kill()
			worker.communicate()
		restore(dump)
		for file in attached_files() - files:
			file.unlink()


def database() -> tuple[list[str], dict[str, str]]:
	"""Options of MariaDB's own programs for the site's database, and their environment."""
	config = {
		**json.loads((BENCH / "sites" / "common_site_config.json").read_text()),
		**json.loads((BENCH / "sites" / str(SITE) / "site_config.json").read_text()),
	}
	login = [f"-h{config.get('db_host') or '127.0.0.1'}", f"-u{config.get('db_user') or config['db_name']}"]
	return [*login, config["db_name"]], {**os.environ, "MYSQL_PWD": config["db_password"]}


def save(dump: Path) -> None:
	options, secret = database()
	with dump.open("wb") as out:
		command = ["mariadb-dump", "--single-transaction", "--quick", *options]
		subprocess.run(command, stdout=out, env=secret, check=True)


def restore(dump: Path) -> None:
	"""The database as it was, and nothing of the story in the cache."""
	options, secret = database()
	fast = b"SET autocommit=0, unique_checks=0, foreign_key_checks=0;\n"
	source = subprocess.Popen(["mariadb", *options], stdin=subprocess.PIPE, env=secret)
	assert source.stdin
	source.stdin.write(fast + dump.read_bytes() + b"\nCOMMIT;\n")
	source.stdin.close()
	assert source.wait() == 0
	ask("forget")


def attached_files() -> set[Path]:
	folder = BENCH / "sites" / str(SITE)
	return {file for kind in ("private", "public") for file in (folder / kind / "files").glob("*")}


def day_of(printed: list[str]) -> date:
	(line,) = (line for line in printed if "The clock moves to" in line)
	return date.fromisoformat(line.split("moves to ")[1][:10])


def by_customer(story: Played) -> dict[str, dict[str, Any]]:
	return {row["customer"]: row for row in story.state["invoices"]}


def amounts(text: str) -> list[Decimal]:
	pairs = (part.partition("×") for part in text.split())
	every = [Decimal(amount) for amount, _, times in pairs for _ in range(int(times or 1))]
	return [amount for amount in every if amount]


def still_owed(due: list[Decimal], settled: Decimal) -> list[Decimal]:
	"""The oldest is settled first."""
	owed = []
	for amount in due:
		taken = min(amount, settled)
		settled -= taken
		owed.append(amount - taken)
	return owed


def owed_until(story: Played, last: date) -> dict[str, list[Decimal]]:
	"""By customer what the site still has open of the instalments due up to `last`."""
	found = {
		customer: [
			Decimal(outstanding)
			for _, due, _, outstanding in row["instalments"]
			if Decimal(outstanding) and date.fromisoformat(due) <= last
		]
		for customer, row in by_customer(story).items()
	}
	return {customer: owed for customer, owed in found.items() if owed}


def test_every_won_deal_becomes_one_order_one_invoice_and_one_accepted_e_invoice(story: Played) -> None:
	made = by_customer(story)
	assert sorted(made) == sorted(SALES) and len(story.state["invoices"]) == len(SALES)
	assert story.state["runs"] == ["Done"] * len(SALES)
	for customer, sale in SALES.items():
		row = made[customer]
		assert row["e_invoice"] == [sale.e_invoice, sale.total, sale.vat], customer
		assert (row["total"], row["status"]) == (sale.total, sale.e_invoice), customer
		assert row["lead"] and row["quotation"]["status"] == "Ordered", customer
		assert row["quotation"]["scb_accepted_on"] or row["quotation"]["won_on"], customer
		assert row["quotation"]["scb_zatca_status"] == sale.e_invoice, customer
	won = [row["quotation"]["won_on"] for row in made.values() if row["quotation"]["won_on"]]
	assert len(won) == 2, "every third deal is won on its opportunity"


def test_the_credit_note_is_reported_too(story: Played) -> None:
	(note,) = story.state["notes"]
	assert (note["customer"], note["total"], note["status"]) == ("Sarah Alotaibi", "-2528.85", "Reported")
	assert note["e_invoice"] == ["Reported", "2528.85", "329.85"]


def test_instalments_stand_as_paid_and_credited_to_the_halala(story: Played) -> None:
	for customer, sale in SALES.items():
		row, due = by_customer(story)[customer], amounts(sale.amounts)
		settled = Decimal(sale.paid) + Decimal(sale.credited)
		shown = [(Decimal(amount), Decimal(owed)) for _, _, amount, owed in row["instalments"]]
		assert shown == list(zip(due, still_owed(due, settled), strict=True)), customer
		assert Decimal(row["outstanding"]) == Decimal(sale.total) - settled, customer


def test_who_owes_hears_of_it_once_in_both_languages(story: Played) -> None:
	owed = owed_until(story, story.day + timedelta(days=3))
	assert 3 <= len(owed) < len(SALES), "the day should find some customers late and others not"
	for customer, sale in SALES.items():
		messages = story.server.to(sale.email)
		assert len(messages) == (customer in owed), customer
		for message in messages:
			figure = f"{sum(owed[customer], Decimal(0)):,.2f}"
			arabic, english = str(message["Subject"]).split(" | ")
			assert arabic == f"تذكير بالأقساط المستحقة من {COMPANIES['ar']}: {figure} ريال"
			assert english == f"Reminder of instalments from {COMPANIES['en']}: SAR {figure}"


def test_the_sales_person_gets_one_digest_in_arabic(story: Played) -> None:
	late = owed_until(story, story.day - timedelta(days=1))
	rows = [amount for owed in late.values() for amount in owed]
	(message,) = story.server.to(SALES_USER)
	subject = f"الأقساط المتأخرة لعملائك: {sum(rows):,.2f} ريال ({len(rows)})"
	assert message["Subject"] == subject
	assert [(row["user"], row["kind"]) for row in story.state["digests"]] == [(SALES_USER, "Receivables")]


def test_a_second_run_sends_nothing_and_nothing_went_wrong(story: Played) -> None:
	arrived = len(story.server.messages)
	assert arrived == len(owed_until(story, story.day + timedelta(days=3))) + 1
	assert story.printed[-1].split("  (")[0].endswith(f"{arrived - 1} messages, 1 digest(s); run again: 0")
	assert ask("alert_again", str(story.day)) == {}
	assert len(story.server.messages) == arrived
	assert story.state["queue"] == ["Sent"] * arrived
	assert story.state["errors"] == []
