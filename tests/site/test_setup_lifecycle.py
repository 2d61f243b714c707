"""Install, migrate twice and uninstall, as an administrator does it, on a site of its own with data on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "bin"))

from _workshop import APP, Bench, WorkshopError, find_bench, run  # noqa: E402

SITE = "scb-setup.localhost"
# What core itself rewrites at every migrate, seen on a site without this app.
CORE_TABLES = {
	"__global_search",
	"tabDocField",
	"tabDocPerm",
	"tabDocType",
	"tabError Log",
	"tabInstalled Application",
	"tabPatch Log",
	"tabPortal Menu Item",
	"tabRoute History",
	"tabSingles",
	"tabVersion",
}
POSTED = (
	"select name, docstatus, status, due_date, grand_total, outstanding_amount, modified from `tabSales Invoice`",
	"select name, parent, payment_term, due_date, payment_amount, outstanding, modified from `tabPayment Schedule`",
	"select name, account, debit, credit, voucher_no, is_cancelled, modified from `tabGL Entry` order by name",
	"select name, account, amount, against_voucher_no, delinked, modified from `tabPayment Ledger Entry`",
)
"""What the books of a site say of its sales, in core's own columns."""
POST_AN_INVOICE = """
import sys, frappe
site, folder = sys.argv[1:]
sys.path.insert(0, folder)
frappe.init(site=site, sites_path="."); frappe.connect(); frappe.set_user("Administrator")
import factories as make
make.a_sales_invoice().insert().submit()
frappe.db.commit()
"""
OWN_MODULES = "('Instalments', 'Customer Tax', 'E-Invoicing', 'Collection', 'CRM Billing')"

pytestmark = pytest.mark.skipif(
	not os.environ.get("SCB_TEST_SITE"), reason="no bench: SCB_TEST_SITE is not set"
)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
	bench = find_bench()
	assert bench
	bench.new_site(SITE)
	yield bench
	bench.drop_site(SITE)


def query(bench: Bench, sql: str) -> list[list[str]]:
	config = json.loads((bench.sites / SITE / "site_config.json").read_text())
	command = [
		"mariadb",
		"-N",
		"-B",
		"-h",
		"127.0.0.1",
		"-u",
		config["db_name"],
		config["db_name"],
		"-e",
		sql,
	]
	done = subprocess.run(
		command,
		env={**os.environ, "MYSQL_PWD": config["db_password"]},
		capture_output=True,
		text=True,
		check=True,
	)
	return [line.split("\t") for line in done.stdout.splitlines()]


def columns(bench: Bench) -> list[list[str]]:
	sql = (
		"select table_name, column_name from information_schema.columns where table_schema = database() "
		"and (column_name like 'scb\\_%' or column_name like '%\\_scb\\_%')"
	)
	return query(bench, sql)


def checksums(bench: Bench) -> dict[str, str]:
	tables = [row[0] for row in query(bench, "show tables")]
	names = ", ".join(f"`{name}`" for name in tables if name not in CORE_TABLES)
	return {row[0].split(".", 1)[1]: row[1] for row in query(bench, f"checksum table {names}")}


def counts(bench: Bench) -> dict[str, int]:
	"""Rows that belong to this app in core's tables."""
	wheres = {
		"Custom Field": "fieldname like 'scb\\_%'",
		"Property Setter": f"module in {OWN_MODULES}",
		"Role": "name like 'SCB%'",
		"DocType": f"module in {OWN_MODULES}",
		"Module Def": "app_name = 'saudi_crm_billing'",
		"Workspace": "module = 'CRM Billing'",
		"Print Format": "module = 'E-Invoicing'",
		"Report": "module = 'Collection'",
		"Custom DocPerm": "role like 'SCB%'",
		"Has Role": "role like 'SCB%'",
		"Payment Term": "name like 'Instalment %'",
		"Scheduled Job Type": "method like 'saudi_crm_billing.%'",
	}
	return {
		name: int(query(bench, f"select count(*) from `tab{name}` where {where}")[0][0])
		for name, where in wheres.items()
	}


def own_doctypes(bench: Bench) -> list[list[str]]:
	"""This app's rows in the tables that core rewrites."""
	own = f"(select name from tabDocType where module in {OWN_MODULES})"
	return [
		*query(bench, f"select name, modified from tabDocType where module in {OWN_MODULES} order by 1"),
		*query(bench, f"select name, modified from tabDocField where parent in {own} order by 1"),
		*query(bench, f"select name, modified from tabDocPerm where parent in {own} order by 1"),
	]


