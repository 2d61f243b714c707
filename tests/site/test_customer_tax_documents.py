"""Tax classes on the selling documents of a real site: from quotation to invoice and ledger."""

from __future__ import annotations

from decimal import Decimal
from types import ModuleType

import pytest
from customer_tax_helpers import (
	EXPORT,
	MEDICINES,
	TAXABLE,
	a_customer_of,
	a_special_class,
	a_template_of,
	an_item_of,
	enable_tax_classes,
	percent_of,
	snapshot,
	vat_amount,
	vat_in_ledger,
	vat_rows,
)
from factories import COMPANY, a_customer, a_quotation, a_sales_invoice, a_sales_order, an_item, insert, line

from saudi_crm_billing.customer_tax.engine.vatex import VATEX
from saudi_crm_billing.customer_tax.seeds import LEGACY_CLASS, SEEDS

CURRENT_SEEDS = [seed for seed in SEEDS if seed.title != LEGACY_CLASS]


@pytest.fixture
def setup(site: ModuleType):
	return enable_tax_classes()


def reason_of(seed) -> str | None:
	if not seed.vatex_code:
		return None
	known = VATEX[seed.vatex_code]
	return f"{seed.reason_en or known.text_en} | {seed.reason_ar or known.text_ar}"


def assert_taxed(doc, seed) -> None:
	(row,) = doc.items
	assert snapshot(row) == (seed.title, seed.category, seed.rate, seed.vatex_code, reason_of(seed))
	assert doc.scb_tax_class == seed.title
	assert vat_amount(doc) == percent_of(1234.55, int(seed.rate))


@pytest.mark.parametrize("seed", CURRENT_SEEDS, ids=lambda seed: seed.title)
def test_each_class_taxes_quotation_order_and_invoice(setup, site, seed) -> None:
	from erpnext.selling.doctype.quotation.quotation import make_sales_order
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	customer = a_customer_of(seed.title)
	quotation = a_quotation(customer, [line(rate=1234.55)]).insert()
	quotation.submit()
	assert_taxed(quotation, seed)
	order = make_sales_order(quotation.name)
	order.delivery_date = quotation.valid_till
	order.insert().submit()
	assert_taxed(order, seed)
	invoice = make_sales_invoice(order.name).insert()
	invoice.submit()
	assert_taxed(invoice, seed)
	assert len(invoice.taxes) == 1
	assert vat_in_ledger(invoice.name, setup.vat_account) == percent_of(1234.55, int(seed.rate))


def test_customer_without_a_class_gets_the_companys_default(setup, site) -> None:
	invoice = a_sales_invoice(items=[line(rate=100)]).insert()
	assert snapshot(invoice.items[0])[:3] == (TAXABLE, "S", 15)
	assert invoice.grand_total == 115
	assert invoice.scb_tax_decision == (
		"VAT: Taxable at 15%, because Taxable 15% is the company's default tax class."
	)


def test_items_class_taxes_its_line_only_with_a_taxable_customer(setup, site) -> None:
	"""R13: three lines, three classes, one VAT row."""
	medicine, loan = an_item_of(MEDICINES, "MEDICINE"), an_item_of("Exempt financial services", "LOAN")
	items = [line(rate=333.33, qty=3), line(medicine, rate=200), line(loan, rate=300)]
	invoice = a_sales_invoice(a_customer_of(TAXABLE), items).insert()
	assert [(row.scb_vat_category, row.scb_vat_rate) for row in invoice.items] == [
		("S", 15),
		("Z", 0),
		("E", 0),
	]
	(row,) = vat_rows(invoice)
	assert (row.charge_type, row.rate, row.account_head) == ("On Net Total", 15, setup.vat_account)
	assert vat_amount(invoice) == percent_of(999.99, 15)
	assert invoice.grand_total == 1649.99
	invoice.submit()
	assert vat_in_ledger(invoice.name, setup.vat_account) == Decimal("150.00")
	assert (
		"Line 2 – VAT: Zero-rated – Medicines and medical equipment (VATEX-SA-35)" in invoice.scb_tax_decision
	)


