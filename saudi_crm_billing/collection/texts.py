"""The texts and steps a new policy begins with, and the rendering of what an administrator made of them."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

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
	"table": "<table></table>",
}
"""The words a text may use, as `render` gets them."""


def render(text: str, values: dict[str, Any]) -> str:
	"""Frappe's sandboxed Jinja on a text from a policy; values for HTML must come escaped."""
	return frappe.render_template(text, values, is_path=False)


def check(label: str, text: str) -> None:
	"""Throw when a text of a policy does not render, or uses a word that no message has; `label` is translated."""
	rendered = render(text, SAMPLE)
	if "{{" in rendered:
		unknown = rendered[rendered.index("{{") :].split("}}")[0] + "}}"
		frappe.throw(
			_("{0} uses {1}, which no message has. Use one of: {2}").format(
				label, frappe.bold(frappe.utils.escape_html(unknown)), ", ".join(SAMPLE)
			),
			title=_("Unknown word in a text"),
		)
