"""Advances on a real ledger: their invoice (386), their VAT, the final invoice that settles them, their refund."""

from __future__ import annotations

from decimal import Decimal
from types import ModuleType

import advance_helpers as adv
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from advance_helpers import balance, ledger
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document
from lxml import etree

from saudi_crm_billing.e_invoicing.engine import qr, rules
from saudi_crm_billing.e_invoicing.engine.reading import read
from saudi_crm_billing.e_invoicing.engine.signing import verify
from saudi_crm_billing.e_invoicing.engine.xml import NS, text_at

__all__ = ["gateway", "sandbox", "unit"]

D = Decimal
CASH, DEBTORS, SALES = (make.account(title) for title in ("Cash", "Debtors", "Sales"))
VAT = make.account("VAT 15%")


@pytest.fixture
def held(unit: Document) -> str:
	"""The account for VAT on advances of a company that invoices them."""
	return adv.invoices_advances()


@pytest.fixture
def customer(unit: Document) -> str:
	return zatca.a_business()


def document_of(source: Document) -> Document:
	return frappe.get_doc("ZATCA Document", source.scb_zatca_document)


def root_of(source: Document) -> etree._Element:
	return etree.fromstring(document_of(source).xml.encode())


def accepted(source: Document) -> Document:
	"""What our rules, our verification, another's validator and the gateway say: nothing."""
	document = document_of(source)
	assert rules.check(document.xml.encode()) == ()
	assert verify(document.xml.encode()) == ()
	zatca.assert_fatoority(document)
	sent = zatca.sent(source)
	assert sent.state in ("Cleared", "Reported"), sent.last_message_en
	assert not sent.has_warnings, sent.last_message_en
	return sent


def prepayment_lines(source: Document) -> list[tuple[str, ...]]:
	paths = (
		"cac:DocumentReference/cbc:ID",
		"cac:DocumentReference/cbc:UUID",
		"cac:DocumentReference/cbc:DocumentTypeCode",
		"cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount",
		"cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount",
		"cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID",
	)
	lines = root_of(source).findall("cac:InvoiceLine", NS)
	settling = [line for line in lines if line.find("cac:DocumentReference", NS) is not None]
	return [tuple(text_at(line, path) for path in paths) for line in settling]


def total(source: Document, name: str) -> str:
	return text_at(root_of(source), f"cac:LegalMonetaryTotal/cbc:{name}")


def test_an_advance_is_a_prepayment_invoice_with_its_vat_in_the_ledger(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	assert (entry.scb_is_advance, entry.scb_vat_category, entry.scb_vat_rate) == (1, "S", 15)
	assert (entry.scb_advance_gross, entry.scb_advance_taxable, entry.scb_advance_vat) == (2300, 2000, 300)
	assert (entry.unallocated_amount, entry.difference_amount, entry.scb_advance_left) == (2300, 0, 2300)
	assert ledger(entry.name) == {
		CASH: D("2300.00"),
		DEBTORS: D("-2300.00"),
		VAT: D("-300.00"),
		held: D("300.00"),
	}

	document = document_of(entry)
	assert (document.reference_doctype, document.kind, document.subtype) == (
		"Payment Entry",
		"Prepayment",
		"Standard",
	)
	said = read(document.xml.encode())
	assert (said.type_code.value, said.taxable, said.tax, said.payable) == ("386", 2000, 300, 2300)
	assert qr.decode(entry.scb_qr)[4] == b"2300.00"
	accepted(entry)
	assert entry.reload().scb_zatca_status == "Cleared"


def test_a_persons_advance_is_simplified(held: str) -> None:
	entry = adv.received(zatca.a_person(), 115)
	assert document_of(entry).subtype == "Simplified"
	accepted(entry)
	assert entry.reload().scb_zatca_status == "Reported"


@pytest.mark.parametrize(
	("gross", "vat"), [(1000, "130.43"), (0.19, "0.02"), (99999.99, "13043.48"), (0.2, "0.03")]
)
def test_an_odd_amount_is_exact_in_document_and_ledger(
	held: str, customer: str, gross: float, vat: str
) -> None:
	entry = adv.received(customer, gross)
	assert -ledger(entry.name)[VAT] == ledger(entry.name)[held] == D(vat)
	said = read(document_of(entry).xml.encode())
	assert (said.tax, said.payable) == (D(vat), D(str(gross)))
	accepted(entry)


def test_the_final_invoice_settles_the_advance_and_vat_is_owed_once(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	prepaid = document_of(entry)
	invoice = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=10000)]), (entry, 2300)))
	assert prepayment_lines(invoice) == [(entry.name, prepaid.uuid, "386", "2000.00", "300.00", "S")]
	assert [total(invoice, name) for name in ("TaxInclusiveAmount", "PrepaidAmount", "PayableAmount")] == [
		"11500.00",
		"2300.00",
		"9200.00",
	]
	assert invoice.outstanding_amount == 9200
	assert ledger(invoice.scb_advance_vat_entry) == {VAT: D("300.00"), held: D("-300.00")}
	assert balance(VAT) == D("-1500.00")
	assert balance(held) == 0
	assert entry.reload().scb_advance_left == 0
	assert entry.scb_advance_to_credit == 0
	accepted(invoice)


