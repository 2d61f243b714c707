"""A mail server for the tests of reminders."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import collection_kit as kit
import pytest

from saudi_crm_billing.collection.policy import BY_PRINT_LANGUAGE


@pytest.fixture
def server(site: ModuleType) -> Iterator[kit.MailServer]:
	"""A mail server, an enabled policy without a digest that sends through it, and an empty mail queue."""
	with kit.mail_server() as server:
		site.db.delete("Email Queue")
		kit.a_policy(kit.an_outgoing_account(server.port), message_language=BY_PRINT_LANGUAGE)
		yield server


@pytest.fixture
def default_server(site: ModuleType) -> Iterator[kit.MailServer]:
	"""A mail server through which all mail of the site goes, and an empty mail queue."""
	with kit.mail_server() as server:
		account = kit.an_outgoing_account(server.port)
		site.db.set_value("Email Account", {"name": ("!=", account)}, "default_outgoing", 0)
		site.db.set_value("Email Account", account, "default_outgoing", 1)
		site.db.delete("Email Queue")
		yield server
