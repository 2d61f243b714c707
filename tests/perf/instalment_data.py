"""Invoices with plans of twelve instalments, written by set-based SQL as the ledger left them, for measuring.

Each size stands in a company of its own on one site, so that growth is seen in one run, and is kept for the next.
Sales Invoice, Payment Schedule, Payment Ledger, Instalment Plan and Instalment agree to the halala: ERPNext's own
reports work on them as well as this app's. What an invoice has received came in one payment, which spares ERPNext's
report the most rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import frappe
from frappe.utils import now

from saudi_crm_billing.instalments.terms import term_name

ROWS = 12
AMOUNT = 500
MARK = "SCB Perf"

TABLES = (
	"Instalment",
	"Instalment Plan",
	"Payment Schedule",
	"Payment Ledger Entry",
	"Sales Invoice",
	"Customer",
)


def company_of(invoices: int) -> str:
	return f"{MARK} {invoices}"


def build(invoices: int, today: date) -> bool:
	"""Have that many invoices in the company of this size; whether anything had to be written."""
	company = company_of(invoices)
	if _is_of(company, invoices, today):
		return False
	forget(invoices)
	_write_company(company)
	_write_moulds(invoices, today)
	_write_documents(company)
	frappe.db.set_value("Company", company, "date_of_incorporation", today)
	frappe.db.commit()
	frappe.db.sql("drop temporary table scb_perf_mould")
	for table in TABLES:
		frappe.db.sql(f"analyze table `tab{table}`")
	return True


def forget(invoices: int) -> None:
	company = company_of(invoices)
	for table in TABLES:
		key = {"Payment Schedule": "parent", "Customer": "name"}.get(table)
		where = f"{key} like '{company}-%%'" if key else "company = %(company)s"
		frappe.db.sql(f"delete from `tab{table}` where {where}", {"company": company})
	frappe.db.commit()


def _is_of(company: str, invoices: int, today: date) -> bool:
	"""Whether the company's documents are all there and of this day."""
	built = frappe.db.get_value("Company", company, "date_of_incorporation")
	return built == today and frappe.db.count("Sales Invoice", {"company": company}) == invoices


def _write_company(company: str) -> None:
	"""Name, currency and a receivable account: no chart of accounts, which takes longer than all the rest."""
	account = f"Debtors - {company}"
	for doctype, name, values in (
		("Company", company, {"company_name": company, "abbr": company[-5:], "default_currency": "SAR"}),
		("Account", account, {"account_name": "Debtors", "company": company, "account_type": "Receivable"}),
	):
		if not frappe.db.exists(doctype, name):
			doc = frappe.get_doc(
				{"doctype": doctype, "account_currency": "SAR", "root_type": "Asset", **values}
			)
			doc.name = name
			doc.set_user_and_timestamp()
			doc.db_insert()


def _write_moulds(invoices: int, today: date) -> None:
	"""A row an invoice: its dates and what it has received, from which all documents are written.

	Sold in the last eighteen months and a half, ten invoices a customer; three of four are paid as they fall due, the
	others one to thirteen instalments late, every fifth with half an instalment more. A third has five days of grace.
	"""
	frappe.db.commit()
	frappe.db.sql("drop temporary table if exists scb_perf_mould")
	frappe.db.sql(
		f"""
		create temporary table scb_perf_mould (key (name)) engine = InnoDB as
		select
			concat(%(company)s, '-', lpad(seq, 6, '0')) name,
			concat(%(company)s, '-C', lpad(seq mod {max(invoices // 10, 1)}, 5, '0')) customer,
			date_add(date_sub(%(today)s, interval seq mod 18 month), interval seq mod 28 day) first_due,
			greatest(0, least({ROWS}, cast(seq mod 18 as signed) - if(seq mod 4, 0, 1 + seq mod 13))) * {AMOUNT}
				+ if(seq mod 5 = 0, {AMOUNT / 2:.2f}, 0) received,
			if(seq mod 3 = 0, 5, 0) grace_days
		from seq_1_to_{invoices}""",
		{"company": company_of(invoices), "today": today},
	)
	frappe.db.sql(f"update scb_perf_mould set received = least(received, {ROWS * AMOUNT})")
	frappe.db.commit()


def _write_documents(company: str) -> None:
	values = {
		"company": company,
		"account": f"Debtors - {company}",
		"time": now(),
		"user": frappe.session.user,
		"today": frappe.utils.today(),
		"total": ROWS * AMOUNT,
	}
	for table, columns, source in _statements():
		names, expressions = zip(*columns, strict=True)
		frappe.db.sql(
			f"insert into `tab{table}` ({', '.join(names)}, creation, modified, owner, modified_by)"
			f" select {', '.join(expressions)}, %(time)s, %(time)s, %(user)s, %(user)s from {source}",
			values,
		)


