"""Opening invoices from another system's file: checked wholly, posted wholly or not at all, true to the ledger."""

from __future__ import annotations

from types import ModuleType

import factories as make
import frappe
import instalments_helpers as kit
import opening_helpers as opening
import pytest
from frappe.model.document import Document
from pymysql.err import IntegrityError

from saudi_crm_billing.instalments.balances import recompute
from saudi_crm_billing.instalments.importing import api, running, tasks
from saudi_crm_billing.instalments.tasks import plans_off_the_ledger

pytestmark = pytest.mark.usefixtures("site", "borders")


def the_invoice(doc: Document) -> Document:
	assert doc.status == "Imported", doc.failure
	(invoice,) = opening.invoices(doc, docstatus=1)
	return invoice


def ledger(invoice: Document) -> list[tuple[str, float, float, str]]:
	return frappe.get_all(
		"GL Entry",
		{"voucher_no": invoice.name, "is_cancelled": 0},
		["account", "debit", "credit", "is_opening"],
		order_by="debit desc",
		as_list=True,
	)


def test_a_plan_comes_in_with_what_was_paid() -> None:
	rows = opening.rows_of(paid=[100, 40], remarks="Fridge", paid_on="2026-03-11")
	invoice = the_invoice(opening.imported(opening.as_csv(rows)))

	assert (invoice.is_opening, invoice.docstatus, invoice.grand_total) == ("Yes", 1, 160)
	assert invoice.outstanding_amount == 160
	assert ledger(invoice) == (
		(make.account("Debtors"), 160, 0, "Yes"),
		(make.account("Temporary Opening"), 0, 160, "Yes"),
	)
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	assert (plan.status, plan.total, plan.paid, plan.outstanding, plan.not_scheduled) == (
		"Active",
		300,
		140,
		160,
		0,
	)
	assert (plan.calendar, plan.next_due_date.isoformat(), plan.next_due_amount) == (
		"Gregorian",
		"2026-03-10",
		60,
	)
	assert [(row.number, row.amount, row.paid, row.outstanding) for row in plan.instalments] == [
		(1, 100, 100, 0), (2, 100, 40, 60), (3, 100, 0, 100),
	]  # fmt: skip
	assert kit.schedule(invoice, "payment_term", "payment_amount", "paid_amount", "outstanding") == [
		("Instalment 002", 60, 0, 60), ("Instalment 003", 100, 0, 100),
	]  # fmt: skip
	assert invoice.due_date.isoformat() == "2026-04-10" and invoice.posting_date.isoformat() == "2026-01-10"
	assert invoice.remarks.splitlines() == [
		"Fridge",
		"Invoice OLD-1 of the old system, of 300.00 SAR.",
		"Paid there: 140.00, last on 2026-03-11.",
	]
	assert invoice.status == "Overdue"
	assert not plans_off_the_ledger() and not recompute(plan.name)


def test_it_is_paid_and_credited_as_any_other() -> None:
	invoice = the_invoice(opening.imported(opening.as_xlsx(opening.rows_of(paid=[100]))))
	kit.pay(invoice, 130)
	assert kit.outstanding(invoice) == [0, 0, 70]
	assert kit.receivable_by_term(invoice) == {"Instalment 3 (1447-10-22 AH)": 70}
	kit.a_journal_receipt(invoice, 70)
	plan = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan)
	assert (plan.status, plan.paid, plan.outstanding) == ("Completed", 300, 0)