def test_mixed_items_keep_their_rates_along_the_mapping(setup, site) -> None:
	from erpnext.selling.doctype.quotation.quotation import make_sales_order
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	items = [line(rate=1000), line(an_item_of(MEDICINES, "MEDICINE"), rate=500)]
	quotation = a_quotation(a_customer_of(TAXABLE), items).insert()
	quotation.submit()
	order = make_sales_order(quotation.name)
	order.delivery_date = quotation.valid_till
	order.insert().submit()
	invoice = make_sales_invoice(order.name).insert()
	for doc in (quotation, order, invoice):
		assert (doc.grand_total, len(doc.taxes), doc.taxes[0].tax_amount) == (1650, 1, 150)
		assert [row.scb_vat_category for row in doc.items] == ["S", "Z"]


def test_customers_exemption_wins_over_a_taxable_items_own_template(setup, site) -> None:
	"""R14: the item's template says 15%, yet the export customer pays none; core does not put it back."""
	item = an_item_of(TAXABLE, "TAXED ITEM")
	invoice = a_sales_invoice(a_customer_of(EXPORT), [line(item), line()]).insert()
	assert (invoice.total_taxes_and_charges, vat_rows(invoice)[0].rate) == (0, 0)
	assert [row.scb_vatex_code for row in invoice.items] == ["VATEX-SA-32", "VATEX-SA-32"]
	invoice.reload()
	invoice.save()
	assert invoice.total_taxes_and_charges == 0


def test_draft_follows_the_customers_new_class_and_submitted_document_does_not(setup, site) -> None:
	customer = a_customer_of(EXPORT, "Changing Co")
	submitted, draft = a_sales_invoice(customer).insert(), a_sales_invoice(customer).insert()
	submitted.submit()
	a_customer_of(TAXABLE, "Changing Co")
	draft.reload()
	draft.save()
	submitted.reload()
	assert (draft.items[0].scb_vat_category, draft.grand_total) == ("S", 1150)
	assert (submitted.items[0].scb_vat_category, submitted.grand_total) == ("Z", 1000)


def test_special_rate_holds_within_its_dates(setup, site) -> None:
	"""R42: 5% until the last day, then the default class, and the document says why."""
	customer = a_customer_of(a_special_class(valid_to="2028-12-31"))
	inside = a_sales_invoice(customer, posting_date="2028-12-31").insert()
	assert snapshot(inside.items[0])[:3] == ("Special 5%", "S", 5)
	assert (inside.grand_total, vat_amount(inside)) == (1050, Decimal("50.0"))


def test_special_rate_out_of_its_dates_falls_back_and_says_why(setup, site) -> None:
	customer = a_customer_of(a_special_class(valid_to="2026-06-30"))
	outside = a_sales_invoice(customer, posting_date="2026-07-01").insert()
	assert snapshot(outside.items[0])[:3] == (TAXABLE, "S", 15)
	assert outside.scb_tax_decision == (
		"VAT: Taxable at 15%, because Taxable 15% is the company's default tax class "
		"(the customer's class Special 5% expired on 2026-06-30)."
	)


def test_special_rate_holds_against_taxable_items_but_not_against_zero_rated_ones(setup, site) -> None:
	items = [line(an_item_of(TAXABLE, "TAXED ITEM")), line(an_item_of(MEDICINES, "MEDICINE"))]
	invoice = a_sales_invoice(a_customer_of(a_special_class()), items).insert()
	assert [(row.scb_tax_class, row.scb_vat_rate) for row in invoice.items] == [
		("Special 5%", 5),
		(MEDICINES, 0),
	]
	assert vat_amount(invoice) == Decimal("50.0")


def test_saving_again_changes_nothing(setup, site) -> None:
	items = [line(), line(an_item_of(MEDICINES, "MEDICINE")), line(an_item_of(TAXABLE, "TAXED ITEM"))]
	invoice = a_sales_invoice(a_customer_of(TAXABLE), items).insert()
	for _each in range(2):
		invoice.reload()
		before = comparable(invoice)
		invoice.save()
		invoice.reload()
		assert comparable(invoice) == before


