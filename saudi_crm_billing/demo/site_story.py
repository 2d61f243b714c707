"""The story on a site, through ERPNext's own documents, with real jobs, real HTTP and real mail.

Called by bin/demo on a site made for it; prints a line a step.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

import cssutils
import frappe
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.crm.doctype.lead.lead import make_customer, make_opportunity
from erpnext.crm.doctype.opportunity.opportunity import make_quotation
from frappe.email.queue import flush
from frappe.model.document import Document
from frappe.utils import add_days, getdate, nowdate

from saudi_crm_billing.collection import tasks as collection
from saudi_crm_billing.crm_billing import acceptance, winning
from saudi_crm_billing.demo import site_records as records
from saudi_crm_billing.demo.company import COMPANY
from saudi_crm_billing.demo.offline import DAYS_TO_ALERTS
from saudi_crm_billing.demo.story import Deal, Note, Story, load

PATIENCE = 120
RETURN_REASON = "Refund of goods or services"
Found = TypeVar("Found")


class StoryStopped(RuntimeError):
	"""A step did not come about in time; the text says which and what the site says of it."""


def play(base_url: str, smtp_port: str, alert_date: str) -> None:
	"""Play the built-in story on the connected site; `alert_date` ISO or empty for the default."""
	cssutils.log.setLevel(logging.CRITICAL)
	story = load()
	step("Company, tax setup, people", lambda: (records.company(story), records.people()))
	step("Unit onboarded with the gateway over HTTP", lambda: records.unit(base_url, story))
	step("Billing rules and reminder policy", lambda: (records.billing(), records.reminders(int(smtp_port))))
	quotations = {
		deal.number: step(
			f"Lead → opportunity → quotation: {deal.title.en}", lambda deal=deal: quote(story, deal)
		)
		for deal in story.deals
	}
	for number, deal in enumerate(story.deals):
		step(f"Won: {deal.title.en}", lambda number=number, deal=deal: win(quotations[deal.number], number))
	invoices = {
		name: step(
			f"Order, invoice and e-invoice of {quotation.name}",
			lambda quotation=quotation: invoice_of(quotation),
		)
		for name, quotation in quotations.items()
	}
	for note in story.notes:
		step("Credit note", lambda note=note: credit(invoices[note.of], note))
	step("Payments", lambda: [pay(invoices[deal.number], deal) for deal in story.deals])
	on = getdate(alert_date) if alert_date else next_workday(add_days(getdate(), DAYS_TO_ALERTS))
	step(f"The clock moves to {on}: alerts and digest", lambda: alert(on))


def step(title: str, work: Callable[[], Found]) -> Found:
	started = time.monotonic()
	result = work()
	frappe.db.commit()  # nosemgrep: each step of the story is done when it is committed; jobs start from it
	said = f": {result}" if isinstance(result, str) else ""
	print(f"· {title}{said}  ({time.monotonic() - started:.1f} s)", flush=True)
	return result


def quote(story: Story, deal: Deal) -> Document:
	"""Lead, opportunity, customer and a submitted quotation with its plan."""
	lead = records.insert(
		"Lead",
		lead_name=deal.buyer.name,
		company_name=deal.buyer.name if deal.buyer.is_business else None,
		email_id=deal.buyer.email,
		lead_owner=records.SALES_USER,
		company=COMPANY,
	)
	opportunity = make_opportunity(lead.name)
	opportunity.update({"opportunity_owner": records.SALES_USER, "company": COMPANY, "currency": "SAR"})
	opportunity.insert()
	customer = convert(story, deal, lead.name)
	quotation = make_quotation(opportunity.name)
	quotation.update(
		{
			"quotation_to": "Customer",
			"party_name": customer,
			"customer_name": customer,
			"language": frappe.db.get_value("Customer", customer, "language"),
			"company": COMPANY,
			"valid_till": add_days(nowdate(), 30),
			"currency": "SAR",
			"selling_price_list": "Standard Selling",
			"scb_plan_template": records.plan_template(deal),
			"scb_down_payment": float(deal.plan.down_payment),
			"items": [],
		}
	)
	for line in deal.lines:
		rate = line.unit_price - line.discount / line.quantity
		quotation.append(
			"items", {"item_code": records.item(line.name), "qty": float(line.quantity), "rate": float(rate)}
		)
	for row in quotation.items:
		row.prevdoc_doctype, row.prevdoc_docname = "Opportunity", opportunity.name
	quotation.insert()
	quotation.submit()
	return quotation


def convert(story: Story, deal: Deal, lead: str) -> str:
	"""The lead as a customer, with what tax and e-invoice need to know."""
	wanted = story.classes[deal.buyer.tax_class]
	title_ar = story.class_titles[deal.buyer.tax_class].ar
	customer = make_customer(lead)
	customer.update({"customer_group": "Commercial", "territory": "All Territories"})
	records.tell_customer(customer, deal.buyer, records.tax_class(deal.buyer.tax_class, wanted, title_ar))
	customer.insert()
	if deal.buyer.address:
		records.address(customer.name, "Customer", deal.buyer.address)
	return str(customer.name)


def win(quotation: Document, number: int) -> str:
	"""Every third deal is won on the opportunity, the others by accepting the quotation."""
	if number % 3 == 2:
		winning.mark_won(quotation.opportunity, records.SALES_USER)
		return "opportunity marked won"
	acceptance.accept(quotation.name, records.SALES_USER, acceptance.Channel.DESK)
	return "quotation accepted"


def invoice_of(quotation: Document) -> Document:
	"""The invoice that the billing rule made, once its e-invoice was accepted."""
	run = wait("the billing run", lambda: finished_run(quotation))
	return wait("the e-invoice", lambda: accepted_invoice(run.sales_invoice))


def finished_run(quotation: Document) -> Document | None:
	filters = {"source_name": ("in", [quotation.name, quotation.opportunity or ""])}
	name = frappe.db.get_value("SCB Billing Run", filters)
	run = frappe.get_doc("SCB Billing Run", name) if name else None
	if run and run.status == "Failed":
		raise StoryStopped(f"billing run {run.name}: {run.error}")
	return run if run and run.status == "Done" else None


def accepted_invoice(name: str) -> Document | None:
	invoice = frappe.get_doc("Sales Invoice", name)
	if invoice.scb_zatca_status == "Rejected":
		raise StoryStopped(f"{name} was rejected by the gateway")
	return invoice if invoice.scb_zatca_status in ("Cleared", "Reported") else None


def wait(what: str, look: Callable[[], Found | None]) -> Found:
	"""Look again in fresh transactions until the workers are done."""
	end = time.monotonic() + PATIENCE
	while time.monotonic() < end:
		frappe.db.rollback()
		if found := look():
			return found
		time.sleep(0.4)
	raise StoryStopped(f"{what} was not finished within {PATIENCE} s: is a worker running?")


def credit(invoice: Document, note: Note) -> str:
	"""A return of whole lines."""
	document = make_sales_return(invoice.name)
	document.items = [row for row in document.items if row.idx in note.lines]
	document.scb_zatca_note_reason = RETURN_REASON
	# ERPNext's default leaves the note open beside its invoice; here it settles instalments.
	document.update_outstanding_for_self = 0
	document.run_method("calculate_taxes_and_totals")
	document.insert()
	document.submit()
	frappe.db.commit()  # nosemgrep: the job that sends it starts from the commit
	wait("the credit note's e-document", lambda: accepted_invoice(document.name))
	return f"{document.name} for {invoice.name}"


def pay(invoice: Document, deal: Deal) -> None:
	"""The down payment and the first instalments that the story says are paid, by Payment Entry."""
	plan = frappe.get_doc(
		"Instalment Plan", frappe.db.get_value("Sales Invoice", invoice.name, "scb_instalment_plan")
	)
	amount = sum(
		(Decimal(str(row.amount)) for row in plan.instalments if row.number <= deal.paid), Decimal(0)
	)
	if not amount:
		return
	payment = get_payment_entry(
		"Sales Invoice", invoice.name, party_amount=float(amount), bank_account=cash_account()
	)
	payment.update({"reference_no": invoice.name, "reference_date": nowdate()})
	payment.insert()
	payment.submit()


def cash_account() -> str:
	return str(frappe.db.get_value("Account", {"company": COMPANY, "account_type": "Cash", "is_group": 0}))


def alert(on: date) -> str:
	"""One message a customer and a digest for the sales person, sent by SMTP; a second run sends nothing."""
	first = collection.run(COMPANY, on)
	flush()
	frappe.db.commit()  # nosemgrep: as the scheduler's flush
	second = collection.run(COMPANY, on)
	return f"{first.get('queued', 0)} messages, {first.get('digests', 0)} digest(s); run again: {sum(second.values())}"


def next_workday(day: date | datetime) -> date:
	"""Sunday to Thursday."""
	while day.weekday() in (4, 5):
		day += timedelta(days=1)
	return getdate(day)
