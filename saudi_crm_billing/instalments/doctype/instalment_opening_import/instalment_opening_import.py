from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.instalments.importing.checks import check_accounts

ASKED = (
	"company",
	"file",
	"opening_account",
	"debit_to",
	"item_name",
	"calendar",
	"grace_days",
	"spread_paid",
)
"""What a person says; the rest is written by `importing` alone."""


class InstalmentOpeningImport(Document):
	"""A file of another system's instalment plans, on its way into the ledger."""

	def validate(self) -> None:
		check_accounts(self)
		changed = self._changed()
		self._keep_written()
		if changed and self.status in ("Importing", "Imported", "Undoing"):
			frappe.throw(
				_("{0} is {1}: the file and how it is posted can no longer be changed.").format(
					self.name, _(self.status, context=self.doctype)
				)
			)
		if changed:
			self.status, self.preview, self.file_hash = "Draft", None, None

	def on_trash(self) -> None:
		if self.status in ("Importing", "Undoing"):
			frappe.throw(_("{0} is at work. Wait until it is done.").format(self.name))

	def _changed(self) -> bool:
		stored = self.get_doc_before_save()
		return not stored or any((stored.get(name) or "") != (self.get(name) or "") for name in ASKED)

	def _keep_written(self) -> None:
		stored = self.get_doc_before_save()
		for field in self.meta.fields:
			if field.read_only and field.fieldname not in ASKED:
				self.set(field.fieldname, stored.get(field.fieldname) if stored else field.default)
