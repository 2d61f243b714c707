from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from saudi_crm_billing.customer_tax.engine.tax_class import Validity
from saudi_crm_billing.customer_tax.item_templates import make_rate_templates, update_templates
from saudi_crm_billing.customer_tax.settings import load_class


class CustomerTaxSetup(Document):
	def validate(self) -> None:
		self.validate_vat_account()
		self.validate_default_class()

	def on_update(self) -> None:
		if self.enabled:
			make_rate_templates(self.company, self.vat_account)
			update_templates(company=self.company)

	def validate_vat_account(self) -> None:
		if self.enabled and not self.vat_account:
			frappe.throw(
				_("Choose the VAT Account of {0} before you enable its tax setup.").format(self.company)
			)
		if not self.vat_account:
			return
		account = frappe.db.get_value(
			"Account", self.vat_account, ["company", "is_group", "account_type", "root_type"], as_dict=True
		)
		if account.company != self.company:
			frappe.throw(
				_("VAT Account {0} belongs to {1}: choose one of {2}.").format(
					self.vat_account, account.company, self.company
				)
			)
		if account.is_group or account.account_type != "Tax" or account.root_type != "Liability":
			frappe.throw(
				_("VAT Account {0} must be a liability account of type Tax, and not a group.").format(
					self.vat_account
				)
			)

	def validate_default_class(self) -> None:
		default = load_class(self.default_class)
		if default and default.validity(getdate()) is not Validity.VALID:
			frappe.throw(
				_("Default Tax Class {0} is disabled or not valid today: choose one that is.").format(
					default.name
				)
			)
