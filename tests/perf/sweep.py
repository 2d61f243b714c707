"""Time of a day's reminders over 10,000 open instalments of 2,000 customers; nothing is asserted, nothing is sent.

Customers, invoices and plans are written straight to the database, as the ledger left them: the sweep reads only what
they say. What an earlier run of this script left on the site is taken away first.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date, timedelta

import collection_kit as kit
import factories as make
import frappe
from frappe.utils import now
from selling_sites import connected
from timing import Stopwatch, machine

from saudi_crm_billing.collection import planning, tasks
from saudi_crm_billing.collection.policy import Policy, load
from saudi_crm_billing.common.dates import Shift, shift_to_workday

MARK = "SCB-PERF"
AGES = (1, 31, 61, 91, 121)
"""Days past due of a customer's instalments, in turn; the first stands at a step of the standard policy."""

Row = tuple[object, ...]


def prepare(customers: int, each: int, today: date) -> None:
	forget()
	manager = make.a_user("perf-manager@example.com", "Sales User")
	names = [f"{MARK}-{number:05d}" for number in range(customers)]
	write(
		"Customer", ("customer_name", "email_id", "account_manager"), ((n, *told(n), manager) for n in names)
	)
	invoice_fields = ("customer", "company", "currency", "docstatus")
	write("Sales Invoice", invoice_fields, ((n, n, make.COMPANY, "SAR", 1) for n in names))
	plan_fields = ("reference_doctype", "reference_name", "company", "customer", "currency", "status")
	write(
		"Instalment Plan",
		plan_fields,
		((n, "Sales Invoice", n, make.COMPANY, n, "SAR", "Active") for n in names),
	)
	write("Instalment", INSTALMENT_FIELDS, instalments(names, each, today))
	with kit.mail_server() as server:
		# Core tries the server when the account is saved; afterwards there is none, and nothing can be sent.
		account = kit.an_outgoing_account(server.port)
	kit.a_policy(account, digest_enabled=1, digest_fallback_user=manager)
	frappe.db.commit()


def told(name: str) -> Row:
	return name.title(), f"{name.lower()}@customer.example"


INSTALMENT_FIELDS = (
	"parent",
	"parenttype",
	"parentfield",
	"idx",
	"number",
	"due_date",
	"amount",
	"outstanding",
	"sales_invoice",
	"company",
	"customer",
	"currency",
)


def instalments(names: list[str], each: int, today: date) -> Iterator[Row]:
	for name in names:
		for number in range(1, each + 1):
			due = today - timedelta(days=AGES[-number % len(AGES)])
			place = (f"{name}-{number}", name, "Instalment Plan", "instalments", number, number)
			yield *place, due, 500, 500, name, make.COMPANY, name, "SAR"


def write(doctype: str, fields: tuple[str, ...], rows: Iterator[Row]) -> None:
	"""Insert rows of name and `fields`, in batches."""
	time, user = now(), frappe.session.user
	stamps = ("creation", "modified", "owner", "modified_by")
	values = [(*row, time, time, user, user) for row in rows]
	frappe.db.bulk_insert(doctype, ["name", *fields, *stamps], values)


def forget() -> None:
	for doctype in ("Email Queue", "Email Queue Recipient", kit.LOG, kit.DIGEST):
		frappe.db.delete(doctype)
	for doctype in ("Customer", "Sales Invoice", "Instalment Plan", "Instalment"):
		frappe.db.delete(doctype, {"name": ("like", f"{MARK}-%")})


def measure(policy: Policy, today: date) -> tuple[Stopwatch, dict[str, int], dict[str, int]]:
	watch = Stopwatch()
	with watch.part("planning what is due"):
		planning.messages_to_send(policy, today)
	with watch.part("whole run, messages queued"):
		first = tasks.run(policy.company, today)
	with watch.part("second run, nothing to say"):
		second = tasks.run(policy.company, today)
	return watch, first, second


def show(watch: Stopwatch, customers: int, first: dict[str, int], second: dict[str, int]) -> None:
	print(f"{'part':<30}{'seconds':>9}{'processor s':>13}{'ms a customer':>15}")
	for name in watch.samples:
		wall, processor = watch.wall(name), watch.processor(name)
		print(f"{name:<30}{wall / 1000:>9.2f}{processor / 1000:>13.2f}{wall / customers:>15.2f}")
	print(f"first run: {first}; second run: {second}")


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--site", required=True, help="a site with the app, for measuring only")
	parser.add_argument("--customers", type=int, default=2000)
	parser.add_argument("--each", type=int, default=5, help="open instalments of a customer")
	options = parser.parse_args()
	with connected(options.site):
		today = shift_to_workday(date.today(), Shift.NEXT)
		prepare(options.customers, options.each, today)
		policy = load(make.COMPANY)
		if policy is None:
			raise SystemExit("The policy was not made.")
		print(machine())
		print(f"{options.customers * options.each} open instalments, {options.customers} customers, {today}")
		watch, first, second = measure(policy, today)
		show(watch, options.customers, first, second)
		print(machine())


if __name__ == "__main__":
	main()
