"""Adds the billing runs to the connections of the selling documents."""

from __future__ import annotations

from typing import Any

from frappe import _


def quotation(data: dict[str, Any]) -> dict[str, Any]:
	return with_runs(data, "quotation")


def opportunity(data: dict[str, Any]) -> dict[str, Any]:
	return with_runs(data, "opportunity")


def sales_order(data: dict[str, Any]) -> dict[str, Any]:
	return with_runs(data, "sales_order")


def sales_invoice(data: dict[str, Any]) -> dict[str, Any]:
	return with_runs(data, "sales_invoice")


def with_runs(data: dict[str, Any], fieldname: str) -> dict[str, Any]:
	data.setdefault("non_standard_fieldnames", {})["SCB Billing Run"] = fieldname
	data.setdefault("transactions", []).append({"label": _("Automation"), "items": ["SCB Billing Run"]})
	return data
