"""The bilingual print shows what the XML says, with the QR code."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import customer_tax_helpers as tax
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.engine.reading import read
from saudi_crm_billing.e_invoicing.engine.reading_parts import ReadAdjustment, ReadAdvance
from saudi_crm_billing.e_invoicing.prints import printing
from saudi_crm_billing.e_invoicing.prints.printing import scb_qr_image, scb_tax_invoice
from saudi_crm_billing.instalments.terms import DOWN_PAYMENT_TERM

__all__ = ["gateway", "sandbox", "unit"]

FORMAT = "Saudi Tax Invoice"


def printed(invoice: Document) -> str:
	return frappe.get_print("Sales Invoice", invoice.name, print_format=FORMAT)


def test_tax_invoice_shows_parties_lines_totals_and_qr(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business(), [make.line(rate=1000, qty=2)]))
	html = printed(invoice)
	for text in ("فاتورة ضريبية", "Tax Invoice", "شركة الرياض التجارية", zatca.SELLER_VAT, zatca.BUYER_VAT):
		assert text in html
	for amount in ("2,000.00", "300.00", "2,300.00"):
		assert amount in html
	assert scb_qr_image(invoice.scb_qr) in html
	assert "ألفان وثلاثمئة ريال سعودي" in html
	assert zatca.document_of(invoice).invoice_hash not in html


def test_an_invoice_in_dollars_states_its_vat_in_riyals(unit: Document) -> None:
	lines = [make.line(rate=1000)]
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business(), lines, **zatca.in_dollars()))
	html = printed(invoice)
	assert "150.00 USD" in html and "1,150.00 USD" in html
	assert "ضريبة القيمة المضافة بالريال السعودي" in html
	assert "562.50 SAR" in html and "1 USD = 3.75 SAR" in html


def test_an_invoice_in_riyals_states_its_vat_once(unit: Document) -> None:
	html = printed(zatca.submitted(zatca.an_invoice(zatca.a_business(), [make.line(rate=1000)])))
	assert "150.00" in html and "VAT in Saudi riyals" not in html


def test_credit_note_has_its_own_title_reason_and_reference(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	html = printed(zatca.submitted(zatca.return_of(invoice)))
	assert "إشعار دائن للفاتورة الضريبية المبسطة" in html
	assert invoice.name in html
	assert "إرجاع السلع أو الخدمات" in html


def change_the_masters(customer: str) -> None:
	"""Names, numbers and addresses of buyer and seller, as the Desk saves them a year later."""
	for doctype, name in (("Customer", customer), ("Company", make.COMPANY)):
		master = frappe.get_doc(doctype, name)
		master.update({"scb_name_ar": "اسم جديد", "tax_id": "300000000000003"})
		master.save()
	for name in frappe.get_all("Address", pluck="name"):
		address = frappe.get_doc("Address", name)
		address.update({"address_line1": "شارع جديد", "scb_building_number": "9999"})
		address.save()


def test_print_of_an_issued_invoice_does_not_follow_the_masters(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	zatca.sent(invoice)
	note = zatca.submitted(zatca.return_of(invoice))
	before = [(scb_tax_invoice(doc), printed(doc)) for doc in (invoice, note)]
	change_the_masters(invoice.customer)
	invoice, note = (frappe.get_doc("Sales Invoice", doc.name) for doc in (invoice, note))
	assert [(scb_tax_invoice(doc), printed(doc)) for doc in (invoice, note)] == before
	assert "مصنع نجد للأثاث" in before[0][1] and "مصنع نجد للأثاث" in before[1][1]
	draft = zatca.an_invoice(invoice.customer).insert()
	assert scb_tax_invoice(draft).buyer.name.startswith("اسم جديد")


def test_qr_code_is_the_cleared_documents(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	document = zatca.sent(invoice)
	frappe.db.set_value("Sales Invoice", invoice.name, "scb_qr", "AQFY")
	assert document.state == "Cleared" and document.qr in document.cleared_xml
	assert scb_tax_invoice(invoice.reload()).qr_image == scb_qr_image(document.qr)


def test_each_line_says_its_own_reason_for_bearing_no_vat(unit: Document) -> None:
	tax.enable_tax_classes()
	items = [make.line(tax.an_item_of(name)) for name in (tax.MEDICINES, tax.EXPORT)]
	invoice = make.a_sales_invoice(zatca.a_business(), items, disable_rounded_total=1)
	view = scb_tax_invoice(zatca.submitted(invoice))
	assert [line.reason for line in view.lines] == [row.scb_vat_reason for row in invoice.items]
	assert view.lines[0].reason != view.lines[1].reason


def test_draft_says_that_it_is_no_tax_invoice(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_person()).insert()
	html = printed(invoice)
	assert "مسودة — ليست فاتورة ضريبية" in html
	assert "data:image/png" not in html


def test_instalments_are_printed_in_both_calendars(unit: Document) -> None:
	first = frappe.utils.nowdate()
	schedule = [
		{"due_date": first, "invoice_portion": 50, "payment_amount": 575},
		{"due_date": frappe.utils.add_months(first, 1), "invoice_portion": 50, "payment_amount": 575},
	]
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person(), payment_schedule=schedule))
	view = scb_tax_invoice(invoice)
	assert [(row.number, row.amount) for row in view.instalments] == [(1, "575.00"), (2, "575.00")]
	assert view.instalments[0].due_date_hijri in printed(invoice)


def test_a_down_payment_is_named_and_not_counted(unit: Document) -> None:
	first = frappe.utils.nowdate()
	schedule = [
		{"payment_term": DOWN_PAYMENT_TERM, "due_date": first, "invoice_portion": 20, "payment_amount": 230},
		{"due_date": frappe.utils.add_months(first, 1), "invoice_portion": 80, "payment_amount": 920},
	]
	invoice = zatca.an_invoice(zatca.a_person(), payment_schedule=schedule).insert()
	assert [row.number for row in scb_tax_invoice(invoice).instalments] == [0, 1]
	assert "الدفعة المقدمة" in printed(invoice)


def test_a_name_that_holds_the_arabic_name_does_not_repeat_it(unit: Document) -> None:
	customer = zatca.a_business("نجد | Najd Furniture", scb_name_ar="نجد")
	invoice = zatca.an_invoice(customer).insert()
	assert scb_tax_invoice(invoice).buyer.name == "نجد | Najd Furniture"


def test_markup_in_an_item_is_printed_as_text(unit: Document) -> None:
	item = make.an_item("MARKUP", item_name="<b>Bold</b>")
	html = printed(zatca.submitted(zatca.an_invoice(zatca.a_person(), [make.line(item)])))
	assert "<b>Bold</b>" not in html
	assert "Bold" in html


def test_line_of_unknown_vat_prints_no_figures(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_person(), taxes=[]).insert()
	assert scb_tax_invoice(invoice) is None
	assert "has no e-invoice" in printed(invoice)


def test_qr_image_is_a_png_of_the_text() -> None:
	head, _, data = scb_qr_image("AQID").partition(",")
	assert head == "data:image/png;base64"
	assert base64.b64decode(data).startswith(b"\x89PNG")
	assert scb_qr_image(None) == scb_qr_image("") == ""


def test_findings_name_a_wrong_number_once(unit: Document) -> None:
	invoice = zatca.an_invoice(zatca.a_business(tax_id="123")).insert()
	findings = json.loads(invoice.scb_zatca_findings)
	assert [row["id"] for row in findings if row["severity"] == "error"] == ["SCB-VAT-NUMBER"]
	assert findings[0]["where"] == "cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"


def test_discounts_and_vat_by_category_are_printed_with_their_reasons(unit: Document) -> None:
	tax.enable_tax_classes()
	items = [make.line(rate=1000), make.line(tax.an_item_of(tax.MEDICINES), rate=200)]
	invoice = make.a_sales_invoice(zatca.a_business(), items, disable_rounded_total=1)
	view = scb_tax_invoice(zatca.submitted(invoice))
	taxed, zero = sorted(view.vat_rows, key=lambda row: row.rate)[::-1]
	assert (taxed.name_ar, taxed.rate, taxed.taxable, taxed.tax) == (
		"النسبة الأساسية",
		"15%",
		"1,000.00",
		"150.00",
	)
	assert (zero.name_en, zero.taxable, zero.tax) == ("Zero rate", "200.00", "0.00")
	html = printed(invoice)
	assert zero.reason and zero.reason in html and "فئة الضريبة" in html


def test_discounts_charges_and_advances_are_printed(unit: Document, monkeypatch: pytest.MonkeyPatch) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business(), [make.line(rate=1000)]))
	found = read(zatca.document_of(invoice).xml.encode())
	rebate = ReadAdjustment(Decimal(50), "خصم خاص", is_charge=False)
	advance = ReadAdvance("ADV-7", date(2026, 11, 1), Decimal(100), Decimal(15))
	(line,) = found.lines
	found = replace(
		found,
		lines=(
			replace(
				line, price=Decimal("1100.125"), adjustments=(replace(rebate, amount=Decimal("100.13")),)
			),
		),
		adjustments=(rebate, ReadAdjustment(Decimal(20), "توصيل", is_charge=True)),
		advances=(advance,),
		prepaid=Decimal(115),
	)
	monkeypatch.setattr(printing, "read", lambda xml: found)
	html = printed(invoice)
	for text in ("خصم خاص", "−50.00", "توصيل", "20.00", "1,100.125", "100.13", "Sum of lines"):
		assert text in html
	for text in ("ADV-7", "2026-11-01", "1448-05-21", "115.00", "−115.00", "Invoice of the advance"):
		assert text in html
	assert [row.is_charge for row in scb_tax_invoice(invoice).adjustments] == [False, True]


def test_what_an_invoice_does_not_have_is_not_printed(unit: Document) -> None:
	html = printed(zatca.submitted(zatca.an_invoice(zatca.a_person(), [make.line(rate=1000)])))
	for text in ("Discount", "Charge", "Invoice of the advance", "Paid in advance", "Rounding", "Instalment"):
		assert text not in html


def test_an_address_runs_the_way_of_its_letters_and_the_qr_code_stays_square(unit: Document) -> None:
	"""It begins with a number, which belongs to neither language; Frappe's own style would pad the code's cell."""
	html = printed(zatca.submitted(zatca.an_invoice(zatca.a_business())))
	(direction,) = re.findall(r'<td class="sti-value" dir="(\w+)">1111, طريق الملك فهد', html)
	assert direction == "rtl"
	assert f'dir="ltr">{zatca.BUYER_VAT}<' in html
	assert ".sti-bare > tbody > tr > td { border: 0; padding: 0 !important" in html
