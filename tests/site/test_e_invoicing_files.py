"""The legal XML as a private file of its invoice: made by a clock, once, under ZATCA's name."""

from __future__ import annotations

import re

import e_invoicing_helpers as zatca
import factories as make
import frappe
import frappe.desk.form.utils
import pytest
from e_invoicing_fixtures import gateway, sandbox, unit
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing import tasks
from saudi_crm_billing.e_invoicing.engine.answers import Call
from saudi_crm_billing.e_invoicing.issuing import files
from saudi_crm_billing.sandbox.faults import Kind
from saudi_crm_billing.sandbox.server import Sandbox

__all__ = ["gateway", "sandbox", "unit"]


def files_of(invoice: Document) -> list[Document]:
	names = frappe.get_all("File", {"attached_to_name": invoice.name}, pluck="name")
	return [frappe.get_doc("File", name) for name in names]


def test_a_cleared_invoice_gets_its_stamped_xml_once(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	assert files_of(invoice) == []
	document = zatca.sent(invoice)
	assert files_of(invoice) == [], "neither the submit nor the answer makes it"
	assert files.make_all() == 1
	assert files.make_all() == 0
	files.make(document.name)
	(file,) = files_of(invoice)
	assert (file.is_private, file.attached_to_doctype) == (1, "Sales Invoice")
	number = invoice.name.replace("/", "-")
	assert re.fullmatch(rf"{zatca.SELLER_VAT}_\d{{8}}T\d{{6}}_{number}[^_]*\.xml", file.file_name)
	assert file.get_content() in (document.cleared_xml, document.cleared_xml.encode())
	assert document.reload().xml_file == file.name


def test_a_reported_invoice_gets_the_xml_that_was_signed(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	document = zatca.sent(invoice)
	tasks.make_e_invoice_files()
	(file,) = files_of(invoice)
	assert file.get_content() in (document.xml, document.xml.encode())


@pytest.mark.parametrize("kind", [Kind.REJECT, Kind.SERVER_ERROR])
def test_what_zatca_has_not_accepted_gets_no_file(unit: Document, sandbox: Sandbox, kind: Kind) -> None:
	sandbox.faults.arm(kind, endpoint=Call.REPORT, count=None)
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	zatca.sent(invoice)
	assert files.make_all() == 0
	assert files_of(invoice) == []


def test_a_file_that_cannot_be_made_is_reported_and_made_later(
	unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	document = zatca.sent(invoice)
	made = files.make

	def full(_document: str) -> str:
		raise OSError("No space left on device")

	monkeypatch.setattr(frappe.local.db, "rollback", lambda: None)
	monkeypatch.setattr(files, "make", full)
	assert files.make_all() == 0
	assert frappe.db.exists(
		"Error Log", {"method": f"The file of e-invoice {document.name} could not be made"}
	)
	monkeypatch.setattr(files, "make", made)
	assert files.make_all() == 1


def test_who_may_not_read_the_invoice_may_not_read_its_file(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	zatca.sent(invoice)
	files.make_all()
	(file,) = files_of(invoice)
	seller, clerk = (
		make.a_user(f"files-{role[:5].lower()}@example.com", role) for role in ("Sales User", "Accounts User")
	)
	frappe.set_user(seller)
	assert not file.has_permission("read")
	frappe.set_user(clerk)
	assert file.has_permission("read")


def test_one_file_that_cannot_be_made_does_not_stop_the_others(
	unit: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
	documents = [zatca.sent(zatca.submitted(zatca.an_invoice(zatca.a_person()))) for _number in range(2)]
	made = files.make

	def limited(document: str) -> str:
		if document == documents[0].name:
			raise frappe.ValidationError("Maximum Attachment Limit reached")
		return made(document)

	monkeypatch.setattr(frappe.local.db, "rollback", lambda: None)
	monkeypatch.setattr(files, "make", limited)
	assert files.make_all() == 1
	assert [bool(document.reload().xml_file) for document in documents] == [False, True]


def test_a_user_cannot_take_the_file_away(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	zatca.sent(invoice)
	files.make_all()
	(file,) = files_of(invoice)
	frappe.form_dict.update(fid=file.name, dt=invoice.doctype, dn=invoice.name)
	with pytest.raises(frappe.LinkExistsError, match="ZATCA Document"):
		frappe.desk.form.utils.remove_attach()


def test_a_file_that_is_gone_is_made_again(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	document = zatca.sent(invoice)
	files.make_all()
	(first,) = files_of(invoice)
	frappe.delete_doc("File", first.name, force=True)
	assert files.make_all() == 0, "looked for once a day"
	tasks.watch_units()
	assert files.make_all() == 1
	(again,) = files_of(invoice)
	assert again.get_content() in (document.cleared_xml, document.cleared_xml.encode())
	assert document.reload().xml_file == again.name != first.name
	tasks.watch_units()
	assert files.make_all() == 0


def test_making_the_file_of_one_document_sees_that_it_is_gone(unit: Document) -> None:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_person()))
	document = zatca.sent(invoice)
	files.make_all()
	(first,) = files_of(invoice)
	frappe.delete_doc("File", first.name, force=True)
	assert files.make(document.name) != first.name
	assert len(files_of(invoice)) == 1
