"""What the hooks of a plan's changes call."""

from __future__ import annotations

from typing import Any

from saudi_crm_billing.instalments.notes import following


def plan_recomputed(plan: str) -> None:
	following.follow(plan)


def plan_rescheduled(change: Any) -> None:
	following.follow(change.plan)
