"""Instalment Ageing beside ERPNext's Accounts Receivable "based on payment terms", on the same instalments; and Instalments Due.

The data is made once by set-based SQL (`instalment_data.py`), for each size in a company of its own, and kept. Each
report runs in a process of its own, so that the highest memory is its own. What ours sums is asserted: equal to a
plain SQL recount, and counted from the due date equal to what ERPNext's report says is overdue.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import frappe
import instalment_data as data
from frappe.utils import get_first_day, get_last_day, getdate, nowdate
from selling_sites import connected
from timing import machine

PROJECT = Path(__file__).resolve().parents[2]

OVERDUE = """
	select count(*), coalesce(sum(outstanding), 0) from `tabInstalment`
	where company = %(company)s and outstanding > 0 and {late_from} < %(today)s"""

FALLS_DUE = """
	select count(*), coalesce(sum(amount), 0) from `tabInstalment`
	where company = %(company)s and due_date between %(from_date)s and %(to_date)s"""


def ours(company: str) -> dict[str, Any]:
	from saudi_crm_billing.instalments.report.instalment_ageing.instalment_ageing import execute

	times, late_from_due = [], {}
	for late_from in ("Grace", "Due Date", "Grace"):
		start = time.perf_counter()
		answer = execute({"company": company, "late_from": late_from})
		times.append(time.perf_counter() - start)
		figures = {figure["label"]: figure["value"] for figure in answer[4]}
		assert_recount(company, late_from, figures)
		late_from_due = figures if late_from == "Due Date" else late_from_due
	return {
		"seconds": statistics.median(times),
		"rows": len(answer[1]),
		"overdue": late_from_due["Late Amount"],
	}


def ours_detail(company: str) -> dict[str, Any]:
	from saudi_crm_billing.instalments.report.instalment_ageing.instalment_ageing import execute

	start = time.perf_counter()
	answer = execute({"company": company, "view": "Instalments", "bucket": "31-60"})
	return {"seconds": time.perf_counter() - start, "rows": len(answer[1]), "overdue": 0.0}


def due_in(first: str, last: str, company: str) -> dict[str, Any]:
	"""Instalments Due of these days; what it sums is asserted."""
	from saudi_crm_billing.instalments.report.instalments_due.instalments_due import execute

	days = {"from_date": first, "to_date": last}
	start = time.perf_counter()
	answer = execute({"company": company, **days})
	seconds = time.perf_counter() - start
	((count, amount),) = frappe.db.sql(FALLS_DUE, {"company": company, **days})
	figures = {figure["label"]: figure["value"] for figure in answer[4]}
	assert (figures["Instalments"], figures["Falls Due"]) == (count, float(amount)), figures
	return {"seconds": seconds, "rows": len(answer[1]), "overdue": 0.0}


def due_in_a_month(company: str) -> dict[str, Any]:
	return due_in(str(get_first_day(nowdate())), str(get_last_day(nowdate())), company)


def due_in_all_years(company: str) -> dict[str, Any]:
	return due_in("2000-01-01", "2099-12-31", company)


def cores(company: str) -> dict[str, Any]:
	from erpnext.accounts.report.accounts_receivable.accounts_receivable import execute

	filters = {
		"company": company,
		"report_date": nowdate(),
		"ageing_based_on": "Due Date",
		"range": "30, 60, 90, 120",
		"party_type": "Customer",
		"based_on_payment_terms": 1,
	}
	start = time.perf_counter()
	rows = execute(filters)[1]
	seconds = time.perf_counter() - start
	late = sum(row.outstanding for row in rows if row.due_date and row.due_date < getdate())
	return {"seconds": seconds, "rows": len(rows), "overdue": late}


def assert_recount(company: str, late_from: str, figures: dict[str, float]) -> None:
	column = "grace_until" if late_from == "Grace" else "due_date"
	values = {"company": company, "today": nowdate()}
	((count, amount),) = frappe.db.sql(OVERDUE.format(late_from=column), values)
	assert figures["Late Instalments"] == count > 0, (figures, count)
	assert abs(figures["Late Amount"] - float(amount)) < 0.005, (figures, amount)


REPORTS = {
	"ours": ours,
	"ours, a page of one bucket": ours_detail,
	"Instalments Due, a month": due_in_a_month,
	"Instalments Due, all years": due_in_all_years,
	"ERPNext's": cores,
}


def measured(site: str, invoices: int, report: str) -> dict[str, Any]:
	"""Run one report in a process of its own: seconds, rows, what is overdue, highest memory in MB."""
	command = [sys.executable, __file__, "--site", site, "--sizes", str(invoices), "--only", report]
	paths = os.pathsep.join(str(PROJECT / place) for place in (".", "tests", "tests/site"))
	run = subprocess.run(
		command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths}
	)
	return json.loads(run.stdout)


def measure_here(site: str, invoices: int, report: str) -> None:
	with connected(site):
		frappe.set_user("Administrator")
		before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
		answer = REPORTS[report](data.company_of(invoices))
	peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
	print(json.dumps({**answer, "peak_mb": peak / 1024, "idle_mb": before / 1024}))


def build(site: str, sizes: list[int]) -> None:
	with connected(site):
		frappe.set_user("Administrator")
		for invoices in sizes:
			start = time.perf_counter()
			written = data.build(invoices, getdate())
			print(
				f"{invoices} invoices: {'written' if written else 'kept'}, {time.perf_counter() - start:.1f} s"
			)


def compare(site: str, invoices: int) -> None:
	answers = {name: measured(site, invoices, name) for name in REPORTS}
	core, own = answers["ERPNext's"], answers["ours"]
	assert abs(core["overdue"] - own["overdue"]) < 0.005, (core, own)
	print(
		f"\n{invoices} invoices, {invoices * data.ROWS} instalments; overdue by both: {own['overdue']:,.2f}"
	)
	print(f"  {'report':<28}{'seconds':>9}{'rows':>9}{'highest MB':>12}{'of it idle':>12}")
	for name, answer in answers.items():
		print(
			f"  {name:<28}{answer['seconds']:>9.3f}{answer['rows']:>9}{answer['peak_mb']:>12.0f}"
			f"{answer['idle_mb']:>12.0f}"
		)
	print(f"  ours is {core['seconds'] / own['seconds']:.0f} times as fast")


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--site", required=True, help="a site with the app, for measuring only")
	parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10000, 50000], help="invoices")
	parser.add_argument("--only", choices=REPORTS, help="one report, as JSON: what the comparison runs")
	options = parser.parse_args()
	if options.only:
		measure_here(options.site, options.sizes[0], options.only)
		return
	print(machine())
	build(options.site, options.sizes)
	for invoices in options.sizes:
		compare(options.site, invoices)
	print(machine())


if __name__ == "__main__":
	main()
