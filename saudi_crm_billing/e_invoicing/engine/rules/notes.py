"""Rules on credit and debit notes: the invoice they correct, and why."""

from __future__ import annotations

from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import Element, filled, first
from saudi_crm_billing.e_invoicing.engine.rules.rule import Rule, is_note, length, rule
from saudi_crm_billing.e_invoicing.engine.rules.view import View

ORIGINAL = "cac:InvoiceDocumentReference/cbc:ID"

RULES: list[Rule] = [
	length(
		"BR-KSA-F-06-C13",
		WARNING,
		"cac:PaymentMeans/cbc:InstructionNote",
		"",
		"KSA-10",
		1000,
		1,
		when=is_note,
	),
	length("BR-KSA-F-06-C22", ERROR, "cac:BillingReference", ORIGINAL, "BT-25", 5000, 1, when=is_note),
]


def _payment_means_or_invoice(view: View) -> tuple[Element, ...]:
	return view.nodes("cac:PaymentMeans") or view.nodes("/")


@rule(
	RULES,
	"BR-KSA-17",
	ERROR,
	_payment_means_or_invoice,
	when=is_note,
	at="cbc:InstructionNote",
	en="A credit or debit note must say why it is issued (KSA-10). Write the reason into "
	"cac:PaymentMeans/cbc:InstructionNote.",
	ar="يجب أن يذكر الإشعار الدائن أو المدين سبب إصداره (KSA-10). اكتب السبب في العنصر "
	"cac:PaymentMeans/cbc:InstructionNote.",
)
def reason(view: View, node: Element) -> bool:
	return first(node, "cbc:InstructionNote") is None


def _references_or_invoice(view: View) -> tuple[Element, ...]:
	return view.nodes("cac:BillingReference") or view.nodes("/")


@rule(
	RULES,
	"BR-KSA-56",
	WARNING,
	_references_or_invoice,
	when=is_note,
	at=ORIGINAL,
	en="A credit or debit note must name the invoice it corrects (BT-25). Add its number in cac:BillingReference.",
	ar="يجب أن يذكر الإشعار الدائن أو المدين الفاتورة التي يصححها (BT-25). أضِف رقمها في العنصر cac:BillingReference.",
)
def original(view: View, node: Element) -> bool:
	return not filled(node, ORIGINAL)


@rule(
	RULES,
	"BR-55",
	ERROR,
	"cac:BillingReference",
	at=ORIGINAL,
	en="The reference to a preceding invoice has no number (BT-25). Write the number, or remove the reference.",
	ar="الإشارة إلى الفاتورة السابقة بلا رقم (BT-25). اكتب رقم الفاتورة أو احذف الإشارة.",
)
def preceding(view: View, reference: Element) -> bool:
	return not filled(reference, ORIGINAL)