def test_an_advance_on_an_order_is_settled_by_the_orders_invoice(held: str, customer: str) -> None:
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	order = adv.an_order(customer)
	entry = adv.received(customer, 4600, **adv.for_order(order.name, 4600))
	assert order.reload().advance_paid == 4600
	assert text_at(root_of(entry), "cac:OrderReference/cbc:ID") == order.name
	invoice = make_sales_invoice(order.name)
	invoice.allocate_advances_automatically = 1
	zatca.submitted(invoice)
	assert [line[3:5] for line in prepayment_lines(invoice)] == [("4000.00", "600.00")]
	assert (balance(VAT), balance(held)) == (D("-1500.00"), 0)
	accepted(invoice)


def test_one_advance_over_two_invoices_declares_its_vat_once(held: str, customer: str) -> None:
	entry = adv.received(customer, 1000)
	first = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=500)]), (entry, 333.33)))
	assert entry.reload().scb_advance_left == 666.67
	second = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=3000)]), (entry, 666.67)))
	shares = [prepayment_lines(invoice)[0][3:5] for invoice in (first, second)]
	assert shares == [("289.85", "43.48"), ("579.72", "86.95")]
	assert (balance(VAT), balance(held)) == (D("-525.00"), 0)
	for invoice in (first, second):
		accepted(invoice)


def test_two_advances_on_one_invoice_are_a_line_each(held: str, customer: str) -> None:
	one, other = adv.received(customer, 1150), adv.received(customer, 575)
	invoice = zatca.submitted(
		adv.using(zatca.an_invoice(customer, [make.line(rate=10000)]), (one, 1150), (other, 575))
	)
	assert [line[0] for line in prepayment_lines(invoice)] == sorted((one.name, other.name))
	assert (total(invoice, "PrepaidAmount"), total(invoice, "PayableAmount")) == ("1725.00", "9775.00")
	assert (balance(VAT), balance(held)) == (D("-1500.00"), 0)
	accepted(invoice)


