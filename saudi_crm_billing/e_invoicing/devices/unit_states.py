"""What a ZATCA Unit is called and where it may stand in its life."""

from __future__ import annotations

UNIT = "ZATCA Unit"
DRAFT, COMPLIANCE, ACTIVE, EXPIRED, RETIRED = "Draft", "Compliance", "Active", "Expired", "Retired"
STEP_BY_STEP = (DRAFT, COMPLIANCE)
