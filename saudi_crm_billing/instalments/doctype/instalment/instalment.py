from __future__ import annotations

import frappe
from frappe.model.document import Document


class Instalment(Document):
	"""One row of a plan. `outstanding` is above zero only while a submitted Sales Invoice owes it."""


FALLING_DUE = (
	"customer",
	"parent",
	"grace_until",
	"currency",
	"amount",
	"paid",
	"written_off",
	"credited",
	"outstanding",
	"base_outstanding",
)


def on_doctype_update() -> None:
	# Holds all that the report of what falls due sums, by day.
	frappe.db.add_index("Instalment", ["company", "due_date", *FALLING_DUE], index_name="scb_due")
	# Holds all that the ageing sums, by customer: the rows themselves are not read.
	ageing = ["company", "customer", "grace_until", "due_date", "outstanding", "base_outstanding"]
	frappe.db.add_index("Instalment", ageing, index_name="scb_ageing")
	# The same for what of a contract had fallen due by each of several days.
	portfolio = ["company", "parent", "grace_until", "amount", "advance"]
	frappe.db.add_index("Instalment", portfolio, index_name="scb_portfolio")
