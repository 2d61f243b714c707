"""Rules on the invoice's lines: what was sold, how much of it, at what price."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from saudi_crm_billing.e_invoicing.engine.rules.finding import ERROR, WARNING
from saudi_crm_billing.e_invoicing.engine.rules.nodes import (
	HALALA,
	LINE,
	Element,
	every,
	filled,
	first,
	is_allowance,
	is_charge,
	is_vat,
	number,
	text_of,
	to_cents,
	to_number,
	total,
	value,
)
from saudi_crm_billing.e_invoicing.engine.rules.rule import (
	Outcome,
	Rule,
	attribute_length,
	length,
	required,
	rule,
	standard,
	two_decimals,
)
from saudi_crm_billing.e_invoicing.engine.rules.view import View

QUANTITY = "cbc:InvoicedQuantity"
PRICE = "cac:Price/cbc:PriceAmount"
BASE_QUANTITY = "cac:Price/cbc:BaseQuantity"
NAME = "cac:Item/cbc:Name"
NET = "cbc:LineExtensionAmount"
TAX = "cac:TaxTotal/cbc:TaxAmount"
GROSS = "cac:TaxTotal/cbc:RoundingAmount"
MILLIEME = Decimal("0.001")
NEAR = frozenset({Decimal(0), HALALA})

RULES: list[Rule] = [
	required("BR-21", WARNING, LINE, "cbc:ID", "BT-126"),
	length("BR-KSA-F-06-C17", ERROR, LINE, "cbc:ID", "BT-126", 6, 1),
	required("BR-24", ERROR, LINE, NET, "BT-131", blank=True),
	two_decimals("BR-DEC-23", WARNING, LINE, NET, "BT-131"),
	required("BR-25", WARNING, LINE, NAME, "BT-153"),
	length("BR-KSA-F-06-C19", WARNING, LINE, NAME, "BT-153", 1000, 3),
	required("BR-26", ERROR, LINE, PRICE, "BT-146", blank=True),
	attribute_length("BR-KSA-F-06-C18", WARNING, f"{LINE}/{QUANTITY}", "unitCode", "BT-130", 127),
	attribute_length("BR-KSA-F-06-C21", WARNING, f"{LINE}/{BASE_QUANTITY}", "unitCode", "BT-150", 127),
	length("BR-KSA-F-06-C20", WARNING, LINE, "cac:Item/cac:StandardItemIdentification/cbc:ID", "BT-157", 127),
	length("BR-KSA-F-06-C30", WARNING, LINE, "cac:Item/cac:BuyersItemIdentification/cbc:ID", "BT-156", 127),
	length("BR-KSA-F-06-C31", WARNING, LINE, "cac:Item/cac:SellersItemIdentification/cbc:ID", "BT-155", 127),
	required("BR-KSA-52", ERROR, LINE, TAX, "KSA-11", when=standard),
	required("BR-KSA-53", ERROR, LINE, GROSS, "KSA-12", when=standard),
	two_decimals("BR-KSA-DEC-03", WARNING, LINE, TAX, "KSA-11"),
	two_decimals("BR-KSA-DEC-04", WARNING, LINE, GROSS, "KSA-12"),
]


@rule(
	RULES,
	"BR-22",
	ERROR,
	LINE,
	at=QUANTITY,
	en="The line has no quantity (BT-129), or 0. Write the quantity; for a line that settles a prepayment write 0.00.",
	ar="البند بلا كمية (BT-129) أو كميته 0. اكتب الكمية؛ ولبند تسوية الدفعة المقدمة اكتب 0.00.",
)
def quantity(view: View, line: Element) -> bool:
	found = first(line, QUANTITY)
	return found is None or text_of(found) == "0"


@rule(
	RULES,
	"BR-CO-04",
	ERROR,
	LINE,
	at="cac:Item/cac:ClassifiedTaxCategory/cbc:ID",
	en="The item has no VAT category (BT-151). Add cac:ClassifiedTaxCategory with cbc:ID and the tax scheme VAT.",
	ar="الصنف بلا فئة ضريبة (BT-151). أضِف العنصر cac:ClassifiedTaxCategory مع cbc:ID ونظام الضريبة VAT.",
)
def item_category(view: View, line: Element) -> bool:
	categories = every(line, "cac:Item/cac:ClassifiedTaxCategory")
	return not any(is_vat(node) and first(node, "cbc:ID") is not None for node in categories)


@rule(
	RULES,
	"BR-KSA-F-C-01",
	WARNING,
	LINE,
	at=NAME,
	en='The item name is "{value}": digits only. Describe the goods or services (VAT Regulations, article 53).',
	ar="اسم الصنف هو «{value}» وهو أرقام فقط. اكتب وصفًا واضحًا للسلعة أو الخدمة (المادة 53 من لائحة ضريبة القيمة المضافة).",
)
def unclear_name(view: View, line: Element) -> Outcome:
	name = text_of(first(line, NAME))
	return {"value": name} if name.isdecimal() else None


@rule(
	RULES,
	"BR-54",
	ERROR,
	"cac:AdditionalItemProperty",
	en="An item attribute lacks its name (BT-160) or its value (BT-161). Write both, or remove the attribute.",
	ar="خاصية الصنف ينقصها الاسم (BT-160) أو القيمة (BT-161). اكتب كليهما أو احذف الخاصية.",
)
def attribute(view: View, node: Element) -> bool:
	return first(node, "cbc:Name") is None or first(node, "cbc:Value") is None


@rule(
	RULES,
	"BR-KSA-EN16931-12",
	ERROR,
	f"{LINE}/{BASE_QUANTITY}",
	en="The price base quantity (BT-149) is {value}. Write a number above zero, or leave it out.",
	ar="الكمية الأساس للسعر (BT-149) هي {value}. اكتب رقمًا أكبر من الصفر أو احذف العنصر.",
)
def base_quantity(view: View, node: Element) -> Outcome:
	written = text_of(node)
	amount = to_number(written)
	return {"value": written} if written and (amount is None or amount <= 0) else None


@rule(
	RULES,
	"BR-KSA-EN16931-06",
	ERROR,
	f"{LINE}/cac:Price/cac:AllowanceCharge",
	at="cbc:ChargeIndicator",
	en="A charge on the price is not allowed. Write false, or make it a charge of the line.",
	ar="لا يجوز إضافة رسم على مستوى السعر. اكتب false أو اجعله رسمًا إضافيًا على البند.",
)
def charge_on_price(view: View, node: Element) -> bool:
	return is_charge(node)


@rule(
	RULES,
	"BR-KSA-EN16931-07",
	ERROR,
	f"{LINE}/cac:Price",
	at="cbc:PriceAmount",
	en="The item price is {net}, but the gross price {gross} less the discount {discount} is another amount. Correct one "
	"of them.",
	ar="سعر الصنف هو {net}، وهو لا يساوي السعر الإجمالي {gross} مطروحًا منه الخصم {discount}. صحِّح أحد هذه المبالغ.",
)
def net_price(view: View, price: Element) -> Outcome:
	net = number(price, "cbc:PriceAmount")
	for node in every(price, "cac:AllowanceCharge"):
		if first(node, "cbc:BaseAmount") is None:
			continue
		gross, discount = number(node, "cbc:BaseAmount"), number(node, "cbc:Amount")
		if None in (net, gross, discount) or net != (gross or 0) - (discount or 0):
			return {"net": net, "gross": gross, "discount": discount}
	return None


def expected_net(line: Element) -> Decimal | None:
	"""Quantity × price / base quantity, cut to three decimals, with the line's charges and allowances."""
	amount, price, per = number(line, QUANTITY), number(line, PRICE), number(line, BASE_QUANTITY)
	if amount is None or price is None or per == 0:
		return None
	goods = amount * price if per is None else amount * price / per
	net = goods.quantize(MILLIEME, ROUND_FLOOR)
	if extras := every(line, "cac:AllowanceCharge"):
		net += total([node for node in extras if is_charge(node)], "cbc:Amount")
		net -= total([node for node in extras if is_allowance(node)], "cbc:Amount")
	return to_cents(net)


