"""A note carries national IDs: whoever may not read them gets no paper with them on it, by no way of printing."""

from __future__ import annotations

import json
from collections.abc import Callable

import factories as make
import frappe
import instalments_helpers as kit
import pytest
from frappe.core.doctype.communication.email import make as send
from frappe.model.document import Document
from frappe.utils.print_format import download_pdf
from frappe.www.printview import get_html_and_style
from instalments_notes_helpers import DOCTYPE, issued, notes, printed

NOTE, RETURN = "Promissory Note", "Promissory Note Return Receipt"
MAY_NOT = (
	"carries the national ID of its drawer, which you may not read. Someone with one of these roles can print it: "
	"Accounts Manager, Accounts User, System Manager"
)

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def note() -> Document:
	"""Signed, and to be returned: both papers can be had of it."""
	invoice = kit.a_plan_invoice(300)
	signed = issued(notes(invoice)[0], guarantor_name="سالم الحربي", guarantor_id="1098765432")
	kit.pay(invoice, 300)
	return signed.reload()


WAYS: dict[str, Callable[[Document, str], object]] = {
	"print": lambda note, paper: printed(note, paper),
	"preview": lambda note, paper: get_html_and_style(DOCTYPE, note.name, paper),
	"preview of what the form holds": lambda note, paper: get_html_and_style(
		json.dumps({**note.as_dict(), "drawer_id": None, "guarantor_id": None}, default=str), None, paper
	),
	"file": lambda note, paper: download_pdf(DOCTYPE, note.name, paper),
}


@pytest.mark.parametrize("paper", [NOTE, RETURN])
@pytest.mark.parametrize("way", WAYS)
def test_who_may_not_read_the_id_prints_no_note(note: Document, way: str, paper: str) -> None:
	frappe.set_user(make.a_user("sells@example.com", "Sales User", "Sales Manager"))
	with pytest.raises(frappe.ValidationError, match=f"{note.name} {MAY_NOT}"):
		WAYS[way](note, paper)


@pytest.mark.parametrize("paper", [NOTE, RETURN])
def test_who_may_read_the_id_prints_the_note_with_it(note: Document, paper: str) -> None:
	frappe.set_user(make.a_user("keeps@example.com", "Accounts User"))
	assert "1012345678" in printed(note, paper)
	assert "1012345678" in get_html_and_style(DOCTYPE, note.name, paper)["html"]


def test_a_link_to_the_print_shows_no_id(note: Document) -> None:
	key = note.get_document_share_key()
	frappe.set_user("Guest")
	frappe.local.form_dict.key = key
	with pytest.raises(frappe.ValidationError, match=MAY_NOT):
		printed(note, NOTE)


@pytest.mark.parametrize("widened", [False, True])
def test_who_may_not_read_the_id_sends_no_note(note: Document, widened: bool) -> None:
	"""Core makes the attachment of a mail later, with the system's rights."""
	if widened:
		frappe.permissions.update_permission_property(DOCTYPE, "Sales User", 0, "email", 1)
		frappe.clear_cache(doctype=DOCTYPE)
	seller = make.a_user("sells@example.com", "Sales User")
	frappe.set_user(seller)
	assert frappe.has_permission(DOCTYPE, "read", note.name)
	with pytest.raises(frappe.PermissionError):
		send(DOCTYPE, note.name, content="x", subject="x", recipients="me@example.com", print_format=NOTE)
	frappe.set_user("Administrator")
	frappe.set_user(make.a_user("keeps@example.com", "Accounts User"))
	assert send(DOCTYPE, note.name, content="x", subject="x", recipients="me@example.com", print_format=NOTE)[
		"name"
	]


def test_the_mail_of_who_may_read_the_id_has_the_note(note: Document) -> None:
	"""Mails go out in a job, whoever it runs as."""
	frappe.db.set_single_value("Print Settings", "send_print_as_pdf", 0)
	frappe.set_user("Guest")
	file = frappe.attach_print(DOCTYPE, note.name, print_format=NOTE)
	assert "1012345678" in file["fcontent"].decode()


def test_sales_is_offered_neither_print_nor_mail_of_a_note() -> None:
	frappe.set_user(make.a_user("sells@example.com", "Sales User", "Sales Manager"))
	may = {
		right: bool(frappe.has_permission(DOCTYPE, right)) for right in ("read", "print", "email", "share")
	}
	assert may == {"read": True, "print": False, "email": False, "share": False}
