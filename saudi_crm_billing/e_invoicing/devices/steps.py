"""How far an onboarding has come, for whoever watches it. The only writer of a unit's `onboarding_log`.

The log holds names of steps and what ZATCA said, never a password, key or secret. Each step is written in the commit
that keeps what it brought, so after a kill the log tells what is left.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _

from saudi_crm_billing.bilingual import plain
from saudi_crm_billing.e_invoicing import messages
from saudi_crm_billing.e_invoicing.devices.unit_states import UNIT

REQUEST, CERTIFICATE, DOCUMENTS, PRODUCTION = "request", "certificate", "documents", "production"
DOING, DONE, FAILED, WAITING = "doing", "done", "failed", "waiting"
EVENT = "scb_zatca_onboarding"


@dataclass(frozen=True)
class Step:
	"""A step as the form shows it, in the user's language; `done` of `total` documents where it has any."""

	name: str
	label: str
	state: str
	note: str = ""
	done: int = 0
	total: int = 0


def begin(unit: str) -> None:
	"""Forget an earlier attempt: a new request voids what was reached with the last."""
	_write(unit, {})


def mark(unit: str, step: str, state: str, **more: Any) -> None:
	log = read(unit)
	log[step] = {**log.get(step, {}), "state": state, "en": "", "ar": "", **more}
	_write(unit, log)


def fail(unit: str, step: str, english: str, arabic: str) -> None:
	mark(unit, step, FAILED, en=plain(english), ar=plain(arabic))


def passed(unit: str) -> list[str]:
	"""The kinds of compliance documents that ZATCA has accepted with the certificate that the unit has now."""
	return list(read(unit).get(DOCUMENTS, {}).get("passed", []))


def read(unit: str) -> dict[str, dict[str, Any]]:
	stored = frappe.db.get_value(UNIT, unit, "onboarding_log")
	return dict(json.loads(stored)) if stored else {}


def as_shown(unit: str) -> list[Step]:
	"""All four steps, in order."""
	log = read(unit)
	return [_shown(name, label, log.get(name, {})) for name, label in _labels().items()]


def _labels() -> dict[str, str]:
	return {
		REQUEST: _("Certificate request"),
		CERTIFICATE: _("Compliance certificate, by the one-time password"),
		DOCUMENTS: _("Compliance documents"),
		PRODUCTION: _("Production certificate"),
	}


def _shown(name: str, label: str, row: dict[str, Any]) -> Step:
	note = row.get("ar" if messages.in_arabic() else "en", "")
	done, total = len(row.get("passed", [])), row.get("total", 0)
	return Step(name, label, row.get("state", WAITING), note, done, total)


def _write(unit: str, log: dict[str, dict[str, Any]]) -> None:
	text = json.dumps(log, ensure_ascii=False) if log else None
	frappe.db.set_value(UNIT, unit, "onboarding_log", text, update_modified=False)
	frappe.publish_realtime(EVENT, {"unit": unit}, doctype=UNIT, docname=unit, after_commit=True)
