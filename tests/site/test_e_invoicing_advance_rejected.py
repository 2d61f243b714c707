"""A prepayment invoice (386) that ZATCA rejects, before or after a final invoice has settled the advance."""

from __future__ import annotations

from typing import Any

import advance_helpers as adv
import e_invoicing_helpers as zatca
import factories as make
import frappe
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import api, tasks
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.engine.reading import read
from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]

MANAGER = "advance-rejected@example.com"


@pytest.fixture
def entry(unit: Document) -> Document:
	adv.invoices_advances()
	return adv.received(zatca.a_business(), 2300)


def reject(source: Document, sandbox: Sandbox) -> str:
	sandbox.faults.arm(Kind.REJECT, endpoint=Call.CLEAR)
	document = zatca.sent(source)
	assert document.state == "Rejected"
	sandbox.faults.clear()
	return str(document.name)


def a_final(entry: Document) -> Document:
	return adv.using(zatca.an_invoice(entry.party, [make.line(rate=10000)]), (entry, 2300))


def prepaid(invoice: Document) -> list[tuple[str, str]]:
	return [(row.number, str(row.tax)) for row in read(zatca.document_of(invoice).xml.encode()).advances]


def test_a_rejected_advance_is_settled_by_no_invoice(entry: Document, sandbox: Sandbox) -> None:
	document = reject(entry, sandbox)
	invoice = a_final(entry).insert()
	(finding,) = frappe.parse_json(invoice.scb_zatca_findings)
	assert (finding["id"], finding["severity"]) == ("SCB-TOTALS", "error")
	assert f"ZATCA rejected {document}, the advance invoice of {entry.name}" in finding["message_en"]
	with pytest.raises(frappe.ValidationError, match="press Issue Again") as refused:
		invoice.submit()
	assert f'/app/payment-entry/{entry.name}"' in str(refused.value)
	assert document in str(refused.value)


def test_left_out_of_the_advances_the_invoice_is_issued(entry: Document, sandbox: Sandbox) -> None:
	reject(entry, sandbox)
	invoice = a_final(entry).insert()
	invoice.set("advances", [])
	invoice.save().submit()
	frappe.db.commit()
	assert prepaid(invoice.reload()) == []


def test_issued_again_it_is_settled(entry: Document, sandbox: Sandbox) -> None:
	api.issue_again(reject(entry, sandbox))
	assert prepaid(zatca.submitted(a_final(entry))) == [(entry.name, "300.00")]


def test_another_customers_rejected_advance_is_not_told_of(entry: Document, sandbox: Sandbox) -> None:
	reject(entry, sandbox)
	row = {"reference_type": "Payment Entry", "reference_name": entry.name, "allocated_amount": 1}
	invoice = zatca.an_invoice(zatca.a_business("Hijaz Factory"), advances=[row])
	invoice.flags.ignore_validate = True
	from saudi_crm_billing.e_invoicing.advances import settlement

	assert settlement.pieces_of(invoice) == ()


def test_whoever_keeps_the_accounts_is_told_which_invoices_name_it(
	entry: Document, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
	frappe.db.delete("Has Role", {"role": "Accounts Manager", "parent": ("!=", "Administrator")})
	make.a_user(MANAGER, "Accounts Manager")
	mails: list[dict[str, Any]] = []
	monkeypatch.setattr(frappe, "sendmail", lambda **values: mails.append(values))
	final = zatca.submitted(a_final(entry))
	reject(entry, sandbox)
	tasks.watch_e_invoices()
	(mail,) = [mail for mail in mails if "rejected by ZATCA" in mail["subject"]]
	assert f"{final.name} names the rejected advance invoice of {entry.name}" in mail["message"]
	assert "make a credit note for it and a new invoice" in mail["message"]


def test_issuing_it_again_says_what_to_do_about_the_final_invoice(entry: Document, sandbox: Sandbox) -> None:
	final = zatca.submitted(a_final(entry))
	zatca.sent(final)
	document = reject(entry, sandbox)
	frappe.clear_messages()
	api.issue_again(document)
	(told,) = [row for row in frappe.get_message_log() if "names the rejected advance invoice" in str(row)]
	assert final.name in str(told)


def test_a_rejected_final_invoice_names_the_new_one_once_both_are_issued_again(
	entry: Document, sandbox: Sandbox
) -> None:
	final = zatca.submitted(a_final(entry))
	old = reject(entry, sandbox)
	rejected_final = reject(final, sandbox)
	with pytest.raises(frappe.ValidationError, match=f"ZATCA rejected {old}, the advance invoice of"):
		api.issue_again(rejected_final)
	api.issue_again(old)
	new = zatca.document_of(entry.reload())
	api.issue_again(rejected_final)
	document = zatca.document_of(final.reload())
	assert new.uuid in document.xml
	assert frappe.db.get_value("ZATCA Document", old, "uuid") not in document.xml
	assert prepaid(final) == [(entry.name, "300.00")]
