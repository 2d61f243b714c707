"""What is stored now and read later, by readers of either language: a text in English and in Arabic."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import frappe

from saudi_crm_billing.common.languages import is_arabic


class Said(NamedTuple):
	"""One text in both languages, filled in; falsy texts say nothing."""

	en: str
	ar: str

	def __bool__(self) -> bool:
		return bool(self.en)

	@property
	def shown(self) -> str:
		"""In the present reader's language."""
		return self.ar if is_arabic(frappe.local.lang) else self.en

	def columns(self, fieldname: str) -> dict[str, str]:
		"""Values of a field and of its Arabic twin, `fieldname` with `_ar` behind it."""
		return {fieldname: plain(self.en), f"{fieldname}_ar": plain(self.ar)}

	@property
	def html(self) -> str:
		"""Both, of which the Desk's style sheet shows the reader's; the texts are HTML already."""
		return (
			f'<span class="scb-said"><span lang="en">{self.en}</span> <span lang="ar">{self.ar}</span></span>'
		)


NOTHING = Said("", "")


def plain(text: str) -> str:
	"""Without angle brackets: the Desk shows a stored text as HTML, and a mail server's or a gateway's words are foreign."""
	return text.replace("<", "").replace(">", "")


def said(text: Callable[[str], str]) -> Said:
	"""`text` is asked for each language's code: `said(lambda lang: _("Paid {0}", lang=lang).format(amount))`."""
	return Said(text("en"), text("ar"))
