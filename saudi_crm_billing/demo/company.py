"""A Saudi company on a bare ERPNext site, as the setup wizard makes it; for the demo and for tests."""

from __future__ import annotations

from datetime import date

import frappe
from frappe.desk.page.setup_wizard.setup_wizard import setup_complete

COMPANY = "Riyadh Trading Co"
ABBR = "RTC"


def prepare(company: str = COMPANY, abbr: str = ABBR) -> None:
	"""Finish ERPNext's setup wizard for `company` and add the fiscal years of the demo's dates."""
	if frappe.db.exists("Company", company):
		return
	year = date.today().year
	setup_complete(wizard_answers(company, abbr, year))
	for other in (year - 1, year + 1, year + 2, year + 3):
		add_fiscal_year(other)
	frappe.db.set_single_value("System Settings", "rounding_method", "Commercial Rounding")
	frappe.db.commit()  # nosemgrep: a command of its own, run by `bench execute`


def wizard_answers(company: str, abbr: str, year: int) -> dict[str, object]:
	return {
		"language": "English",
		"country": "Saudi Arabia",
		"timezone": "Asia/Riyadh",
		"currency": "SAR",
		"full_name": "Demo Administrator",
		"email": "admin@demo.example",
		"password": "admin",
		"company_name": company,
		"company_abbr": abbr,
		"company_tagline": "Furniture and service",
		"chart_of_accounts": "Standard",
		"fy_start_date": f"{year}-01-01",
		"fy_end_date": f"{year}-12-31",
		"setup_demo": 0,
	}


def add_fiscal_year(year: int) -> None:
	if frappe.db.exists("Fiscal Year", str(year)):
		return
	values = {"year": str(year), "year_start_date": f"{year}-01-01", "year_end_date": f"{year}-12-31"}
	frappe.get_doc({"doctype": "Fiscal Year", **values}).insert(ignore_permissions=True)
