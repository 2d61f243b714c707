"""What settles the debt of the walk's invoices, sends it to an instalment, or takes it back."""

from __future__ import annotations

import factories as make
import frappe
import instalments_helpers as steps
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.model.document import Document
from frappe.utils import nowdate
from instalments_walk import INVOICES, RULES, Event, Walk, a_long_invoice, credit_rule

from saudi_crm_billing.instalments.directing.api import direct, directable, withdraw


def pays(walk: Walk) -> bool:
	invoice = walk.an_invoice(dollar=False)
	if not invoice:
		return False
	amount = walk.part_of(invoice.outstanding_amount)
	walk.note(f"pay {amount} of {invoice.name}")
	walk.vouchers.append(steps.pay(invoice, amount))
	return True


def pays_in_dollars(walk: Walk) -> bool:
	"""At another rate than the invoice's: core posts the exchange gain or loss by a journal of its own."""
	invoice = walk.an_invoice(dollar=True)
	if not invoice:
		return False
	amount, rate = walk.part_of(invoice.outstanding_amount), walk.random.choice([3.6, 3.75, 3.8123])
	walk.note(f"pay USD {amount} of {invoice.name} at {rate}")
	walk.vouchers.append(steps.pay_dollars(invoice, amount, rate))
	return True


def pays_terms(walk: Walk) -> bool:
	"""One Payment Entry, two references to the same invoice where there is room for both."""
	invoice = walk.an_invoice(dollar=False)
	if not invoice or invoice.outstanding_amount < 1:
		return False
	last = next((row for row in reversed(invoice.payment_schedule) if row.outstanding), None)
	if not last:  # core refuses money for a term that owes nothing
		return False
	half = walk.part_of(min(invoice.outstanding_amount / 2, last.outstanding))
	other = invoice.outstanding_amount - half
	payment = get_payment_entry("Sales Invoice", invoice.name, bank_account=make.account("Cash"))
	payment.reference_no, payment.reference_date = "TEST", nowdate()
	payment.references[0].update({"allocated_amount": half, "payment_term": last.payment_term})
	row = payment.references[0].as_dict()
	for key in ("name", "idx", "parent"):
		row.pop(key, None)
	part = walk.part_of(other)
	payment.append("references", {**row, "allocated_amount": part, "payment_term": None})
	payment.paid_amount = payment.received_amount = float(steps.money(half) + steps.money(part))
	walk.note(f"pay {half} (for {last.payment_term}) and {part} of {invoice.name} by one Payment Entry")
	payment.insert().submit()
	walk.vouchers.append(steps.commit(payment))
	return True


def pays_invoices(walk: Walk) -> bool:
	"""One receipt over two or three invoices of a customer."""
	owing = walk.owing(customer=2)
	if len(owing) < 2:
		return False
	chosen = walk.random.sample(owing, walk.random.randint(2, len(owing)))
	payment = get_payment_entry("Sales Invoice", chosen[0].name, bank_account=make.account("Cash"))
	payment.reference_no, payment.reference_date = "TEST", nowdate()
	payment.set("references", [])
	for invoice in chosen:
		payment.append(
			"references",
			{
				"reference_doctype": "Sales Invoice",
				"reference_name": invoice.name,
				"allocated_amount": walk.part_of(invoice.reload().outstanding_amount),
			},
		)
	payment.paid_amount = payment.received_amount = float(
		sum(steps.money(row.allocated_amount) for row in payment.references)
	)
	parts = [f"{row.allocated_amount} of {row.reference_name}" for row in payment.references]
	walk.note(f"pay several: {', '.join(parts)}")
	payment.insert().submit()
	walk.vouchers.append(steps.commit(payment))
	return True


def journal(walk: Walk) -> bool:
	invoice = walk.an_invoice(dollar=False)
	if not invoice:
		return False
	amount = walk.part_of(invoice.outstanding_amount)
	account = walk.random.choice(["Cash", "Write Off"])
	walk.note(f"journal {amount} of {invoice.name} to {account}")
	walk.vouchers.append(steps.a_journal_receipt(invoice, amount, account))
	return True


def charge(walk: Walk) -> bool:
	invoice = walk.an_invoice(owing=False, dollar=False)
	if not invoice:
		return False
	amount = walk.part_of(invoice.grand_total / 4)
	walk.note(f"charge {amount} to {invoice.name} by journal")
	walk.vouchers.append(steps.a_journal_receipt(invoice, -amount))
	return True


def credits(walk: Walk) -> bool:
	invoice = walk.an_invoice()
	if not invoice or invoice.outstanding_amount < 1:
		return False
	line = invoice.items[0]
	filters = {"sales_invoice_item": line.name, "docstatus": 1}
	returned = sum(frappe.get_all("Sales Invoice Item", filters, pluck="qty"))
	most = min(int(invoice.outstanding_amount), int(line.qty + returned))
	if most < 1:
		return False
	amount = walk.random.choice([most, walk.random.randint(1, most)])
	walk.note(f"credit {amount} of {invoice.name}")
	walk.vouchers.append(a_return(invoice, amount))
	return True


