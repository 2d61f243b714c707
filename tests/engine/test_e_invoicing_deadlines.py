"""When a document that is to be reported becomes a matter for a person."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from saudi_crm_billing.e_invoicing.engine.deadlines import Stage, deadline

ISSUED = datetime(2026, 11, 20, 14, 30)
DOCTYPE = "saudi_crm_billing/e_invoicing/doctype/zatca_alert/zatca_alert.json"


def test_the_deadline_is_a_day_after_the_issue() -> None:
	assert deadline(ISSUED) == datetime(2026, 11, 21, 14, 30)


def test_the_log_of_alerts_offers_every_stage() -> None:
	fields = json.loads((Path(__file__).resolve().parents[2] / DOCTYPE).read_text())["fields"]
	(options,) = [field["options"] for field in fields if field["fieldname"] == "stage"]
	assert options.split("\n") == [stage.value for stage in Stage]