def comparable(doc) -> dict[tuple[str, int, str], object]:
	values = doc.as_dict(convert_dates_to_str=True)
	tables = {"doc": [values], **{name: values.pop(name) for name in ("items", "taxes", "payment_schedule")}}
	return {
		(table, number, key): value
		for table, rows in tables.items()
		for number, row in enumerate(rows)
		for key, value in row.items()
		if key != "modified"
	}


def test_company_without_setup_is_left_alone(site) -> None:
	invoice = a_sales_invoice(a_customer_of(EXPORT)).insert()
	invoice.submit()
	assert (invoice.taxes, invoice.scb_tax_class, invoice.scb_tax_decision) == ([], None, None)
	assert not any(snapshot(invoice.items[0]))


def test_disabled_setup_is_left_alone(site) -> None:
	enable_tax_classes(enabled=0)
	invoice = a_sales_invoice(a_customer_of(TAXABLE)).insert()
	assert not invoice.taxes and not invoice.items[0].scb_vat_category


def test_line_without_a_class_cannot_be_submitted(site) -> None:
	"""R37, with no default class: the line's number, its item and how to mend it."""
	enable_tax_classes(default_class=None)
	items = [line(an_item_of(MEDICINES, "MEDICINE")), line(an_item("CHAIR"))]
	invoice = a_sales_invoice(a_customer_of(None, "Unclassified Co"), items).insert()
	assert [row.scb_vat_category for row in invoice.items] == ["Z", None]
	with pytest.raises(site.ValidationError) as refusal:
		invoice.submit()
	message = str(refusal.value)
	assert message.startswith("Line 2, item CHAIR, has no VAT category. Give the customer, or the item")
	assert f"Customer Tax Setup of {COMPANY}" in message
	assert "MEDICINE" not in message
	assert not site.db.exists("GL Entry", {"voucher_no": invoice.name})


def test_classified_customer_mends_the_refused_line(site) -> None:
	enable_tax_classes(default_class=None)
	invoice = a_sales_invoice(a_customer_of(None, "Unclassified Co")).insert()
	a_customer_of(TAXABLE, "Unclassified Co")
	invoice.reload()
	invoice.submit()
	assert (invoice.docstatus, invoice.grand_total) == (1, 1150)


@pytest.mark.parametrize("make", [a_quotation, a_sales_order], ids=["Quotation", "Sales Order"])
def test_earlier_documents_are_refused_too(site, make) -> None:
	enable_tax_classes(default_class=None)
	doc = make(a_customer_of(None, "Unclassified Co")).insert()
	with pytest.raises(site.ValidationError, match="Line 1, item SCB-SERVICE, has no VAT category"):
		doc.submit()


def test_item_template_with_a_rate_but_no_class_leaves_the_line_unclassified(setup, site) -> None:
	template = insert(
		"Item Tax Template",
		title="Zero without reason",
		company=COMPANY,
		taxes=[{"tax_type": setup.vat_account, "tax_rate": 0}],
	).name
	item = an_item("ODD", taxes=[{"item_tax_template": template}])
	invoice = a_sales_invoice(a_customer_of(TAXABLE), [line(item), line()]).insert()
	assert [row.scb_vat_category for row in invoice.items] == [None, "S"]
	with pytest.raises(site.ValidationError, match=f"Choose the Tax Class of Item Tax Template {template}"):
		invoice.submit()
	site.get_doc("Item Tax Template", template).update({"scb_tax_class": MEDICINES}).save()
	invoice.reload()
	invoice.submit()
	assert [row.scb_vat_category for row in invoice.items] == ["Z", "S"]


def test_quotation_to_a_lead_gets_the_default_class(setup, site) -> None:
	lead = insert("Lead", first_name="Sara", company_name="Sara Trading").name
	quotation = a_quotation(lead, quotation_to="Lead").insert()
	assert (quotation.items[0].scb_tax_class, quotation.grand_total) == (TAXABLE, 1150)


def test_quotation_to_a_lead_gets_the_class_of_the_customer_made_from_it(setup, site) -> None:
	lead = insert("Lead", first_name="Sara", company_name="Sara Trading").name
	customer = a_customer_of(EXPORT, "Sara Trading LLC")
	site.db.set_value("Customer", customer, "lead_name", lead)
	quotation = a_quotation(lead, quotation_to="Lead").insert()
	assert (quotation.items[0].scb_tax_class, quotation.grand_total) == (EXPORT, 1000)