def a_return(invoice: Document, amount: int) -> Document:
	note = make_sales_return(invoice.name)
	note.update({"update_outstanding_for_self": 0, "disable_rounded_total": 1})
	note.set("items", note.items[:1])
	note.items[0].qty = -amount
	note.calculate_taxes_and_totals()
	note.insert().submit()
	return steps.commit(note)


def receives(walk: Walk) -> bool:
	"""An advance, settled against the customer's invoice by Payment Reconciliation."""
	invoice = walk.an_invoice(dollar=False)
	if not invoice:
		return False
	amount = walk.part_of(invoice.outstanding_amount)
	walk.note(f"receive {amount} from {invoice.customer} and reconcile")
	receipt = steps.a_receipt(invoice.customer, amount)
	steps.reconcile(invoice.customer)
	walk.vouchers.append(receipt)
	walk.receipts.append(receipt)
	return True


def unreconciles(walk: Walk) -> bool:
	fitting = [receipt for receipt in walk.receipts if receipt.reload().docstatus == 1 and receipt.references]
	if not fitting:
		return False
	receipt = walk.random.choice(fitting)
	walk.note(f"unreconcile {receipt.name}")
	steps.unreconcile(receipt)
	return True


def cancels(walk: Walk) -> bool:
	if not walk.vouchers:
		return False
	place = walk.random.randrange(len(walk.vouchers))
	advance = {"reference_name": walk.vouchers[place].name, "docstatus": 1}
	if frappe.db.exists("Sales Invoice Advance", advance):  # core lets nobody cancel it
		return False
	if frappe.db.exists("Write-Off Recovery", {"write_off": walk.vouchers[place].name, "docstatus": 1}):
		return False
	voucher = walk.vouchers.pop(place)
	of_several = len({row.reference_name for row in voucher.get("references") or []}) > 1
	walk.note(f"cancel {voucher.doctype} {voucher.name}{' of several invoices' if of_several else ''}")
	voucher.reload().cancel()
	frappe.db.commit()
	return True


def directs(walk: Walk) -> bool:
	"""Some of what a payment settles goes to an instalment that the customer names."""
	invoice = walk.an_invoice(owing=False)
	payments = directable(invoice.name)["payments"] if invoice else []
	if not payments:
		return False
	payment = walk.random.choice(payments)
	row = walk.random.choice(payment["instalments"]) if payment["instalments"] else None
	if not row:
		return False
	amount = walk.part_of(min(payment["free"], row["owes"]))
	voucher = (payment["voucher_type"], payment["voucher_no"])
	walk.note(f"direct {amount} of {voucher[1]} to instalment {row['number']} of {invoice.name}")
	walk.directions.append(direct(invoice.name, *voucher, row["number"], amount, "as the customer asks"))
	frappe.db.commit()
	return True


def withdraws(walk: Walk) -> bool:
	standing = {
		"name": ("in", walk.directions),
		"status": ("!=", "Withdrawn"),
	}  # a reschedule may have ended it
	known = frappe.get_all("Instalment Direction", standing, pluck="name", order_by="creation, name")
	if not known:
		return False
	name = walk.random.choice(known)
	walk.directions.remove(name)
	walk.note(f"withdraw {name}")
	withdraw(name)
	frappe.db.commit()
	return True


def sells_again(walk: Walk) -> bool:
	"""Cancel an invoice, whose payments core unlinks, and sell the same anew; core cancels none with a write-off,
	and a rebate's credit note goes with its payment."""
	held = frappe.get_all("Instalment Write-Off", {"docstatus": 1}, pluck="sales_invoice")
	rebated = {"docstatus": 1, "credit_note": ("is", "set")}
	held += frappe.get_all("Settlement Quote", rebated, pluck="sales_invoice")
	free = [number for number in range(len(INVOICES)) if walk.invoices[number].name not in held]
	if not free:
		return False
	number = walk.random.choice(free)
	old = walk.invoices[number].reload()
	walk.note(f"cancel {old.name} and sell anew")
	notes = frappe.get_all("Sales Invoice", {"return_against": old.name, "docstatus": 1}, pluck="name")
	for name in notes:
		frappe.get_doc("Sales Invoice", name).cancel()
	walk.vouchers = [voucher for voucher in walk.vouchers if voucher.name not in notes]
	steps.commit(old.reload().cancel())
	count = INVOICES[number][1]
	credit_rule(RULES[count])
	walk.invoices[number] = a_long_invoice(old.customer, count, old.grand_total)
	return True


MONEY: dict[Event, int] = {
	pays: 5,
	pays_terms: 3,
	pays_invoices: 4,
	pays_in_dollars: 4,
	journal: 4,
	charge: 1,
	credits: 3,
	receives: 3,
	unreconciles: 2,
	cancels: 14,
	directs: 4,
	withdraws: 1,
	sells_again: 2,
}
"""How often each kind is drawn; cancels keep the debt from running out."""
