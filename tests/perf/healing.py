"""What a plan adds to submitting and committing a Payment Entry: time and SQL statements; nothing is asserted.

Two invoices with as many due dates are paid in turn, a small part each time, so that what else the machine does falls on
both alike: one with a plan, one whose schedule was written by hand. Core's own work is the same for both and a hundred
times as large, so the difference of the sums is shown beside what is spent in the app's own events and before the commit,
which is the same difference without core's noise. The last part is the recompute alone.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable

import factories as make
import frappe
import instalments_helpers as steps
from frappe.model.document import Document
from frappe.utils import add_months, nowdate
from selling_sites import connected
from submit import counted_statements
from timing import Sample, Stopwatch, machine, show_parts

from saudi_crm_billing.instalments import events
from saudi_crm_billing.instalments.balances import recompute
from saudi_crm_billing.unit_of_work import UnitOfWork

WARM_UP = 5
AMOUNT = 1.25
OWN: list[Sample] = []
OF_APP = "{}, app"


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
	gc.collect()
	OWN.clear()
	with watch.part(name):
		payment.submit()
		frappe.db.commit()
	watch.samples.setdefault(OF_APP.format(name), []).append(sum(OWN, Sample(0, 0)))


def statements_of(invoice: Document) -> int:
	payment = make.a_payment(invoice.name, AMOUNT)
	payment.insert()
	frappe.db.commit()
	with counted_statements() as statements:
		payment.submit()
		frappe.db.commit()
	return len(statements)


def watch_the_app() -> None:
	"""Note what is spent in the events of the ledger and in the work before the commit."""
	for owner, name in ((events, "before_ledger"), (events, "on_ledger"), (UnitOfWork, "run")):
		setattr(owner, name, noted(getattr(owner, name)))


def noted(function: Callable[..., None]) -> Callable[..., None]:
	def call(*arguments: object) -> None:
		own = Stopwatch()
		with own.part("own"):
			function(*arguments)
		OWN.extend(own.samples["own"])

	return call


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
	watch_the_app()
	with connected(options.site):
		invoices, watch = prepare(options.rows), Stopwatch()
		for number in range(options.count + WARM_UP):
			for name, invoice in invoices.items():
				run(invoice, name, watch if number >= WARM_UP else Stopwatch())
		asked = {name: statements_of(invoice) for name, invoice in invoices.items()}
		statements = [recompute_alone(invoices["with a plan"], watch) for _number in range(options.count)]
	added = asked["with a plan"] - asked["without a plan"]
	title = (
		f"{options.rows} due dates; SQL statements: {added} added, of which the recompute {min(statements)}"
	)
	show_parts(title, watch)
	for label, figure in (("median", watch.wall), ("fastest", watch.fastest), ("processor", watch.processor)):
		for kind in ("{}", OF_APP):
			added = figure(kind.format("with a plan")) - figure(kind.format("without a plan"))
			print(f"  added{kind.format(''):<6}, {label:<12}{added:>8.2f} ms")
	print(machine())


if __name__ == "__main__":
	main()
