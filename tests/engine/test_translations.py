"""Every text that the app shows has right-looking Arabic: present, with the same placeholders, said once."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import translatable_texts as app
from translatable_texts import Shown

ARABIC = re.compile("[\u0600-\u06ff]")
PLACEHOLDER = re.compile(r"\{[A-Za-z_0-9]*\}")
LATIN_ON_PURPOSE = {"QR", "XML", "UUID", "OTP"}
"""Names that stay as they are in Arabic business writing, should their translation be the same."""

OF_CORE = {"Active", "Production"}
"""Core's own Arabic stands there; the forms of these bring theirs by a formatter."""

TEXTS = app.all_texts()
ROWS = app.rows()
TRANSLATIONS = app.translations()


def arabic_of(shown: Shown) -> str:
	return TRANSLATIONS.get((shown.text, shown.context)) or TRANSLATIONS.get((shown.text, ""), "")


def test_the_search_finds_texts_of_every_kind() -> None:
	found = {shown.text for shown in TEXTS}
	assert len(found) > 500
	assert {
		"Instalment plan cannot be made",  # Python
		"Mark Accepted",  # JavaScript
		"Accept Quotation",  # a web page
		"Instalment Plan Template",  # a doctype
		"Number of Instalments",  # a custom field
		"Overdue Instalments",  # a report
		"Saudi CRM Billing",  # the workspace
		"E-Invoicing",  # a module
		"SCB Collector",  # a role
		"Taxable at {rate}%",  # an engine's table
		"Signed link",  # an enumeration
	} <= found


def test_every_text_has_an_arabic_translation() -> None:
	missing = [f"{shown.place}: {shown.text}" for shown in TEXTS if not arabic_of(shown)]
	assert missing == []


def test_a_choice_has_its_arabic_also_without_its_form() -> None:
	"""Core looks a field's choice up without its doctype where it cannot be written, and in lists."""
	missing = {shown.text for shown in app.choices() if not TRANSLATIONS.get((shown.text, ""))}
	assert missing - OF_CORE == set()


def test_translations_are_arabic_and_differ_from_their_source() -> None:
	wrong = [
		row
		for row in ROWS
		if row[0] not in LATIN_ON_PURPOSE and (row[0] == row[1] or not ARABIC.search(row[1]))
	]
	assert wrong == []


def test_placeholders_are_the_same_in_both_languages() -> None:
	wrong = [
		row for row in ROWS if Counter(PLACEHOLDER.findall(row[0])) != Counter(PLACEHOLDER.findall(row[1]))
	]
	assert wrong == []


def test_no_text_is_translated_twice() -> None:
	twice = [key for key, count in Counter((row[0], row[2]) for row in ROWS).items() if count > 1]
	assert twice == []


def test_rows_are_clean_and_in_order() -> None:
	"""Three cells each, nothing to trim, tanween on its letter and the long comma: one way of writing throughout."""
	assert [row for row in ROWS if len(row) != 3 or any(cell != cell.strip() for cell in row)] == []
	assert [row for row in ROWS if "اً" in row[1]] == [], "write ًا, not اً"
	assert [row for row in ROWS if re.search("[\u0600-\u06ff] ?[,;?](?![0-9])", row[1])] == []
	keys = [(row[0].casefold(), row[0], row[2]) for row in ROWS]
	assert keys == sorted(keys)


def test_a_row_of_a_table_has_one_word() -> None:
	"""سطر, as the translations of core's forms that stand here have it; not صف too."""
	assert [text for text in TRANSLATIONS.values() if re.search(r"\b(ال)?صف\b|صفوف", text)] == []


def test_nothing_is_formatted_before_it_is_translated() -> None:
	assert app.formatted_before_translation() == []
	assert app.interpolated_in_scripts() == []


def test_no_message_is_said_without_translation() -> None:
	assert app.said_without_translation() == []


@pytest.mark.parametrize(
	("source", "finds"),
	[
		('frappe.throw(_(f"No {name}"))', True),
		('frappe.throw(_("No {0}".format(name)))', True),
		('frappe.throw(_("No {0}").format(name))', False),
	],
)
def test_a_text_formatted_too_early_would_be_found(
	tmp_path: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, source: str, finds: bool
) -> None:
	(tmp_path / "module.py").write_text(source)
	monkeypatch.setattr(app, "PACKAGE", tmp_path)
	assert app.formatted_before_translation() == (["module.py:1"] if finds else [])


def test_a_text_without_a_row_would_be_found(
	tmp_path: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
	(tmp_path / "form.js").write_text("frm.add_custom_button(__(\"Send \" + 'it'), run);")
	monkeypatch.setattr(app, "PACKAGE", tmp_path)
	assert [*app.script_texts()] == [Shown("Send it", "form.js")]
	assert arabic_of(Shown("Send it", "form.js")) == ""
