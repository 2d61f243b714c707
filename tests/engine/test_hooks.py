"""The table of contents names what exists, once, and under names that Frappe can tell apart."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from saudi_crm_billing import hooks

PROJECT = Path(__file__).resolve().parents[2]
PREFIX = "saudi_crm_billing."


def strings(value: Any) -> Iterator[str]:
	if isinstance(value, str):
		yield value
	elif isinstance(value, dict):
		for key, inner in value.items():
			yield from strings(key)
			yield from strings(inner)
	elif isinstance(value, list | tuple):
		for inner in value:
			yield from strings(inner)


def hooked() -> list[str]:
	values = [value for name, value in vars(hooks).items() if not name.startswith("__")]
	return sorted({text for text in strings(values) if text.startswith(PREFIX)})


@pytest.mark.parametrize("path", hooked())
def test_every_hook_names_a_function_that_exists(path: str) -> None:
	module, function = path.rsplit(".", 1)
	source = PROJECT / (module.replace(".", "/") + ".py")
	names = {node.name for node in ast.parse(source.read_text()).body if isinstance(node, ast.FunctionDef)}
	assert function in names


def test_every_script_named_exists() -> None:
	scripts = [text for text in strings([hooks.doctype_js, hooks.doctype_list_js]) if text.endswith(".js")]
	assert scripts and [name for name in scripts if not (PROJECT / "saudi_crm_billing" / name).exists()] == []


def test_scheduled_jobs_have_names_of_their_own() -> None:
	"""Frappe names a scheduled job by the last two parts of its path: two `tasks.sweep` would be one job."""
	jobs = [path for path in strings(hooks.scheduler_events) if path.startswith(PREFIX)]
	names = Counter(".".join(path.split(".")[-2:]) for path in jobs)
	assert len(jobs) >= 5 and [name for name, count in names.items() if count > 1] == []


def test_no_event_calls_a_function_twice() -> None:
	for doctype, events in hooks.doc_events.items():
		for event, handlers in events.items():
			called = [handlers] if isinstance(handlers, str) else handlers
			assert len(called) == len(set(called)), (doctype, event)


TRANSACTIONS = {
	"Promissory Note",
	"Instalment Plan",
	"Instalment Reschedule",
	"Instalment Opening Import",
	"Instalment Direction",
	"Instalment Reminder",
	"Instalment Digest",
	"Settlement Quote",
	"Instalment Write-Off",
	"Write-Off Recovery",
	"SCB Billing Run",
}


def test_settings_and_what_the_law_keeps_are_not_deleted_with_a_companys_transactions() -> None:
	"""ERPNext's Transaction Deletion Record deletes every record with a link to the company but those that are named."""
	forms = [
		json.loads(path.read_text()) for path in (PROJECT / "saudi_crm_billing").glob("*/doctype/*/*.json")
	]
	of_a_company = {
		form["name"]
		for form in forms
		if not form.get("istable") and any(field.get("options") == "Company" for field in form["fields"])
	}
	kept = set(hooks.company_data_to_be_ignored)
	assert of_a_company - kept == TRANSACTIONS and not TRANSACTIONS & kept