def test_checking_writes_nothing_but_its_findings() -> None:
	rows = [*opening.rows_of(), *opening.rows_of("OLD-2", total=299)]
	before = frappe.db.count("Sales Invoice")
	doc = opening.checked(opening.as_csv(rows))
	assert (doc.status, doc.row_count, doc.plan_count, doc.error_count) == ("Draft", 6, 0, 1)
	assert opening.errors(doc) == [
		(
			5,
			"Invoice Total",
			"Invoice Total of OLD-2 is 299.00, but its instalments (rows 5 to 7) add up to 300.00: 1.00 apart.",
			"إجمالي الفاتورة OLD-2 هو 299.00، لكن مجموع أقساطها (الأسطر من 5 إلى 7) هو 300.00 بفارق 1.00.",
		)
	]
	assert frappe.db.count("Sales Invoice") == before
	with pytest.raises(
		frappe.ValidationError, match=r"is Draft\. This can be done only while it is: Checked"
	):
		api.start(doc.name)


def test_a_file_that_was_taken_away_is_asked_for() -> None:
	doc = opening.checked(opening.as_csv(opening.rows_of(total=299)))
	doc.file = None
	doc.save()
	with pytest.raises(frappe.ValidationError, match=r"^Attach the file first\.$"):
		api.check(doc.name)


def test_a_right_file_shows_its_counts_and_first_plans() -> None:
	rows = [row for n in range(7) for row in opening.rows_of(f"OLD-{n}", paid=[50])]
	doc = opening.checked(opening.as_csv(rows, ";"))
	assert (doc.status, doc.row_count, doc.plan_count, doc.error_count) == ("Checked", 21, 7, 0)
	assert (doc.total, doc.paid, doc.owed, doc.error_file) == (2100, 350, 1750, None)
	shown = frappe.parse_json(doc.preview)
	assert [plan["invoice"] for plan in shown] == ["OLD-0", "OLD-1", "OLD-2", "OLD-3", "OLD-4"]
	assert shown[0]["rows"][0] == {
		"number": 1, "due_date": "2026-02-10", "due_date_hijri": "1447-08-22", "amount": 100, "paid": 50, "owed": 50,
	}  # fmt: skip


def test_what_the_site_does_not_know_is_named_by_row() -> None:
	make.a_customer("Closed Shop", disabled=1)
	other = {"doctype": "Customer", "customer_name": "Twin", "customer_type": "Company"}
	for name in ("TWIN-1", "TWIN-2"):
		twin = frappe.get_doc({**other, "customer_group": "Commercial", "territory": "All Territories"})
		twin.insert(set_name=name)
		twin.db_set("customer_name", "Twin")
	rows = [
		*opening.rows_of("A", 1, customer="Nobody"),
		*opening.rows_of("B", 1, customer="Closed Shop"),
		*opening.rows_of("C", 1, customer="Twin"),
		*opening.rows_of("D", 1, currency="XXX"),
		*opening.rows_of("E", 1, currency="USD", rate="3.75"),
		*opening.rows_of("F", 1, posting_date="1990-01-01"),
	]
	doc = opening.checked(opening.as_csv(rows))
	assert [error[:3] for error in opening.errors(doc)] == [
		(2, "Customer", "There is no Customer Nobody. Make it first, or correct the name."),
		(3, "Customer", "Customer Closed Shop is disabled. Enable it first."),
		(4, "Customer", "2 customers are named Twin. Write the ID of the one that is meant."),
		(5, "Currency", "There is no enabled currency XXX."),
		(6, "Currency", "The invoice is in USD but the receivable account Debtors - RTC is kept in SAR. Choose a "
			"receivable account in USD, and import the other currencies from another file."),
		(7, "Invoice Date", "No Fiscal Year of the company holds the invoice's date 1990-01-01. Add one first."),
	]  # fmt: skip


def test_all_that_is_wrong_is_said_at_once() -> None:
	rows = [*opening.rows_of("A", total=299), *opening.rows_of("B", 1, customer="Nobody")]
	doc = opening.checked(opening.as_csv(rows))
	assert [error[:2] for error in opening.errors(doc)] == [(2, "Invoice Total"), (5, "Customer")]
	assert doc.preview is None


