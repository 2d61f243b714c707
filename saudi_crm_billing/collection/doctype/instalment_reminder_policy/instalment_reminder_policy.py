from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from saudi_crm_billing.collection import texts


class InstalmentReminderPolicy(Document):
	"""How one company reminds its customers of instalments; a new one begins with the first texts and steps."""

	def before_insert(self) -> None:
		for field, text in texts.FIRST_TEXTS.items():
			if not self.get(field):
				self.set(field, text)
		if not self.stages:
			self.extend("stages", texts.first_steps())

	def validate(self) -> None:
		self.check_steps()
		self.check_hour()
		self.check_texts()

	def check_steps(self) -> None:
		days = [row.days_from_due for row in self.stages]
		if not days:
			frappe.throw(_("Give at least one step, for example 1 day after the due date."))
		twice = sorted({day for day in days if days.count(day) > 1})
		if twice:
			frappe.throw(
				_("Two steps stand at {0} days from the due date. Remove one of them.").format(twice[0])
			)
		if self.repeat_every_days and max(days) < 0:
			frappe.throw(
				_(
					"Steps can repeat only after the due date. Add a step on or after it, or set “{0}” to 0."
				).format(_("Then repeat every (days)"))
			)

	def check_hour(self) -> None:
		if not 0 <= self.send_from_hour <= 23:
			frappe.throw(
				_("“{0}” is {1}; give an hour from 0 to 23.").format(
					_("Not before this hour"), self.send_from_hour
				)
			)

	def check_texts(self) -> None:
		for field in texts.FIRST_TEXTS:
			label = _(self.meta.get_label(field))
			if not self.get(field):
				frappe.throw(_("{0} is empty. Customers read it: write a text.").format(label))
			texts.check(label, self.get(field))
