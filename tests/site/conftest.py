"""A real site for tests: one connection a session, each test rolled back.

`frappe.db.commit` runs the before-commit work (the heal, the e-invoice) and commits nothing. Tests that need real
commits carry the marker `commits`, run on a site of their own and use the fixture `committing_site`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest


def sites_folder() -> Path:
	bench = Path(os.environ.get("FRAPPE_BENCH") or Path.home() / "frappe-bench")
	return bench / "sites"


def connect(site: str) -> ModuleType:
	import frappe

	os.chdir(sites_folder())
	frappe.init(site=site, sites_path=".")
	frappe.connect()
	frappe.local.lang = "en"
	return frappe


def forget_cached_documents(frappe: ModuleType) -> None:
	frappe.cache.delete_keys("document_cache::")
	frappe.local.cache = {}
	if hasattr(frappe.local, "request_cache"):
		frappe.local.request_cache.clear()
	frappe.local.role_permissions = {}
	frappe.local.outgoing_email_account = {}  # core's cache of a request
	frappe.local.db.value_cache.clear()
	if hasattr(frappe.local, "request"):
		del frappe.local.request


def add_fiscal_years() -> None:
	"""For the dates that tests name, whenever the site was made and whatever year it is now."""
	from saudi_crm_billing.demo.company import add_fiscal_year

	today = date.today().year
	for year in {*range(2025, 2029), *range(today - 1, today + 4)}:
		add_fiscal_year(year)


@pytest.fixture(scope="session")
def connection() -> Iterator[ModuleType]:
	site = os.environ.get("SCB_TEST_SITE")
	if not site:
		pytest.skip("no bench: SCB_TEST_SITE is not set")
	frappe = connect(site)
	add_fiscal_years()
	frappe.db.commit()
	yield frappe
	frappe.db.rollback()
	frappe.destroy()


@pytest.fixture
def forget(site: ModuleType) -> Callable[[], None]:
	"""What a rollback inside a test calls: no cached document outlives its row."""
	return lambda: forget_cached_documents(site)


@pytest.fixture
def site(connection: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
	"""`frappe`, connected as Administrator; whatever the test writes is rolled back."""
	frappe = connection
	frappe.db.rollback()
	frappe.db.set_execution_timeout(
		0
	)  # core's counts for a form's dashboard leave one second on the connection
	forget_cached_documents(frappe)
	monkeypatch.setattr(frappe.local.db, "commit", lambda: frappe.local.db.before_commit.run())
	frappe.set_user("Administrator")
	frappe.local.lang = "en"
	frappe.clear_messages()
	yield frappe
	frappe.set_user("Administrator")
	frappe.local.lang = "en"
	frappe.local.form_dict = frappe._dict()
	frappe.db.rollback()
	forget_cached_documents(frappe)


@pytest.fixture
def run_after_commit(site: ModuleType) -> Callable[[], None]:
	"""Run what would run before and after the commit, in this process."""

	def run() -> None:
		site.db.before_commit.run()
		site.db.after_commit.run()

	return run


@pytest.fixture
def borders(site: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
	"""A saga's own commits and rollbacks act inside the test's transaction, on savepoints."""
	from crm_billing_helpers import act_on_savepoints

	act_on_savepoints(site, monkeypatch)


@pytest.fixture
def committing_site() -> Iterator[ModuleType]:
	"""`frappe` on the site for tests that commit; it is not rolled back. The session's connection comes back after."""
	name = os.environ.get("SCB_COMMIT_SITE")
	if not name:
		pytest.skip("no bench: SCB_COMMIT_SITE is not set")
	import frappe
	from werkzeug.local import release_local

	session = dict(iter(frappe.local))
	release_local(frappe.local)
	connect(name)
	frappe.set_user("Administrator")
	yield frappe
	frappe.db.rollback()
	frappe.destroy()
	for key, value in session.items():
		setattr(frappe.local, key, value)