def test_a_credit_limit_is_known_before_anything_is_posted() -> None:
	customer = frappe.get_doc("Customer", make.a_customer("Limited"))
	customer.append("credit_limits", {"company": make.COMPANY, "credit_limit": 450})
	customer.save()
	rows = [*opening.rows_of("A", customer="Limited"), *opening.rows_of("B", customer="Limited")]
	doc = opening.checked(opening.as_csv(rows))
	assert [error[2] for error in opening.errors(doc)] == [
		"Customer Limited would owe 600.00, beyond the credit limit of 450.00. Raise the limit first."
	]


def test_an_old_number_comes_in_once() -> None:
	first = the_invoice(opening.imported(opening.as_csv(opening.rows_of())))
	again = opening.checked(opening.as_csv(opening.rows_of()))
	assert [error[:3] for error in opening.errors(again)] == [
		(2, "Invoice Number", f"Invoice OLD-1 was imported already, as {first.name}.")
	]
	with pytest.raises(IntegrityError):
		frappe.db.set_value(
			"Sales Invoice", kit.a_plan_invoice().name, "scb_opening_key", first.scb_opening_key
		)
	first.cancel()
	assert opening.imported(opening.as_csv(opening.rows_of())).status == "Imported"


def test_a_refused_plan_leaves_nothing_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
	refused = make.a_customer("Refused")
	rows = [*opening.rows_of("A"), *opening.rows_of("B", customer=refused), *opening.rows_of("C")]
	doc = opening.checked(opening.as_csv(rows))
	opening.start(doc)
	frappe.db.set_value("Customer", refused, "is_frozen", 1)
	frappe.set_user(make.a_user("importer@example.com", "Accounts Manager", "Accounts User"))
	doc.db_set("started_by", frappe.session.user)
	frappe.db.commit()
	running.run(doc.name)
	doc.reload()
	assert (doc.status, doc.imported_count) == ("Failed", 0)
	assert doc.failure.startswith("Invoice B (row 5) was refused: ") and "frozen" in doc.failure
	assert doc.failure_ar.startswith("رُفضت الفاتورة B (السطر 5): ")
	assert [invoice.docstatus for invoice in opening.invoices(doc)] == [2]
	assert not frappe.get_all("GL Entry", {"voucher_no": opening.invoices(doc)[0].name, "is_cancelled": 0})
	frappe.set_user("Administrator")
	frappe.db.set_value("Customer", refused, "is_frozen", 0)
	api.check(doc.name)
	opening.start(doc)
	running.run(doc.name)
	assert doc.reload().status == "Imported"
	assert [i.scb_opening_number for i in opening.invoices(doc, docstatus=1)] == ["A", "B", "C"]


def test_a_killed_import_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
	rows = [row for name in "ABCD" for row in opening.rows_of(name)]
	doc = opening.checked(opening.as_csv(rows))
	opening.start(doc)
	make_one, made = running.make, []

	def killed(*arguments: object) -> object:
		if len(made) == 2:
			raise KeyboardInterrupt
		made.append(1)
		return make_one(*arguments)

	monkeypatch.setattr(running, "make", killed)
	with pytest.raises(KeyboardInterrupt):
		running.run(doc.name)
	doc.reload()
	assert (doc.status, doc.imported_count) == ("Importing", 2)
	monkeypatch.setattr(running, "make", make_one)
	running.run(doc.name)
	running.run(doc.name)
	doc.reload()
	assert (doc.status, doc.imported_count) == ("Imported", 4)
	assert [i.scb_opening_number for i in opening.invoices(doc, docstatus=1)] == ["A", "B", "C", "D"]


def test_the_clock_takes_up_what_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
	queued: list[str] = []
	monkeypatch.setattr(tasks, "enqueue", queued.append)
	doc = opening.checked(opening.as_csv(opening.rows_of()))
	opening.start(doc)
	queued.clear()
	tasks.resume_opening_imports()
	assert queued == []
	doc.db_set("progress_at", frappe.utils.add_to_date(None, minutes=-11))
	tasks.resume_opening_imports()
	assert queued == [doc.name]


