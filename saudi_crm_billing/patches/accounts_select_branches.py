"""Sites that had the app before units had branches: as a new install, once."""

from __future__ import annotations

from saudi_crm_billing.e_invoicing import given_rights


def execute() -> None:
	given_rights.grant(given_rights.BRANCHES)