Columns = tuple[tuple[str, str], ...]
SOLD = "date_sub(first_due, interval 1 month)"
LAST_DUE = f"date_add(first_due, interval {ROWS - 1} month)"
LEFT = "%(total)s - received"
EACH = f"scb_perf_mould, seq_1_to_{ROWS}"
DUE = "date_add(first_due, interval seq - 1 month)"
SETTLED = f"least({AMOUNT}, greatest(0, received - (seq - 1) * {AMOUNT}))"
WHOLE = f"floor(received / {AMOUNT})"
"""How many instalments are paid in full."""

PARTY: Columns = (("company", "%(company)s"), ("customer", "customer"), ("currency", "'SAR'"))


def _statements() -> Sequence[tuple[str, Columns, str]]:
	"""Table, columns with what goes into them, and the rows they are made of."""
	customer: Columns = (("name", "customer"), ("customer_name", "customer"), ("customer_type", "'Company'"))
	return (
		("Customer", customer, "(select distinct customer from scb_perf_mould) each_customer"),
		("Sales Invoice", (("name", "name"), *PARTY, *_invoice_columns()), "scb_perf_mould"),
		("Payment Schedule", _schedule_columns(), EACH),
		(
			"Payment Ledger Entry",
			_ledger_columns("Sales Invoice", "name", SOLD, "%(total)s"),
			"scb_perf_mould",
		),
		(
			"Payment Ledger Entry",
			_ledger_columns("Payment Entry", "concat(name, '-P')", "%(today)s", "-received"),
			"scb_perf_mould where received > 0",
		),
		("Instalment Plan", (("name", "concat('PLAN-', name)"), *PARTY, *_plan_columns()), "scb_perf_mould"),
		("Instalment", (("name", "concat(name, '-I', seq)"), *PARTY, *_instalment_columns()), EACH),
	)


def _invoice_columns() -> Columns:
	return (
		("docstatus", "1"),
		("posting_date", SOLD),
		("due_date", LAST_DUE),
		("debit_to", "%(account)s"),
		("party_account_currency", "'SAR'"),
		("conversion_rate", "1"),
		("grand_total", "%(total)s"),
		("base_grand_total", "%(total)s"),
		("outstanding_amount", LEFT),
		("status", f"if({LEFT}, 'Unpaid', 'Paid')"),
		("scb_instalment_plan", "concat('PLAN-', name)"),
	)


def _schedule_columns() -> Columns:
	return (
		("name", "concat(name, '-S', seq)"),
		("parent", "name"),
		("parenttype", "'Sales Invoice'"),
		("parentfield", "'payment_schedule'"),
		("docstatus", "1"),
		("idx", "seq"),
		("payment_term", TERM),
		("due_date", DUE),
		("invoice_portion", str(100 / ROWS)),
		("payment_amount", str(AMOUNT)),
		("base_payment_amount", str(AMOUNT)),
		("paid_amount", SETTLED),
		("base_paid_amount", SETTLED),
		("outstanding", f"{AMOUNT} - {SETTLED}"),
		("base_outstanding", f"{AMOUNT} - {SETTLED}"),
	)


def _ledger_columns(voucher_type: str, voucher: str, posted: str, amount: str) -> Columns:
	return (
		("name", f"concat({voucher}, '-L')"),
		("docstatus", "1"),
		("company", "%(company)s"),
		("posting_date", posted),
		("due_date", LAST_DUE),
		("account_type", "'Receivable'"),
		("account", "%(account)s"),
		("party_type", "'Customer'"),
		("party", "customer"),
		("voucher_type", f"'{voucher_type}'"),
		("voucher_no", voucher),
		("against_voucher_type", "'Sales Invoice'"),
		("against_voucher_no", "name"),
		("account_currency", "'SAR'"),
		("amount", amount),
		("amount_in_account_currency", amount),
	)


def _plan_columns() -> Columns:
	return (
		("reference_doctype", "'Sales Invoice'"),
		("reference_name", "name"),
		("status", f"if({LEFT}, 'Active', 'Completed')"),
		("calendar", "'Gregorian'"),
		("grace_days", "grace_days"),
		("total", "%(total)s"),
		("paid", "received"),
		("outstanding", LEFT),
		("instalment_count", str(ROWS)),
		("first_due_date", "first_due"),
		("last_due_date", LAST_DUE),
		("next_due_date", f"if({LEFT}, date_add(first_due, interval {WHOLE} month), null)"),
		("next_due_amount", f"if({LEFT}, {AMOUNT} * (1 + {WHOLE}) - received, 0)"),
	)


def _instalment_columns() -> Columns:
	return (
		("parent", "concat('PLAN-', name)"),
		("parenttype", "'Instalment Plan'"),
		("parentfield", "'instalments'"),
		("idx", "seq"),
		("number", "seq"),
		("payment_term", TERM),
		("due_date", DUE),
		("grace_until", f"date_add({DUE}, interval grace_days day)"),
		("amount", str(AMOUNT)),
		("paid", SETTLED),
		("outstanding", f"{AMOUNT} - {SETTLED}"),
		("base_outstanding", f"{AMOUNT} - {SETTLED}"),
		("sales_invoice", "name"),
	)


TERM = f"elt(seq, {', '.join(repr(term_name(number)) for number in range(1, ROWS + 1))})"
