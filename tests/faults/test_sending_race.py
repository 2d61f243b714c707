"""Three presses of "Send to Customer" in the same moment, in three processes: the customer gets one mail."""

from __future__ import annotations

import pytest
from workers import SITE, Workers

pytestmark = pytest.mark.commits

WORKERS = Workers("sending_worker.py")
ask = WORKERS.ask
PRESSES = 3

if not SITE:
	pytest.skip("no bench: SCB_COMMIT_SITE is not set", allow_module_level=True)

import collection_kit as kit  # noqa: E402  (imports frappe, which only a bench has)

from saudi_crm_billing.sandbox.server import Sandbox  # noqa: E402


def test_presses_at_once_send_one_mail() -> None:
	with Sandbox() as sandbox, kit.mail_server() as server:
		try:
			made = ask("prepare", sandbox.base_url, str(server.port))
			assert made["state"] == "Cleared"
			answers = WORKERS.at_once(*[("send", made["invoice"])] * PRESSES)
			assert sorted(answer["sent"] for answer in answers) == [False] * (PRESSES - 1) + [True]
			assert ask("state", made["invoice"]) == {"queue": ["Sent"], "messages": 1, "state": "Sent"}
			assert len(server.to("race@najd.example")) == 1
		finally:
			ask("retire")
