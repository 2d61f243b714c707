"""What is said of a draft holds for the document that is issued, wherever in a chain it comes to stand."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from e_invoice_samples import (
	SELLER_VAT,
	SIGNED_AT,
	a_line,
	a_simplified_invoice,
	a_standard_invoice,
	a_test_certificate,
)
from hypothesis import given
from hypothesis import strategies as st

from saudi_crm_billing.e_invoicing.engine import draft, keys, ubl
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH
from saudi_crm_billing.e_invoicing.engine.model import Identification, Invoice, Scheme, TypeCode
from saudi_crm_billing.e_invoicing.engine.rules import check
from saudi_crm_billing.e_invoicing.engine.signing import sign, verify
from saudi_crm_billing.e_invoicing.engine.totals import compute

NOW = SIGNED_AT
KINDS = {
	"standard": a_standard_invoice,
	"simplified": a_simplified_invoice,
}
CHANGES = {
	"clean": {},
	"name of digits": {"lines": (a_line(name="12345"),)},
	"credit note without a reason": {"type_code": TypeCode.CREDIT_NOTE},
	"buyer's made-up number": {"identification": Identification(Scheme.CRN, "11111111")},
}


def a_draft(kind: str, change: str) -> Invoice:
	changes = dict(CHANGES[change])
	identification = changes.pop("identification", None)
	invoice = KINDS[kind](**changes)
	if identification and invoice.buyer:
		invoice = replace(invoice, buyer=replace(invoice.buyer, identification=identification))
	return draft.at_place(invoice, icv=1, previous_hash=FIRST_PREVIOUS_HASH, uuid=draft.DRAFT_UUID)


def said_of(invoice: Invoice) -> list[tuple[str, str]]:
	return [(row.id, row.where) for row in draft.judge(invoice, compute(invoice), NOW).findings]


hashes = st.binary(min_size=32, max_size=32).map(lambda raw: base64.b64encode(raw).decode())


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", KINDS)
@given(icv=st.integers(1, 10**12), previous_hash=hashes, uuid=st.uuids(version=4))
def test_place_and_signature_change_nothing_that_the_rules_say(
	kind: str, change: str, icv: int, previous_hash: str, uuid: object
) -> None:
	invoice = a_draft(kind, change)
	placed = draft.at_place(invoice, icv=icv, previous_hash=previous_hash, uuid=str(uuid))
	holder = a_test_certificate(SELLER_VAT)
	signed = sign(ubl.build(placed), holder.key_pem, holder.certificate, SIGNED_AT)
	assert verify(signed.xml) == ()
	assert [(row.id, row.where) for row in check(signed.xml, NOW)] == said_of(invoice)


def test_the_changed_drafts_are_found_out() -> None:
	found = {change: {row[0] for row in said_of(a_draft("standard", change))} for change in CHANGES}
	assert found["clean"] == set()
	assert "BR-KSA-F-C-01" in found["name of digits"]
	assert "BR-KSA-17" in found["credit note without a reason"]
	assert "BR-KSA-F-13" in found["buyer's made-up number"]


def test_qr_code_and_stamp_are_the_only_rules_left_out() -> None:
	invoice = a_draft("simplified", "clean")
	assert {row.id for row in check(ubl.build(invoice), NOW)} == draft.ON_SIGNED_ONLY


def test_a_judged_draft_covers_itself_at_another_time_of_the_day_only() -> None:
	invoice = replace(a_draft("simplified", "clean"), issue_date=NOW.date())
	judged = draft.judge(invoice, compute(invoice), NOW)
	later = replace(invoice, issue_time=datetime.max.time())
	assert judged.covers(invoice, NOW) and judged.covers(later, NOW)
	assert not judged.covers(invoice, NOW + timedelta(days=1))
	assert not judged.covers(replace(invoice, lines=(a_line(name="Other"),)), NOW)
	assert not judged.covers(replace(invoice, number="OTHER-1"), NOW)


@pytest.mark.parametrize("days", [-2, 1])
def test_documents_of_another_day_are_judged_each_time(days: int) -> None:
	invoice = replace(a_draft("simplified", "clean"), issue_date=NOW.date() + timedelta(days=days))
	judged = draft.judge(invoice, compute(invoice), NOW)
	assert {row.id for row in judged.findings} == {"BR-KSA-98" if days < 0 else "BR-KSA-04"}
	assert not judged.covers(invoice, NOW)


@pytest.mark.parametrize(("letters", "too_large"), [(3000, False), (9000, True)])
def test_a_document_that_the_gateway_would_not_take_for_its_size(letters: int, too_large: bool) -> None:
	"""1,200 lines whose names make it as large as that; their length is another rule's."""
	large = a_standard_invoice(lines=(a_line(name="x" * letters),) * 1200)
	sizes = [row for row in draft.judge(large, compute(large), NOW).findings if row.id == "SCB-SIZE"]
	assert bool(sizes) is too_large
	if too_large:
		assert "at most 10000000. Split the invoice" in sizes[0].message_en


def test_the_vat_number_of_a_certificate() -> None:
	assert keys.certified_vat_number(a_test_certificate().certificate) == SELLER_VAT
