"""The texts and steps a new policy begins with, and the rendering of what an administrator made of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import escape_html
from jinja2 import StrictUndefined, Template, TemplateSyntaxError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

FIRST_STEPS = (
	(-3, "نود تذكيركم بقرب موعد استحقاق القسط.", "An instalment falls due soon."),
	(0, "نود تذكيركم بأن القسط يستحق اليوم.", "An instalment falls due today."),
	(1, "لم يصلنا بعد سداد القسط المستحق.", "We have not yet received the instalment that was due."),
	(7, "نأمل سداد القسط المتأخر.", "Please settle the late instalment."),
	(14, "هذا تذكير آخر بالقسط المتأخر.", "This is another reminder of the late instalment."),
	(
		30,
		"نأمل المبادرة بالسداد أو التواصل معنا للاتفاق على موعد له.",
		"Please pay, or get in touch with us to agree on a date.",
	),
)
"""Days from the due date, with the sentence that sets the tone in Arabic and in English."""

FIRST_TEXTS = {
	"subject_ar": "تذكير بالأقساط المستحقة من {{ company }}: {{ total }}",
	"body_ar": """<p>السادة / {{ customer_name }} المحترمين،</p>
<p>السلام عليكم ورحمة الله وبركاته،</p>
<p>{{ note }} وفيما يلي بيان الأقساط:</p>
{{ table }}
<p>إذا كنتم قد سددتم المبلغ فنشكركم ونرجو اعتبار هذه الرسالة لاغية.</p>
<p>مع التحية،<br>{{ company }}</p>""",
	"subject_en": "Reminder of instalments from {{ company }}: {{ total }}",
	"body_en": """<p>Dear {{ customer_name }},</p>
<p>{{ note }} Your instalments are:</p>
{{ table }}
<p>If you have already paid, thank you: please disregard this message.</p>
<p>Kind regards,<br>{{ company }}</p>""",
}

SAMPLE = {
	"customer_name": "Najd Furniture",
	"company": "Riyadh Trading Co",
	"total": "SAR 1,642.86",
	"count": 1,
	"note": "",
	"today": "22 Nov 2026",
	"table": Markup("<table></table>"),
}
"""The words a text may use; there are no others, and nothing of the site is in reach of a text."""


def first_steps() -> list[dict[str, str | int]]:
	"""The rows of `stages` that a new policy begins with."""
	return [
		{"days_from_due": days, "note_ar": note_ar, "note_en": note_en}
		for days, note_ar, note_en in FIRST_STEPS
	]


class UnusableText(ValueError):
	"""A text of a policy that cannot be filled in; says what broke, in Jinja's words."""


def _environment(autoescape: bool) -> SandboxedEnvironment:
	environment = SandboxedEnvironment(autoescape=autoescape, undefined=StrictUndefined)
	environment.globals.clear()
	return environment


AS_TEXT, AS_HTML = _environment(autoescape=False), _environment(autoescape=True)


def render_subject(text: str, values: Mapping[str, object]) -> str:
	return _render(AS_TEXT, text, values)


def render_body(text: str, values: Mapping[str, object]) -> str:
	"""HTML: every value that is not Markup is escaped."""
	return _render(AS_HTML, text, values)


def _render(environment: SandboxedEnvironment, text: str, values: Mapping[str, object]) -> str:
	try:
		return _compiled(environment, text).render(values)
	except Exception as error:  # a text may compute, so it can break in any way
		raise UnusableText(str(error)) from error


@lru_cache(maxsize=64)
def _compiled(environment: SandboxedEnvironment, text: str) -> Template:
	return environment.from_string(text)


def check(label: str, text: str) -> None:
	"""Throw when a text of a policy cannot be rendered, or uses a word that no message has; `label` is translated."""
	try:
		unknown = sorted(find_undeclared_variables(AS_HTML.parse(text)) - set(SAMPLE))
	except TemplateSyntaxError as error:
		_refuse(
			_("{0} has a mistake in line {1}: {2}. Mend that line.").format(
				label, error.lineno, escape_html(error.message or "")
			)
		)
	if unknown:
		frappe.throw(
			_("{0} uses {1}, which no message has. Use one of: {2}").format(
				label, frappe.bold(escape_html(f"{{{{ {unknown[0]} }}}}")), ", ".join(SAMPLE)
			),
			title=_("Unknown word in a text"),
		)
	try:
		for count in (1, 2):
			render_body(text, {**SAMPLE, "count": count})
	except UnusableText as error:
		_refuse(
			_("{0} cannot be filled in: {1}. Change the part of it that does this.").format(
				label, escape_html(str(error).rstrip("."))
			)
		)


def _refuse(message: str) -> NoReturn:
	frappe.throw(message, title=_("Text cannot be used"))