@pytest.fixture(scope="module")
def before(bench: Bench) -> dict[str, int]:
	return counts(bench)


@pytest.fixture(scope="module")
def posted(bench: Bench) -> list[list[list[str]]]:
	"""What a submitted invoice of core's left in the books before the app came."""
	tests = PROJECT / "tests"
	run([bench.python, "-c", POST_AN_INVOICE, SITE, tests], cwd=bench.sites)
	return [query(bench, sql) for sql in POSTED]


@pytest.fixture(scope="module")
def installed(bench: Bench, before: dict[str, int], posted: list[list[list[str]]]) -> Bench:
	bench.frappe("install-app", APP, site=SITE)
	return bench


def test_install_brings_fields_roles_and_seeds(installed: Bench) -> None:
	now = counts(installed)
	assert now["Custom Field"] > 40
	assert now["Role"] == 1
	assert int(query(installed, "select count(*) from `tabCustomer Tax Class`")[0][0]) >= 15
	assert ["tabSales Invoice", "scb_zatca_status"] in columns(installed)


def test_what_was_posted_before_stays_as_it_was(installed: Bench, posted: list[list[list[str]]]) -> None:
	assert [len(rows) for rows in posted] == [1, 1, 2, 1]
	assert posted[0][0][4] == posted[0][0][5] == posted[1][0][4] == "1000.000000000"
	assert [query(installed, sql) for sql in POSTED] == posted


def test_the_second_migrate_changes_nothing(installed: Bench) -> None:
	installed.frappe("migrate", "--skip-search-index", site=SITE)
	first, own = checksums(installed), own_doctypes(installed)
	installed.frappe("migrate", "--skip-search-index", site=SITE)
	second = checksums(installed)
	assert [name for name in second if second[name] != first.get(name)] == []
	assert own_doctypes(installed) == own


def test_an_administrators_change_of_a_seed_outlives_migrate(installed: Bench) -> None:
	query(installed, "update `tabCustomer Tax Class` set title_ar = 'عنواني' where name = 'Out of scope'")
	installed.frappe("migrate", "--skip-search-index", site=SITE)
	assert query(installed, "select title_ar from `tabCustomer Tax Class` where name = 'Out of scope'") == [
		["عنواني"]
	]


def test_uninstall_is_refused_while_production_documents_are_not_exported(installed: Bench) -> None:
	query(
		installed,
		"insert into `tabZATCA Document` (name, creation, modified, environment, state, docstatus) "
		"values ('KEEP-ME', now(), now(), 'Production', 'Cleared', 0)",
	)
	with pytest.raises(WorkshopError, match="have not been exported; the law keeps them six years"):
		installed.frappe("uninstall-app", APP, "--yes", "--no-backup", site=SITE)
	assert counts(installed)["Custom Field"] > 40
	query(installed, "delete from `tabZATCA Document`")


def test_uninstall_takes_everything_away_but_what_posted_records_need(
	installed: Bench, before: dict[str, int], posted: list[list[list[str]]]
) -> None:
	query(
		installed,
		"insert into `tabPayment Schedule` (name, creation, modified, docstatus, parent, parenttype, parentfield, "
		"payment_term) values ('KEEP-ME', now(), now(), 1, 'POSTED', 'Sales Invoice', 'payment_schedule', "
		"'Instalment 001')",
	)
	query(installed, "insert into `tabZATCA Unit` (name, creation, modified) values ('UNIT', now(), now())")
	query(
		installed,
		"insert into __Auth (doctype, name, fieldname, password, encrypted) "
		"values ('ZATCA Unit', 'UNIT', 'private_key', 'secret', 1)",
	)
	told = installed.frappe("uninstall-app", APP, "--yes", "--no-backup", site=SITE).stdout
	kept = [line for line in told.splitlines() if line.startswith("Kept, because posted records need it")]
	assert kept == ["Kept, because posted records need it: Payment Term Instalment 001"]
	assert counts(installed) == {**before, "Payment Term": before["Payment Term"] + 1}
	query(installed, "delete from `tabPayment Schedule` where name = 'KEEP-ME'")
	assert [query(installed, sql) for sql in POSTED] == posted
	assert columns(installed) == []
	assert query(installed, "select count(*) from __Auth where doctype = 'ZATCA Unit'") == [["0"]]