def test_an_advance_larger_than_the_invoice_keeps_its_rest(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	invoice = zatca.submitted(adv.using(zatca.an_invoice(customer), (entry, 1150)))
	assert (total(invoice, "PrepaidAmount"), total(invoice, "PayableAmount")) == ("1150.00", "0.00")
	assert (entry.reload().scb_advance_left, entry.unallocated_amount) == (1150, 1150)
	assert (balance(VAT), balance(held)) == (D("-300.00"), D("150.00"))
	accepted(invoice)


def test_without_the_companys_setting_a_receipt_stays_what_it_was(unit: Document, customer: str) -> None:
	entry = adv.received(customer, 2300)
	assert (entry.scb_is_advance, entry.scb_zatca_document, entry.deductions) == (0, None, [])
	assert entry.scb_advance_why.startswith("The company does not issue advance invoices.")
	assert ledger(entry.name) == {CASH: D("2300.00"), DEBTORS: D("-2300.00")}


def test_a_payment_of_an_invoice_is_no_advance(held: str, customer: str) -> None:
	invoice = zatca.submitted(zatca.an_invoice(customer))
	payment = zatca.submitted(make.a_payment(invoice.name))
	assert (payment.scb_is_advance, payment.scb_zatca_document) == (0, None)
	assert payment.scb_advance_why.startswith("All of it pays invoices")


def test_only_what_is_beyond_an_invoice_is_an_advance(held: str, customer: str) -> None:
	invoice = zatca.submitted(zatca.an_invoice(customer))
	payment = make.a_payment(invoice.name)
	payment.paid_amount = payment.received_amount = 1150 + 460
	zatca.submitted(payment)
	assert (payment.scb_advance_gross, payment.scb_advance_vat) == (460, 60)
	assert payment.reload().scb_advance_to_credit == 0


def test_no_on_the_entry_overrides_the_company(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300, scb_advance_choice="No")
	assert (entry.scb_is_advance, entry.scb_zatca_document) == (0, None)
	assert entry.scb_advance_why.startswith("No advance invoice, as chosen here.")


def test_a_company_without_a_unit_is_left_alone(site: ModuleType) -> None:
	entry = adv.received(make.a_customer(), 2300)
	assert (entry.scb_is_advance, entry.scb_advance_why or "", entry.deductions) == (0, "", [])


def test_an_entry_with_its_invoice_is_not_cancelled(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	with pytest.raises(
		frappe.ValidationError, match=r"advance invoice .* is issued\. Refund the advance instead"
	):
		entry.cancel()


def test_own_vat_rows_in_the_taxes_are_refused(held: str, customer: str) -> None:
	row = {
		"charge_type": "On Paid Amount",
		"account_head": VAT,
		"description": "VAT",
		"rate": 15,
		"add_deduct_tax": "Add",
		"included_in_paid_amount": 1,
		"tax_amount": 0,
		"base_tax_amount": 0,
	}
	entry = adv.a_receipt(customer, 2300, taxes=[row])
	entry.insert()
	with pytest.raises(frappe.ValidationError, match=r"Row 1 of the taxes charges VAT 15%"):
		entry.submit()


def test_a_zero_rated_advance_names_its_reason_and_books_no_vat(held: str, customer: str) -> None:
	make.insert(
		"Customer Tax Class",
		title="Export of Goods (test)",
		category="Z",
		rate=0,
		vatex_code="VATEX-SA-32",
		reason_en="Export of goods",
		reason_ar="صادرات السلع من المملكة",
		enabled=1,
	)
	entry = adv.received(customer, 1000, scb_tax_class="Export of Goods (test)")
	assert ledger(entry.name) == {CASH: D("1000.00"), DEBTORS: D("-1000.00")}
	category = root_of(entry).find("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory", NS)
	assert text_at(category, "cbc:TaxExemptionReasonCode") == "VATEX-SA-32"
	assert total(entry, "PayableAmount") == "1000.00"
	accepted(entry)


def test_an_invoice_in_dollars_refuses_the_advance_in_riyals(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	dollars = {key: value for key, value in zatca.in_dollars().items() if key != "debit_to"}
	invoice = adv.using(zatca.an_invoice(customer, [make.line(rate=1000)], **dollars), (entry, 2300))
	invoice.insert()
	with pytest.raises(frappe.ValidationError, match=r"was invoiced in SAR, and this invoice"):
		invoice.submit()


def a_refund(entry: Document, amount: float | None = None, **values: object) -> Document:
	from saudi_crm_billing.e_invoicing.advances import refunds as advance_refunds

	refund = advance_refunds.draft_of(entry.name)
	if amount is not None:
		refund.paid_amount = refund.received_amount = amount
	return refund.update({"reference_no": "R", "reference_date": frappe.utils.nowdate(), **values})


def test_a_refund_credits_the_advance_invoice_and_its_vat(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	refund = zatca.submitted(a_refund(entry))
	assert (refund.payment_type, refund.paid_amount, refund.scb_advance_vat) == ("Pay", 2300, 300)
	assert ledger(refund.name) == {
		CASH: D("-2300.00"),
		DEBTORS: D("2300.00"),
		VAT: D("300.00"),
		held: D("-300.00"),
	}
	assert (balance(VAT), balance(held), balance(DEBTORS)) == (0, 0, 0)
	said = read(document_of(refund).xml.encode())
	assert (said.type_code.value, said.corrects, said.tax, said.payable) == ("381", (entry.name,), 300, 2300)
	assert "Cancellation or suspension of the supply" in said.note_reason
	assert (entry.reload().scb_advance_left, entry.unallocated_amount, entry.scb_advance_to_credit) == (
		0,
		0,
		0,
	)
	accepted(refund)


def test_a_refund_in_two_parts_and_an_invoice_use_the_advance_up(held: str, customer: str) -> None:
	entry = adv.received(customer, 1000)
	invoice = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=500)]), (entry, 333.33)))
	refunds = [zatca.submitted(a_refund(entry, amount)) for amount in (333.33, 333.34)]
	assert [refund.scb_advance_vat for refund in refunds] == [43.48, 43.47]
	assert (balance(VAT), balance(held)) == (D("-75.00"), 0)
	assert (entry.reload().scb_advance_left, entry.unallocated_amount) == (0, 0)
	for source in (invoice, *refunds):
		accepted(source)


