"""Each class of answer leaves a document in the state that the table of answers names."""

from __future__ import annotations

import e_invoicing_helpers as zatca
import frappe
from answer_samples import SAMPLES, answer
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.engine.answer_classes import CLASSES, UNKNOWN, WARNED
from saudi_crm_billing.e_invoicing.sending import answering
from saudi_crm_billing.e_invoicing.sending.gateway import Reply

__all__ = ["gateway", "sandbox", "unit"]

FRESH = {
	"state": "Sending",
	"has_warnings": 0,
	"answer_unknown": 0,
	"report_by": None,
	"turns": 0,
	"cleared_xml": None,
}


def test_every_answer_leaves_the_state_and_the_mark_of_its_row(unit: Document) -> None:
	document = zatca.submitted(zatca.an_invoice(zatca.a_business())).scb_zatca_document
	for row in CLASSES:
		for call, status, body in SAMPLES[row.answer]:
			frappe.db.set_value("ZATCA Document", document, FRESH)
			reply = Reply(status, str(body))
			answering.take(document, call, 1, answer(call, status, body), reply)
			fields = ("state", "has_warnings", "answer_unknown")
			state, warned, unknown = frappe.db.get_value("ZATCA Document", document, fields)
			assert state in row.state.split(" / "), (row.answer, call)
			assert bool(unknown) is (row.mark == UNKNOWN), row.answer
			if call.value == "report":
				assert bool(warned) is (row.mark == WARNED), row.answer
