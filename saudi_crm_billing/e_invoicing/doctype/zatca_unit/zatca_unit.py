from __future__ import annotations

from typing import NoReturn

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.e_invoicing.devices import units


class ZATCAUnit(Document):
	def onload(self) -> None:
		self.set_onload("next_step", units.next_step(self))
		self.set_onload("ends_soon", units.ends_soon(self))

	def before_validate(self) -> None:
		units.fill_in(self)

	def validate(self) -> None:
		units.validate(self)

	def on_trash(self) -> None:
		units.refuse_deletion(self)

	def get_password(self, fieldname: str = "password", raise_exception: bool = True) -> NoReturn:
		"""Keys and secrets leave the database for signing and sending only: no API reads them."""
		frappe.throw(_("The keys and secrets of a ZATCA Unit cannot be read."), frappe.PermissionError)