def test_no_more_than_what_is_left_is_refunded(held: str, customer: str) -> None:
	entry = adv.received(customer, 1000)
	zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=500)]), (entry, 400)))
	refund = a_refund(entry, 600.01)
	refund.insert()
	with pytest.raises(
		frappe.ValidationError, match=r"600\.01 cannot be refunded: .* 600\.00 is not allocated"
	):
		refund.submit()


def test_a_refund_takes_back_what_is_allocated_to_an_order(held: str, customer: str) -> None:
	order = adv.an_order(customer)
	entry = adv.received(customer, 4600, **adv.for_order(order.name, 4600))
	refund = zatca.submitted(a_refund(entry, 2300))
	rows = {row.reference_name: row.allocated_amount for row in entry.reload().references}
	assert rows == {order.name: 2300, refund.name: 2300}


def test_a_refund_is_not_cancelled_once_it_is_credited(held: str, customer: str) -> None:
	refund = zatca.submitted(a_refund(adv.received(customer, 2300)))
	with pytest.raises(frappe.ValidationError, match=r"cannot be cancelled: its credit note"):
		refund.cancel()


def test_a_rejected_advance_is_cancelled_and_leaves_nothing(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	frappe.db.set_value("ZATCA Document", entry.scb_zatca_document, "state", "Rejected")
	entry.cancel()
	assert (balance(VAT), balance(held), balance(DEBTORS)) == (0, 0, 0)


def test_a_cancelled_invoice_gives_the_advance_back(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	invoice = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=10000)]), (entry, 2300)))
	frappe.db.set_value("ZATCA Document", invoice.scb_zatca_document, "state", "Rejected")
	invoice.cancel()
	frappe.db.commit()
	assert (balance(VAT), balance(held)) == (D("-300.00"), D("300.00"))
	assert frappe.db.get_value("Journal Entry", invoice.scb_advance_vat_entry, "docstatus") == 2
	assert entry.reload().scb_advance_left == 2300
	again = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=10000)]), (entry, 2300)))
	assert len(prepayment_lines(again)) == 1
	assert (balance(VAT), balance(held)) == (D("-1500.00"), 0)


def test_the_entry_of_the_vat_is_not_cancelled_without_its_invoice(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	invoice = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=10000)]), (entry, 2300)))
	with pytest.raises(frappe.LinkExistsError):
		frappe.get_doc("Journal Entry", invoice.scb_advance_vat_entry).cancel()


def a_credit(entry: Document, **values: object) -> Document:
	from saudi_crm_billing.e_invoicing.advances import credits as advance_credits

	return advance_credits.draft_of(entry.name).update(values)


