"""What people work on in the browser's tests of instalments: drafts, payments to direct, drift; runs in the bench."""

from __future__ import annotations

import frappe
import stage
import stage_instalments as instalments
from frappe.model.document import Document
from frappe.utils import nowdate

from saudi_crm_billing.demo import site_records as records
from saudi_crm_billing.instalments.engine.opening_model import COLUMNS


def draft_on_a_plan(customer: str) -> str:
	"""A draft of six equal instalments, the first a month after it."""
	draft = frappe.get_doc("Sales Invoice", stage.draft_invoice(customer))
	draft.update({"scb_plan_template": instalments.template(), "disable_rounded_total": 1})
	return str(draft.save().name)


def terms_of_core() -> str:
	"""A template of core's own: half at once, half in 30 days."""
	name = "Half and half"
	if not frappe.db.exists("Payment Terms Template", name):
		terms = [
			{"invoice_portion": 50, "due_date_based_on": "Day(s) after invoice date", "credit_days": days}
			for days in (0, 30)
		]
		frappe.get_doc({"doctype": "Payment Terms Template", "template_name": name, "terms": terms}).insert()
	return name


def schedule_of(invoice: str) -> str:
	"""Date and amount of each row as they are stored."""
	rows = frappe.get_all(
		"Payment Schedule", {"parent": invoice}, ["due_date", "payment_amount"], order_by="idx", as_list=True
	)
	return "|".join(f"{day} {amount:.2f}" for day, amount in rows)


def paid_of(invoice: str) -> str:
	"""What each instalment has paid."""
	plan = frappe.db.get_value("Sales Invoice", invoice, "scb_instalment_plan")
	paid = frappe.get_all("Instalment", {"parent": plan}, pluck="paid", order_by="number")
	return "|".join(f"{amount:.2f}" for amount in paid)


def journal_payment(customer: str, amount: str) -> str:
	"""A Journal Entry that pays as much of a new invoice of six instalments; its name."""
	invoice = instalments.planned(customer, nowdate())
	return str(_journal(invoice, float(amount)).name)


def invoice_of_journal(journal: str) -> str:
	row = {"parent": journal, "reference_type": "Sales Invoice"}
	return str(frappe.db.get_value("Journal Entry Account", row, "reference_name"))


def _journal(invoice: Document, amount: float) -> Document:
	cash = frappe.db.get_value("Account", {"company": invoice.company, "account_type": "Cash", "is_group": 0})
	settles = {"reference_type": "Sales Invoice", "reference_name": invoice.name}
	party = {"account": invoice.debit_to, "party_type": "Customer", "party": invoice.customer, **settles}
	journal = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"company": invoice.company,
			"posting_date": nowdate(),
			"accounts": [
				{**party, "credit_in_account_currency": amount},
				{"account": cash, "debit_in_account_currency": amount},
			],
		}
	)
	journal.insert().submit()
	return journal


def drifted_plan(customer: str) -> str:
	"""An invoice whose payment somebody took out of the ledger past every form; its name."""
	invoice = instalments.open_plan(customer)
	entry = {"against_voucher_no": invoice, "voucher_type": "Payment Entry"}
	frappe.db.set_value("Payment Ledger Entry", entry, "delinked", 1)
	return invoice


DEBTOR = "Old Debtor"
"""A customer of the file alone: what he is late with is in no other test's sums."""


def opening_file(number: str, total: str) -> str:
	"""A file of one plan of three times 1,000, of which 1,250 are paid; right if `total` is 3000."""
	if not frappe.db.exists("Customer", DEBTOR):
		records.insert("Customer", customer_name=DEBTOR)
	rows = [
		{"number": 1, "due_date": "2026-02-10", "amount": 1000, "paid": 1000},
		{"number": 2, "due_date": "2026-03-10", "amount": 1000, "paid": 250},
		{"number": 3, "due_date": "2026-04-10", "amount": 1000, "paid": 0},
	]
	common = {"invoice": number, "customer": DEBTOR, "posting_date": "2026-01-10", "total": total}
	lines = [[str({**common, **row}.get(column.key, "")) for column in COLUMNS] for row in rows]
	return "\n".join(",".join(line) for line in [[column.en for column in COLUMNS], *lines])


def opened_by(opening_import: str) -> str:
	"""Total, and what is owed, of the import's invoices."""
	found = frappe.get_all(
		"Sales Invoice",
		{"scb_opening_import": opening_import, "docstatus": 1},
		["scb_opening_number", "outstanding_amount"],
		as_list=True,
	)
	return "|".join(f"{invoice} {owed:.2f}" for invoice, owed in found)
