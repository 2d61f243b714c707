"""The e-invoice of a sale on credit: an exempt margin is category E with its reason, the others are standard-rated."""

from __future__ import annotations

import e_invoicing_helpers as zatca
import factories as make
import instalments_margin_helpers as credit
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

__all__ = ["gateway", "sandbox", "unit"]


def issued(treatment: str) -> Document:
	credit.a_company_with_margins()
	invoice = make.a_sales_invoice(
		zatca.a_business(),
		[make.line(rate=1_000)],
		scb_plan_template=credit.a_margin_template(treatment),
		disable_rounded_total=1,
	)
	return zatca.sent(zatca.submitted(invoice))


def test_an_exempt_margin_is_a_line_of_category_e_with_its_reason(unit: Document) -> None:
	document = issued(credit.EXEMPT)
	assert document.state == "Cleared", document.last_message_en
	assert "<cbc:TaxExemptionReasonCode>VATEX-SA-29</cbc:TaxExemptionReasonCode>" in document.xml
	assert document.xml.count("<cac:TaxSubtotal>") == 2
	assert (document.tax_total, document.grand_total) == (150, 1_265)
	zatca.assert_fatoority(document)


@pytest.mark.parametrize("treatment", [credit.IN_PRICE, credit.FEE])
def test_a_margin_that_is_taxed_is_standard_rated(unit: Document, treatment: str) -> None:
	document = issued(treatment)
	assert document.state == "Cleared", document.last_message_en
	assert "TaxExemptionReasonCode" not in document.xml
	assert document.xml.count("<cac:TaxSubtotal>") == 1
	assert (document.tax_total, document.grand_total) == (167.25, 1_282.25)
	zatca.assert_fatoority(document)
