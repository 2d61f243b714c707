"""Writing single elements: text, amounts, numbers and times as ZATCA wants them. Empty elements are never written."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

from lxml import etree

from saudi_crm_billing.common.money import to_money
from saudi_crm_billing.e_invoicing.engine.errors import InvalidInvoice
from saudi_crm_billing.e_invoicing.engine.xml import qname


def add(parent: etree._Element, tag: str) -> etree._Element:
	"""Append an element to hold others; `tag` has a prefix of `xml.NS`."""
	return etree.SubElement(parent, qname(tag))


def text(parent: etree._Element, tag: str, value: str, /, **attributes: str) -> None:
	"""Append an element with text, stripped; nothing if it is blank. `InvalidInvoice` for control characters."""
	value = value.strip()
	if not value:
		return
	element = etree.SubElement(parent, qname(tag), attributes)
	try:
		element.text = value
	except ValueError:
		raise InvalidInvoice("text-not-xml", field=tag, value=ascii(value))


def required(parent: etree._Element, tag: str, value: str, /, **attributes: str) -> None:
	"""The same, but `InvalidInvoice` if it is blank."""
	if not value.strip():
		raise InvalidInvoice("field-missing", field=tag)
	text(parent, tag, value, **attributes)


def money(parent: etree._Element, tag: str, amount: Decimal, currency: str) -> None:
	"""Append an amount with two decimals, rounded half up."""
	text(parent, tag, str(to_money(amount)), currencyID=currency)


def plain(value: Decimal) -> str:
	"""Digits without an exponent and with at least two decimals."""
	digits = f"{value.normalize():f}"
	_, _, decimals = digits.partition(".")
	return digits if len(decimals) >= 2 else f"{value:.2f}"


def clock(value: time) -> str:
	return value.strftime("%H:%M:%S")