def test_a_file_changed_after_its_check_is_not_imported() -> None:
	doc = opening.checked(opening.as_csv(opening.rows_of()))
	opening.start(doc)
	file = frappe.get_doc("File", {"file_url": doc.file})
	with open(file.get_full_path(), "ab") as stored:
		stored.write(b"\n")
	running.run(doc.name)
	doc.reload()
	assert (doc.status, opening.invoices(doc)) == ("Failed", [])
	assert doc.failure == (
		"The attached file was changed after it was checked. Check it again. Nothing of the file stays imported."
	)


def test_an_import_is_undone_unless_something_was_paid_since() -> None:
	doc = opening.imported(opening.as_csv([*opening.rows_of("A"), *opening.rows_of("B")]))
	first, second = opening.invoices(doc)
	payment = kit.pay(second, 10)
	with pytest.raises(
		frappe.ValidationError, match=f"Invoice {second.name} was settled by {payment.name} since"
	):
		api.undo(doc.name)
	payment.cancel()
	api.undo(doc.name)
	frappe.db.commit()
	running.run(doc.name)
	doc.reload()
	assert (doc.status, doc.imported_count) == ("Draft", 0)
	assert {invoice.docstatus for invoice in opening.invoices(doc)} == {2}
	assert frappe.get_doc("Instalment Plan", first.scb_instalment_plan).status == "Cancelled"


def test_paid_out_of_order_is_refused_or_spread_as_ticked() -> None:
	content = opening.as_csv(opening.rows_of(paid=[0, 0, 100]))
	doc = opening.checked(content)
	assert opening.errors(doc)[0][2].startswith(
		"Instalment 3 has 100.00 paid, but the earlier instalment 1 still owes"
	)
	invoice = the_invoice(opening.imported(content, spread_paid=1))
	assert kit.outstanding(invoice) == [0, 100, 100]


def test_a_foreign_currency_keeps_its_books(site: ModuleType) -> None:
	debtors = make.insert(
		"Account",
		account_name="Debtors USD",
		parent_account=frappe.db.get_value("Account", make.account("Debtors"), "parent_account"),
		company=make.COMPANY,
		account_type="Receivable",
		account_currency="USD",
	)
	frappe.db.set_value("Currency", "USD", "enabled", 1)
	rows = opening.rows_of(currency="usd", rate="3.75", paid=[100], customer=make.a_customer("Dollar Buyer"))
	lacking = opening.checked(
		opening.as_csv(opening.rows_of(currency="USD", customer="Dollar Buyer")), debit_to=debtors.name
	)
	assert opening.errors(lacking)[0][2] == "Exchange Rate is needed: USD is not the company's currency SAR."
	doc = opening.imported(opening.as_csv(rows), debit_to=debtors.name)
	assert (doc.total, doc.paid, doc.owed) == (1125, 375, 750)
	invoice = the_invoice(doc)
	assert (invoice.currency, invoice.outstanding_amount, invoice.base_grand_total) == ("USD", 200, 750)
	base = frappe.get_all(
		"Instalment", {"parent": invoice.scb_instalment_plan}, pluck="base_outstanding", order_by="idx"
	)
	assert base == [0, 375, 375]


def test_no_taxes_are_added_to_a_debt_that_was_taxed() -> None:
	import e_invoicing_helpers as zatca

	frappe.db.set_value("Customer", make.a_customer(), "tax_category", None)
	make.insert("Customer Tax Setup", company=make.COMPANY, enabled=1, vat_account=zatca.vat_account(),
		default_class=frappe.db.get_value("Customer Tax Class", {"category": "S", "rate": 15}))  # fmt: skip
	invoice = the_invoice(opening.imported(opening.as_csv(opening.rows_of())))
	assert (invoice.grand_total, invoice.taxes) == (300, [])


