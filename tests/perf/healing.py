"""Time that a plan adds to submitting and committing a Payment Entry; nothing is asserted.

Two invoices with as many due dates are paid in turn, a small part each time, so that what else the machine does falls on
both alike: one with a plan, one whose schedule was written by hand. The last part is the recompute alone.
"""

from __future__ import annotations

import argparse

import factories as make
import frappe
import instalments_helpers as steps
from frappe.model.document import Document
from frappe.utils import add_months, nowdate
from selling_sites import connected
from submit import counted_statements
from timing import Stopwatch, machine, show_parts

from saudi_crm_billing.instalments.balances import recompute

WARM_UP = 5
AMOUNT = 1.25


def prepare(rows: int) -> dict[str, Document]:
	total = rows * 100
	template = steps.a_template(f"SCB Perf {rows} Months", instalment_count=rows)
	planned = steps.a_plan_invoice(total, template=template)
	schedule = [{"due_date": add_months(nowdate(), n + 1), "payment_amount": 100} for n in range(rows)]
	plain = make.a_sales_invoice(
		items=[make.line(rate=total)],
		payment_schedule=schedule,
		disable_rounded_total=1,
		ignore_default_payment_terms_template=1,
	)
	plain.insert().submit()
	frappe.db.commit()
	return {"without a plan": plain, "with a plan": planned}


def run(invoice: Document, name: str, watch: Stopwatch) -> None:
	payment = make.a_payment(invoice.name, AMOUNT)
	payment.insert()
	frappe.db.commit()
	with watch.part(name):
		payment.submit()
		frappe.db.commit()


def recompute_alone(invoice: Document, watch: Stopwatch) -> int:
	"""After a payment whose recompute was held back: what it takes, and its SQL statements."""
	plan = invoice.scb_instalment_plan
	frappe.db.set_value("Instalment Plan", plan, "status", "Draft", update_modified=False)
	run(invoice, "ignored", Stopwatch())
	frappe.db.set_value("Instalment Plan", plan, "status", "Active", update_modified=False)
	frappe.db.commit()
	with counted_statements() as statements, watch.part("recompute"):
		recompute(plan, invoice.name)
	frappe.db.commit()
	return len(statements)


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--site", required=True, help="a site with the app, whose company is made")
	parser.add_argument("--rows", type=int, default=60)
	parser.add_argument("--count", type=int, default=40, help="payments of each invoice")
	options = parser.parse_args()
	print(machine())
	with connected(options.site):
		invoices, watch = prepare(options.rows), Stopwatch()
		for number in range(options.count + WARM_UP):
			for name, invoice in invoices.items():
				run(invoice, name, watch if number >= WARM_UP else Stopwatch())
		statements = [recompute_alone(invoices["with a plan"], watch) for _number in range(options.count)]
	show_parts(f"{options.rows} due dates; recompute: {min(statements)} SQL statements", watch)
	for label, figure in (("median", watch.wall), ("fastest", watch.fastest), ("processor", watch.processor)):
		added = figure("with a plan") - figure("without a plan")
		print(f"  added, {label:<12}{added:>8.2f} ms")
	print(machine())


if __name__ == "__main__":
	main()
