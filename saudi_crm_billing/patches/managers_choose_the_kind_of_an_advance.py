"""Sites that had the app before the kind of an advance's e-invoice could be chosen: as a new install, once."""

from __future__ import annotations

from saudi_crm_billing.e_invoicing import given_rights


def execute() -> None:
	given_rights.grant(given_rights.KINDS_OF_ADVANCES)