def test_the_marks_of_an_import_are_not_forged_nor_copied() -> None:
	invoice = the_invoice(opening.imported(opening.as_csv(opening.rows_of())))
	copy = frappe.copy_doc(invoice)
	copy.update(
		{"scb_opening_key": "x", "scb_opening_number": "x", "scb_opening_import": invoice.scb_opening_import}
	)
	copy.insert()
	assert (copy.scb_opening_key, copy.scb_opening_number, copy.scb_opening_import) == (None, None, None)


def test_what_the_system_writes_is_not_written_by_hand() -> None:
	doc = opening.an_import(opening.as_csv(opening.rows_of()), status="Checked", owed=5, file_hash="x")
	assert (doc.status, doc.owed, doc.file_hash) == ("Draft", None, None)
	doc = opening.imported(opening.as_csv(opening.rows_of()))
	doc.grace_days = 3
	with pytest.raises(
		frappe.ValidationError, match="is Imported: the file and how it is posted can no longer"
	):
		doc.save()


def test_a_change_after_the_check_asks_for_another() -> None:
	doc = opening.checked(opening.as_csv(opening.rows_of()))
	doc.grace_days = 5
	assert doc.save().status == "Draft"


def test_who_may_check_and_start() -> None:
	doc = opening.an_import(opening.as_csv(opening.rows_of()))
	for roles in (("Accounts User",), ("Sales Manager",), ()):
		frappe.set_user("Administrator")
		frappe.set_user(make.a_user(f"{'-'.join(roles) or 'none'}@example.com".replace(" ", ""), *roles))
		for call in (api.check, api.start, api.undo):
			with pytest.raises(frappe.PermissionError):
				call(doc.name)
		with pytest.raises(frappe.PermissionError):
			api.download_template()


def test_a_file_of_elsewhere_is_not_read() -> None:
	doc = opening.an_import(opening.as_csv(opening.rows_of()))
	doc.db_set("file", "https://elsewhere.example/plans.csv")
	with pytest.raises(frappe.ValidationError, match="is not a file of this site"):
		api.check(doc.name)


def test_a_file_that_is_none_is_refused() -> None:
	doc = opening.an_import(b"PK\x03\x04 broken", "plans.xlsx")
	with pytest.raises(frappe.ValidationError, match="neither CSV nor XLSX"):
		api.check(doc.name)


def test_the_template_is_a_file_that_can_be_imported() -> None:
	api.download_template()
	content = frappe.response["filecontent"]
	make.a_customer("Name of the customer")
	doc = opening.checked(content, file_name="template.xlsx")
	assert (doc.status, doc.plan_count, doc.owed) == ("Checked", 2, 2650), opening.errors(doc)


def test_one_pass_makes_what_cores_two_steps_make() -> None:
	"""The invoice is inserted as submitted; a draft that is submitted must come to the same."""
	doc = opening.imported(opening.as_csv(opening.rows_of("A", paid=[30])))
	ours = the_invoice(doc)
	values = {name: ours.get(name) for name in ("customer", "company", "currency", "debit_to", "due_date")}
	other = frappe.get_doc({**values, "doctype": "Sales Invoice", "is_opening": "Yes", "set_posting_time": 1,
		"posting_date": ours.posting_date, "disable_rounded_total": 1, "ignore_default_payment_terms_template": 1,
		"items": [{name: ours.items[0].get(name) for name in ("item_name", "description", "qty", "uom", "rate",
			"income_account", "conversion_factor")}]}).insert().submit().reload()  # fmt: skip
	fields = ("grand_total", "base_grand_total", "outstanding_amount", "status", "net_total", "total_qty",
		"base_net_total", "total_taxes_and_charges", "against_income_account", "party_account_currency")  # fmt: skip
	assert [ours.get(name) for name in fields] == [other.get(name) for name in fields]
	assert ledger(ours) == ledger(other)
