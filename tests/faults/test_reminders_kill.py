"""Reminders under kills, races and payments in flight: what "once" means is shown at the mail server.

No key under two Message-IDs, no key missing, and a Message-ID repeated at most as often as a sender was killed.
Real processes, real commits and real SMTP, on a site of its own.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from workers import SITE, TIMEOUT, Workers, answer, tell, wait_for

pytestmark = pytest.mark.commits

WORKERS = Workers("reminders_worker.py")
start, started, ask = WORKERS.start, WORKERS.started, WORKERS.ask
FULL = bool(os.environ.get("SCB_FULL"))
CUSTOMERS = 100 if FULL else 25
KILLS = 60 if FULL else 9

if not SITE:
	pytest.skip("no bench: SCB_COMMIT_SITE is not set", allow_module_level=True)

import collection_kit as kit  # noqa: E402  (imports frappe, which only a bench has)


class KillingServer(kit.MailServer):
	"""Kills the sender when it has taken so many more messages, before it answers."""

	def __init__(self) -> None:
		super().__init__()
		self.victim: subprocess.Popen[str] | None = None
		self.kill_after = 0

	async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
		answer = await super().handle_DATA(server, session, envelope)
		self.kill_after -= 1
		if self.victim and self.kill_after == 0:
			self.victim.send_signal(signal.SIGKILL)
		return answer


@pytest.fixture
def server() -> Iterator[KillingServer]:
	killing = KillingServer()
	killing.controller.start()
	yield killing
	killing.controller.stop()
	ask("retire")


def test_two_processes_at_once_tell_every_customer_once(server: KillingServer) -> None:
	keys = ask("prepare", str(server.port), str(CUSTOMERS))["keys"]
	processes = [started("remind") for _ in range(2)]
	for process in processes:
		tell(process)
	answers = [answer(process) for process in processes]
	assert sum(counts.get("queued", 0) for counts in answers) == CUSTOMERS
	after = ask("state")
	assert after["errors"] == []
	assert after["keys"] == keys and len(keys) == 3 * CUSTOMERS
	assert len(after["queue"]) == CUSTOMERS


def test_one_customers_failure_leaves_nothing_of_it_and_stops_nobody_else(server: KillingServer) -> None:
	keys = ask("prepare", str(server.port), "5")["keys"]
	assert ask("remind_with_a_failure", "Reminder Race 002") == {"queued": 4, "errors": 1}
	after = ask("state")
	assert (len(after["keys"]), len(after["queue"])) == (12, 4)
	(error,) = after["errors"]
	assert error["method"] == "Instalment reminders" and "broken on purpose" in error["error"]
	assert ask("remind") == {"queued": 1}
	assert ask("state")["keys"] == keys


def test_a_payment_in_flight_is_waited_for_and_seen(server: KillingServer) -> None:
	planned = ask("prepare_planned", str(server.port))
	assert ask("owed", planned["due"])["messages"] == 1
	payer = start("pay_slowly", planned["invoice"])
	wait_for(payer, "posted")
	reminder = started("remind", planned["due"])
	tell(reminder)
	assert ask("someone_waits")["waits"], "the reminder did not wait for the payment"
	assert reminder.poll() is None
	tell(payer)
	answer(payer)
	assert answer(reminder) == {}
	assert ask("state")["keys"] == []


def test_kills_at_any_moment_lose_nothing_and_say_nothing_under_two_identities(server: KillingServer) -> None:
	keys = ask("prepare", str(server.port), str(CUSTOMERS))["keys"]
	seed = int(os.environ.get("SCB_SEED") or random.randrange(10**6))
	print(f"seed {seed}: SCB_SEED={seed} plays the same kills again")
	chance = random.Random(seed)
	kills = sum(kill_once(server, chance, attempt) for attempt in range(KILLS))
	server.victim = None
	ask("remind_and_deliver")

	identities: dict[str, set[str]] = {}
	for message in server.messages:
		for key in kit.keys_of(message):
			identities.setdefault(key, set()).add(kit.message_id_of(message))
	repeats = Counter(kit.message_id_of(message) for message in server.messages)
	repeated = {identity: count - 1 for identity, count in repeats.items() if count > 1}
	after = ask("state")

	assert sorted(identities) == keys, f"seed {seed}: a key is missing or unknown at the server"
	assert {len(found) for found in identities.values()} == {1}, f"seed {seed}: a key under two Message-IDs"
	assert sum(repeated.values()) <= kills, f"seed {seed}: {repeated} repeats after {kills} kills"
	assert after["keys"] == keys
	assert Counter(row["message_id"] for row in after["queue"]) == Counter(set(repeats))
	assert {row["status"] for row in after["queue"]} == {"Sent"}
	print(f"{kills} kills, {len(server.messages)} messages, repeated: {repeated or 'none'}")


def kill_once(server: KillingServer, chance: random.Random, attempt: int) -> int:
	"""Kill one worker; 1 if it was alive.

	First right after every kind of commit, a few customers further each time; then at random times; then when
	the server took a random message, before it answers.
	"""
	way = ("commit", "time", "server")[attempt * 3 // KILLS]
	commits = 3 + attempt % 6 if way == "commit" else 0
	worker = started("remind_and_deliver", str(commits))
	server.kill_after, server.victim = (chance.randint(1, 5), worker) if way == "server" else (0, None)
	tell(worker)
	try:
		worker.communicate(timeout=chance.uniform(0.02, 0.8) if way == "time" else TIMEOUT)
	except subprocess.TimeoutExpired:
		worker.kill()
		worker.communicate()
	return int(worker.returncode == -signal.SIGKILL)
