"""On a site, the app's Arabic is what is shown, and no label of the selling forms is left in English."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from types import ModuleType

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "saudi_crm_billing"
FORMS = ("Lead", "Opportunity", "Quotation", "Sales Order", "Sales Invoice", "Payment Entry", "Customer")
CODES = re.compile(r"[^a-z]*|[A-Z-]+\.YYYY\.-.*|.*[_<].*")
"""Options and labels that are not words: figures, naming series, markup."""


def served() -> dict[str, str]:
	from frappe.translate import get_translations_from_apps

	return get_translations_from_apps("ar")


def test_every_row_is_served(site: ModuleType) -> None:
	with (PACKAGE / "translations" / "ar.csv").open(encoding="utf-8", newline="") as file:
		rows = [row for row in csv.reader(file) if row]
	shown = served()
	assert len(rows) > 1500
	assert [row for row in rows if shown.get(f"{row[0]}:{row[2]}" if row[2] else row[0]) != row[1]] == []


def test_core_is_corrected(site: ModuleType) -> None:
	"""Words that core's own Arabic gets wrong: quantity, project, "because of date", tender, opinion."""
	shown = served()
	words = ("Amount", "Draft", "Due Date", "Quotation To", "View", "Payment Request", "Dunning Type")
	assert [shown[word] for word in words] == [
		"المبلغ",
		"مسودة",
		"تاريخ الاستحقاق",
		"عرض السعر لـ",
		"عرض",
		"طلب سداد",
		"نوع المطالبة",
	]


@pytest.mark.parametrize("doctype", FORMS)
def test_a_form_has_no_label_without_arabic(site: ModuleType, doctype: str) -> None:
	shown = served()
	fields = [
		(meta.name, field) for meta in metas(site, doctype) for field in meta.fields if not field.hidden
	]
	texts = {("", doctype), *((form, text) for form, field in fields for text in texts_of(field))}
	assert len(texts) > 20
	# The Desk asks with the name of the field's own form as context first.
	known = {(form, text) for form, text in texts if text in shown or f"{text}:{form}" in shown}
	assert sorted(text for _form, text in texts - known if not CODES.fullmatch(text)) == []


def metas(site: ModuleType, doctype: str) -> list:
	form = site.get_meta(doctype)
	return [form, *(site.get_meta(field.options) for field in form.get_table_fields())]


def texts_of(field: object) -> list[str]:
	"""Label, description and, of a choice, the options."""
	options = field.options.split("\n") if field.fieldtype == "Select" and field.options else []
	return [text.strip() for text in (field.label, field.description, *options) if text and text.strip()]
