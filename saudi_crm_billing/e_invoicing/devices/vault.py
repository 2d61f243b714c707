"""Keys and secrets of units: encrypted in Frappe's own password table. The only reader and the only writer.

Nothing here is whitelisted, logged or put into a message.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

import frappe
from frappe import _
from frappe.query_builder import Table
from frappe.utils.password import (
	get_decrypted_password,
	remove_encrypted_password,
	set_encrypted_password,
)

UNIT = "ZATCA Unit"
PRIVATE_KEY = "private_key"
UNREADABLE = (
	"The secrets of unit {unit} cannot be read. If this site was restored or moved, put its original encryption_key into"
	" site_config.json; otherwise retire the unit and onboard a new one."
)
COMPLIANCE = ("compliance_token", "compliance_secret")
SECRETS = (PRIVATE_KEY, *COMPLIANCE, "production_token", "production_secret")


class UnreadableSecrets(frappe.ValidationError):
	"""A unit's secrets are missing, or were encrypted with another site's key."""


@dataclass(frozen=True)
class Credentials:
	"""What ZATCA gave the unit for one purpose; neither part is ever shown."""

	token: str = field(repr=False)
	secret: str = field(repr=False)

	@property
	def certificate(self) -> str:
		"""As base64 text: a token is a certificate, in base64 once more."""
		return base64.b64decode(self.token).decode("ascii")


def private_key(unit: str) -> str:
	"""The unit's key as PEM; a ValidationError if it has none."""
	return str(get_decrypted_password(UNIT, unit, PRIVATE_KEY))


def find_private_key(unit: str) -> str | None:
	"""The same; None if it has none, or one that this site cannot decrypt."""
	return get_decrypted_password(UNIT, unit, PRIVATE_KEY, raise_exception=False) or None


def has(unit: str, name: str) -> bool:
	return bool(get_decrypted_password(UNIT, unit, name, raise_exception=False))


def keep(unit: str, name: str, secret: str) -> None:
	"""Store one of SECRETS. Frappe's Error Log writes local variables down, but hides one of the name `secret`."""
	if name not in SECRETS:
		raise ValueError(name)
	set_encrypted_password(UNIT, unit, secret, name)


def forget(unit: str, *names: str) -> None:
	"""Delete secrets for good."""
	for name in names:
		remove_encrypted_password(UNIT, unit, name)


def keepers(units: list[str]) -> list[str]:
	"""Those of `units` that still have a secret, by name."""
	table = Table("__Auth")
	rows = (
		frappe.qb.from_(table)
		.select(table.name)
		.distinct()
		.where((table.doctype == UNIT) & table.name.isin(units or [""]) & table.fieldname.isin(SECRETS))
		.orderby(table.name)
	).run(pluck=True)
	return list(rows)


def has_compliance(unit: str) -> bool:
	"""Whether there is a compliance certificate; a certificate that was renewed at once has none beside it."""
	table = Table("__Auth")
	token = (table.doctype == UNIT) & (table.name == unit) & (table.fieldname == "compliance_token")
	return bool(frappe.qb.from_(table).select(table.name).where(token).limit(1).run())


def compliance(unit: str) -> Credentials:
	return _credentials(unit, "compliance")


def production(unit: str) -> Credentials:
	return _credentials(unit, "production")


def keep_compliance(unit: str, credentials: Credentials) -> None:
	_keep(unit, "compliance", credentials)


def keep_production(unit: str, credentials: Credentials) -> None:
	_keep(unit, "production", credentials)


def _credentials(unit: str, purpose: str) -> Credentials:
	try:
		return Credentials(
			token=str(get_decrypted_password(UNIT, unit, f"{purpose}_token")),
			secret=str(get_decrypted_password(UNIT, unit, f"{purpose}_secret")),
		)
	except frappe.ValidationError:
		frappe.clear_last_message()
	frappe.throw(_(UNREADABLE).format(unit=unit), UnreadableSecrets, title=_("Secrets Not Readable"))


def _keep(unit: str, purpose: str, credentials: Credentials) -> None:
	keep(unit, f"{purpose}_token", credentials.token)
	keep(unit, f"{purpose}_secret", credentials.secret)
