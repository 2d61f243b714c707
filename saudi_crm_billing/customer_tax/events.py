"""What hooks.py calls on document events of this slice."""

from __future__ import annotations

from frappe.model.document import Document

from saudi_crm_billing.customer_tax import apply, customer_language, guard, item_templates


def before_validate(doc: Document, method: str | None = None) -> None:
	apply.apply_tax_classes(doc)


def validate(doc: Document, method: str | None = None) -> None:
	apply.classify_added_lines(doc)
	guard.refuse_other_rates(doc)
	customer_language.write_texts(doc)


def before_submit(doc: Document, method: str | None = None) -> None:
	guard.refuse_unclassified_lines(doc)
	guard.remind_of_national_id(doc)


def before_validate_item_tax_template(doc: Document, method: str | None = None) -> None:
	item_templates.refuse_disabled_class(doc)
	item_templates.write_vat_rate(doc)