def test_what_is_allocated_after_the_final_invoice_is_credited(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	invoice = zatca.submitted(zatca.an_invoice(customer, [make.line(rate=10000)]))
	frappe.clear_messages()
	adv.reconciled(entry, invoice, 1150)
	assert (entry.reload().scb_advance_to_credit, entry.scb_advance_left) == (1150, 2300)
	told = [message for message in frappe.get_message_log() if "Credit the Advance Invoice" in str(message)]
	assert len(told) == 1
	assert balance(VAT) == D("-1800.00")

	note = zatca.submitted(a_credit(entry))
	said = read(document_of(note).xml.encode())
	assert (said.type_code.value, said.corrects, said.tax, said.payable) == ("381", (entry.name,), 150, 1150)
	assert document_of(note).subtype == "Standard"
	assert ledger(note.journal_entry) == {VAT: D("150.00"), held: D("-150.00")}
	assert (entry.reload().scb_advance_to_credit, entry.scb_advance_left) == (0, 1150)
	assert (balance(VAT), balance(held)) == (D("-1650.00"), D("150.00"))
	accepted(note)
	with pytest.raises(frappe.ValidationError, match=r"Nothing of the advance .* is to be credited"):
		a_credit(entry)
	with pytest.raises(frappe.ValidationError, match="cannot be cancelled: its credit note"):
		note.cancel()


def test_no_more_than_what_was_allocated_is_credited(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	adv.reconciled(entry, zatca.submitted(zatca.an_invoice(customer)), 500)
	with pytest.raises(
		frappe.ValidationError, match=r"Amount with VAT is 500\.01; of the advance .* 500\.00 is to be"
	):
		a_credit(entry, scb_advance_gross=500.01).insert()


def test_an_advance_is_not_used_twice_after_its_allocation_is_taken_back(held: str, customer: str) -> None:
	entry = adv.received(customer, 1150)
	first = zatca.submitted(adv.using(zatca.an_invoice(customer), (entry, 1150)))
	take_back = frappe.get_doc(
		{
			"doctype": "Unreconcile Payment",
			"company": make.COMPANY,
			"voucher_type": "Payment Entry",
			"voucher_no": entry.name,
		}
	)
	take_back.add_references()
	take_back.insert()
	take_back.submit()
	frappe.db.commit()
	assert (first.reload().outstanding_amount, entry.reload().unallocated_amount) == (1150, 1150)
	second = zatca.submitted(adv.using(zatca.an_invoice(customer), (entry, 1150)))
	assert (prepayment_lines(second), total(second, "PayableAmount")) == ([], "1150.00")
	assert (balance(VAT), balance(held)) == (D("-300.00"), 0)
	assert entry.reload().scb_advance_to_credit == 0


def printed(source: Document, print_format: str) -> str:
	return frappe.get_print(source.doctype, source.name, print_format=print_format)


def test_the_advance_its_refund_and_its_credit_are_printed(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	html = printed(entry, "Saudi Advance Invoice")
	assert "فاتورة ضريبية لدفعة مقدمة" in html
	assert all(text in html for text in (entry.name, "2,000.00", "300.00", "2,300.00", "data:image/png"))
	adv.reconciled(entry, zatca.submitted(zatca.an_invoice(customer)), 1150)
	note = zatca.submitted(a_credit(entry))
	html = printed(note, "Saudi Advance Credit Note")
	assert "إشعار دائن" in html
	assert entry.name in html and "1,150.00" in html


def test_the_final_invoices_print_shows_what_was_paid_in_advance(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	invoice = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=10000)]), (entry, 2300)))
	html = printed(invoice, "Saudi Tax Invoice")
	assert all(text in html for text in (entry.name, "2,300.00", "9,200.00"))


def test_a_user_who_may_not_make_payments_asks_in_vain(held: str, customer: str) -> None:
	from saudi_crm_billing.e_invoicing.advances import api as advance_api

	entry = adv.received(customer, 2300)
	assert advance_api.make_refund(entry.name).paid_amount == 2300
	frappe.set_user(make.a_user("sales-advances@example.com", "Sales User"))
	for function in (advance_api.make_refund, advance_api.make_credit_note):
		with pytest.raises(frappe.PermissionError):
			function(entry.name)


def test_an_accounts_user_goes_the_whole_way(held: str, customer: str) -> None:
	"""Nothing that the system makes of itself needs more than the right to receive money and to invoice."""
	frappe.set_user(make.a_user("cashier-advances@example.com", "Accounts User"))
	entry = adv.received(customer, 2300)
	invoice = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=1000)]), (entry, 1150)))
	refund = zatca.submitted(a_refund(entry))
	assert (invoice.scb_advance_vat_entry is not None, refund.scb_advance_vat) == (True, 150)