@rule(
	RULES,
	"BR-KSA-EN16931-11",
	WARNING,
	LINE,
	at=NET,
	en="The line net amount is {net}; quantity × price with the line's charges and allowances is {expected}. Correct "
	"the amount.",
	ar="صافي مبلغ البند هو {net}، بينما الكمية × السعر مع رسوم البند وخصوماته يساوي {expected}. صحِّح المبلغ.",
)
def net_amount(view: View, line: Element) -> Outcome:
	net, expected = number(line, NET), expected_net(line)
	if net is not None and expected is not None and abs(net - expected) in NEAR:
		return None
	return {"net": value(line, NET) or "-", "expected": "-" if expected is None else expected}


@rule(
	RULES,
	"BR-KSA-51",
	WARNING,
	LINE,
	at=GROSS,
	en="The line amount with VAT is {gross}; net {net} plus VAT {tax} is {expected}. Correct it.",
	ar="مبلغ البند شامل الضريبة هو {gross}، بينما الصافي {net} مع الضريبة {tax} يساوي {expected}. صحِّحه.",
)
def line_with_vat(view: View, line: Element) -> Outcome:
	if not filled(line, TAX):
		return None
	gross, net, tax = number(line, GROSS), number(line, NET), number(line, TAX)
	expected = None if net is None or tax is None else to_cents(net + tax)
	if gross is not None and expected is not None and gross.quantize(HALALA) == expected:
		return None
	return {"gross": gross, "net": net, "tax": tax, "expected": expected}
