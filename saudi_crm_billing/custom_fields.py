"""How the slices' `install.py` files write their custom fields down."""

from __future__ import annotations

from typing import Any


def mark(text: str) -> str:
	"""Marks a label for the translators; it is translated when it is shown, not when the file is read."""
	return text


def custom_field(
	module: str, fieldname: str, fieldtype: str, label: str, insert_after: str, **more: Any
) -> dict[str, Any]:
	"""A Custom Field of `module`, as `create_custom_fields` takes it; `more` are its other values."""
	return {
		"fieldname": fieldname,
		"fieldtype": fieldtype,
		"label": label,
		"insert_after": insert_after,
		"module": module,
		"translatable": 0,
		**more,
	}