def test_an_advance_left_out_of_an_invoice_is_pointed_out(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	frappe.clear_messages()
	invoice = zatca.an_invoice(customer, [make.line(rate=10000)]).insert()
	told = [str(message) for message in frappe.get_message_log()]
	assert [entry.name in text and "2,300.00" in text for text in told if "does not settle" in text] == [True]
	frappe.clear_messages()
	adv.using(invoice, (entry, 2300)).save()
	assert not [message for message in frappe.get_message_log() if "does not settle" in str(message)]


def test_the_return_of_a_final_invoice_takes_the_whole_vat_back(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	invoice = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=10000)]), (entry, 2300)))
	note = zatca.submitted(zatca.return_of(invoice))
	assert (total(note, "PayableAmount"), prepayment_lines(note)) == ("11500.00", [])
	assert (balance(VAT), balance(held)) == (0, 0)
	accepted(note)


def test_an_order_of_mixed_vat_asks_for_the_class(held: str, customer: str) -> None:
	order = make.a_sales_order(customer, [make.line(), make.line(rate=500)], taxes=[zatca.vat_row()])
	order.insert()
	order.submit()
	for row, category, rate in zip(order.items, "SZ", (15, 0), strict=True):
		frappe.db.set_value(
			"Sales Order Item", row.name, {"scb_vat_category": category, "scb_vat_rate": rate}
		)
	entry = adv.a_receipt(customer, 1150, **adv.for_order(order.name, 1150)).insert()
	with pytest.raises(frappe.ValidationError, match=rf"{order.name} has lines of different VAT"):
		entry.submit()


def test_the_entry_follows_its_orders_vat(held: str, customer: str) -> None:
	order = adv.an_order(customer)
	values = {
		"scb_vat_category": "Z",
		"scb_vat_rate": 0,
		"scb_vatex_code": "VATEX-SA-32",
		"scb_vat_reason": "Export",
	}
	frappe.db.set_value("Sales Order Item", order.items[0].name, values)
	entry = adv.a_receipt(customer, 1150, **adv.for_order(order.name, 1150)).insert()
	assert (entry.scb_vat_category, entry.scb_advance_vat, entry.deductions) == ("Z", 0, [])


def test_a_company_whose_unit_is_not_ready_is_told_before_money_goes_unaccounted(
	held: str, customer: str, unit: Document
) -> None:
	frappe.db.set_value("ZATCA Unit", unit.name, "status", "Expired")
	entry = adv.a_receipt(customer, 1150).insert()
	with pytest.raises(frappe.ValidationError, match=r"not onboarded \(status Expired\)"):
		entry.submit()


def receivable(customer: str) -> list[tuple[str, float]]:
	from erpnext.accounts.report.accounts_receivable.accounts_receivable import execute

	filters = frappe._dict(
		company=make.COMPANY,
		party_type="Customer",
		party=[customer],
		report_date=frappe.utils.nowdate(),
		ageing_based_on="Posting Date",
		range="30, 60, 90, 120",
	)
	return sorted((row.voucher_no, row.outstanding) for row in execute(filters)[1])


@pytest.mark.parametrize("choice", ["Yes", "No"])
def test_what_core_says_of_an_advance_is_the_same_with_its_invoice(
	held: str, customer: str, choice: str
) -> None:
	"""The receivable, the order, and a part that an invoice takes: as without the VAT rows."""
	order = adv.an_order(customer)
	entry = adv.received(customer, 2300, scb_advance_choice=choice, **adv.for_order(order.name, 1150))
	assert (order.reload().advance_paid, entry.unallocated_amount, entry.total_allocated_amount) == (
		1150,
		1150,
		1150,
	)
	assert receivable(customer) == [(entry.name, -2300)]
	invoice = zatca.submitted(adv.using(zatca.an_invoice(customer), (entry, 1150)))
	assert invoice.outstanding_amount == 0
	assert (order.reload().advance_paid, entry.reload().unallocated_amount) == (1150, 1150)
	assert receivable(customer) == [(entry.name, -1150)]