def test_line_without_an_item_is_classified(setup, site) -> None:
	income = site.db.get_value("Company", COMPANY, "default_income_account")
	text_line = {"item_name": "Consulting", "description": "Consulting", "qty": 1, "rate": 100, "uom": "Nos"}
	text_line |= {"income_account": income, "conversion_factor": 1}
	invoice = a_sales_invoice(a_customer_of(EXPORT), [text_line]).insert()
	assert (invoice.items[0].scb_vatex_code, invoice.grand_total) == ("VATEX-SA-32", 100)


def test_free_item_of_a_pricing_rule_is_classified_in_the_same_save(setup, site) -> None:
	gift = an_item("GIFT")
	insert(
		"Pricing Rule",
		title="One for free",
		apply_on="Item Code",
		items=[{"item_code": an_item()}],
		price_or_product_discount="Product",
		free_item=gift,
		free_qty=1,
		selling=1,
		company=COMPANY,
		currency="SAR",
		min_qty=1,
	)
	invoice = a_sales_invoice(a_customer_of(TAXABLE), ignore_pricing_rule=0).insert()
	assert [(row.item_code, row.scb_vat_category) for row in invoice.items] == [
		("SCB-SERVICE", "S"),
		("GIFT", "S"),
	]
	assert invoice.grand_total == 1150


def test_date_that_core_will_reset_to_today_does_not_decide(setup, site) -> None:
	"""Without "Edit Posting Date" core writes today's date, so an old date must not keep an old class alive."""
	customer = a_customer_of(a_special_class(valid_from="2025-01-01", valid_to="2025-12-31"))
	invoice = a_sales_invoice(customer, posting_date="2025-06-01", set_posting_time=0).insert()
	assert (invoice.items[0].scb_tax_class, invoice.grand_total) == (TAXABLE, 1150)


def test_national_id_class_reminds_on_submit(setup, site) -> None:
	invoice = a_sales_invoice(a_customer_of("Private healthcare to citizens")).insert()
	site.clear_messages()
	invoice.submit()
	assert any("Saudi national ID (BR-KSA-49)" in str(each) for each in site.get_message_log())


def test_other_class_does_not_ask_for_a_national_id(setup, site) -> None:
	invoice = a_sales_invoice(a_customer_of(EXPORT)).insert()
	site.clear_messages()
	invoice.submit()
	assert not any("national ID" in str(each) for each in site.get_message_log())


def test_template_chosen_on_the_line_decides_for_an_item_without_one(setup, site) -> None:
	template = a_template_of("Out of scope")
	invoice = a_sales_invoice(a_customer(), [line(item_tax_template=template), line()]).insert()
	assert [row.scb_vat_category for row in invoice.items] == ["O", "S"]
	assert invoice.grand_total == 2150


@pytest.mark.parametrize("reader", ["ar", "en"])
@pytest.mark.parametrize(
	("language", "in_words"),
	[
		("ar", "فقط ألفان وثلاثمئة ريال سعودي لا غير"),
		("en", "SAR Two Thousand, Three Hundred only."),
	],
)
def test_totals_in_words_are_in_the_customers_language_whoever_saves(
	setup, site, reader: str, language: str, in_words: str
) -> None:
	site.local.lang = reader
	order = a_sales_order(a_customer_of(TAXABLE), [line(rate=2000)])
	order.update({"language": language, "disable_rounded_total": 1})
	order.insert()
	assert (order.in_words, order.base_in_words) == (in_words, in_words)
	header = {"ar": "المبلغ الخاضع للضريبة", "en": "Taxable Amount"}
	assert header[language] in order.other_charges_calculation
	assert header["en" if language == "ar" else "ar"] not in order.other_charges_calculation


def test_totals_in_words_of_another_company_are_cores(site) -> None:
	order = a_sales_order(a_customer(), [line(rate=2000)])
	order.update({"language": "ar", "disable_rounded_total": 1})
	assert order.insert().in_words == "SAR Two Thousand only."