def test_an_advance_in_an_account_of_its_own(held: str, customer: str) -> None:
	"""Core books it apart from the receivable and books the entry again when an invoice takes it: the VAT stays once."""
	account = make.insert(
		"Account",
		account_name="Advances Received",
		company=make.COMPANY,
		parent_account=frappe.db.get_value(
			"Account", {"company": make.COMPANY, "account_name": "Current Liabilities"}
		),
		account_type="Receivable",
	).name
	values = {
		"book_advance_payments_in_separate_party_account": 1,
		"default_advance_received_account": account,
	}
	frappe.db.set_value("Company", make.COMPANY, values)
	frappe.clear_document_cache("Company", make.COMPANY)
	order = adv.an_order(customer)
	entry = adv.received(customer, 2300, **adv.for_order(order.name, 2300))
	assert ledger(entry.name) == {
		CASH: D("2300.00"),
		account: D("-2300.00"),
		VAT: D("-300.00"),
		held: D("300.00"),
	}
	invoice = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=10000)]), (entry, 2300)))
	assert invoice.outstanding_amount == 9200
	assert (balance(VAT), balance(held), balance(account)) == (D("-1500.00"), 0, 0)
	accepted(invoice)


def test_a_copied_entry_has_the_vat_once(held: str, customer: str) -> None:
	copy = zatca.submitted(frappe.copy_doc(adv.received(customer, 2300)))
	assert ledger(copy.name) == {
		CASH: D("2300.00"),
		DEBTORS: D("-2300.00"),
		VAT: D("-300.00"),
		held: D("300.00"),
	}
	assert len(copy.deductions) == 2


def test_what_is_left_is_not_what_a_request_says(held: str, customer: str) -> None:
	entry = adv.received(customer, 2300)
	entry.update({"scb_advance_left": 9000, "scb_advance_to_credit": 9000, "scb_advance_gross": 9000})
	with pytest.raises(frappe.UpdateAfterSubmitError):
		entry.save()
	entry.reload().update({"scb_advance_left": 9000, "scb_advance_to_credit": 9000})
	entry.save()
	assert (entry.reload().scb_advance_left, entry.scb_advance_to_credit) == (2300, 0)


def test_the_buyers_copy_of_an_advance_invoice_carries_its_xml(held: str, customer: str) -> None:
	from saudi_crm_billing.e_invoicing.prints import pdf

	entry = adv.received(customer, 2300)
	accepted(entry)
	content = pdf.for_buyer(entry.reload())
	assert content.startswith(b"%PDF") and b"/AFRelationship" in content


def test_warnings_of_an_advance_are_asked_about_where_the_company_wants_it(held: str, customer: str) -> None:
	frappe.db.set_value("Company", make.COMPANY, "scb_e_invoice_warnings", "Ask")
	frappe.clear_document_cache("Company", make.COMPANY)
	address = frappe.db.get_value("Dynamic Link", {"link_name": customer, "parenttype": "Address"}, "parent")
	frappe.db.set_value("Address", address, {"scb_district": "", "county": ""})
	frappe.clear_document_cache("Address", address)
	entry = adv.a_receipt(customer, 2300).insert()
	entry.run_method("onload")
	told = entry.get_onload("scb_e_invoice")
	assert told["policy"] == "Ask" and told["accepts"]
	with pytest.raises(frappe.ValidationError, match="A person must accept the warnings"):
		entry.submit()
	entry.reload().update({"scb_zatca_accepted_warnings": told["accepts"]})
	entry.submit()
	assert entry.scb_zatca_accepted_by == "Administrator"


def test_a_rejected_advance_is_issued_again_and_then_settled(held: str, customer: str) -> None:
	from saudi_crm_billing.e_invoicing.issuing import reissue

	entry = adv.received(customer, 2300)
	rejected = entry.scb_zatca_document
	frappe.db.set_value("ZATCA Document", rejected, "state", "Rejected")
	frappe.db.set_value("Payment Entry", entry.name, "scb_zatca_status", "Rejected")
	reissue.issue_again(rejected)
	entry.reload()
	assert entry.scb_zatca_document != rejected
	accepted(entry)
	invoice = zatca.submitted(adv.using(zatca.an_invoice(customer, [make.line(rate=10000)]), (entry, 2300)))
	assert prepayment_lines(invoice)[0][:2] == (entry.name, document_of(entry).uuid)
	assert (balance(VAT), balance(held)) == (D("-1500.00"), 0)
