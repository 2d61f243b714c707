"""Cases of the rules on lines, allowances, VAT, totals and prepayments."""

from __future__ import annotations

from e_invoicing_rules_case import (
	ACCOUNTED,
	ALLOWANCE,
	CHARGE,
	FACTOR,
	ITEM,
	LINE,
	LINE_ALLOWANCE,
	LINE_CHARGE,
	PRICE,
	REASON,
	REASON_CODE,
	REFERENCE,
	SETTLED,
	TAX_TOTAL,
	TOTAL,
	case,
	coded,
	finer,
	longer,
	settled,
	sub,
)
from e_invoicing_rules_documents import (
	ADVANCE,
	FOREIGN,
	after,
	attribute,
	drop,
	text,
)

LINES = [
	case("BR-21", text(f"{LINE}/cbc:ID", "")),
	coded("BR-22", f"{LINE}/cbc:InvoicedQuantity", "0.00", "0"),
	case("BR-24", drop(f"{LINE}/cbc:LineExtensionAmount")),
	case("BR-25", text(f"{ITEM}/cbc:Name", "")),
	case("BR-26", drop(f"{PRICE}/cbc:PriceAmount")),
	case("BR-CO-04", drop(f"{ITEM}/cac:ClassifiedTaxCategory")),
	case("BR-54", drop(f"{ITEM}/cac:AdditionalItemProperty/cbc:Value")),
	case("BR-KSA-52", drop(f"{LINE}/cac:TaxTotal/cbc:TaxAmount")),
	case("BR-KSA-53", drop(f"{LINE}/cac:TaxTotal/cbc:RoundingAmount")),
	coded("BR-KSA-51", f"{LINE}/cac:TaxTotal/cbc:RoundingAmount", "223.1", "223.11"),
	coded("BR-KSA-EN16931-11", f"{LINE}/cbc:LineExtensionAmount", "194.01", "194.02"),
	coded("BR-KSA-EN16931-12", f"{PRICE}/cbc:BaseQuantity", "0.5", "-1"),
	coded("BR-KSA-EN16931-06", f"{PRICE}/cac:AllowanceCharge/cbc:ChargeIndicator", "false", "true"),
	coded("BR-KSA-EN16931-07", f"{PRICE}/cac:AllowanceCharge/cbc:BaseAmount", "25", "25.01"),
	coded("BR-KSA-F-C-01", f"{ITEM}/cbc:Name", "12345 bolts", "12345"),
	finer("BR-DEC-23", f"{LINE}/cbc:LineExtensionAmount"),
	finer("BR-KSA-DEC-03", f"{LINE}/cac:TaxTotal/cbc:TaxAmount"),
	finer("BR-KSA-DEC-04", f"{LINE}/cac:TaxTotal/cbc:RoundingAmount"),
	coded("BR-KSA-F-06-C17", f"{LINE}/cbc:ID", "123456", "1234567"),
	coded("BR-KSA-F-06-C19", f"{ITEM}/cbc:Name", "abc", "ab"),
	longer("BR-KSA-F-06-C20", f"{ITEM}/cac:StandardItemIdentification/cbc:ID", 127),
	longer("BR-KSA-F-06-C30", f"{ITEM}/cac:BuyersItemIdentification/cbc:ID", 127),
	longer("BR-KSA-F-06-C31", f"{ITEM}/cac:SellersItemIdentification/cbc:ID", 127),
	case(
		"BR-KSA-F-06-C18",
		attribute(f"{LINE}/cbc:InvoicedQuantity", "unitCode", "x" * 128),
		keeps=(attribute(f"{LINE}/cbc:InvoicedQuantity", "unitCode", "x" * 127),),
	),
	case(
		"BR-KSA-F-06-C21",
		attribute(f"{PRICE}/cbc:BaseQuantity", "unitCode", "x" * 128),
		keeps=(attribute(f"{PRICE}/cbc:BaseQuantity", "unitCode", "x" * 127),),
	),
]

ALLOWANCES = [
	case("BR-31", drop(f"{ALLOWANCE}/cbc:Amount")),
	case("BR-32", drop(f"{ALLOWANCE}/cac:TaxCategory")),
	case("BR-36", drop(f"{CHARGE}/cbc:Amount")),
	case("BR-37", drop(f"{CHARGE}/cac:TaxCategory")),
	case("BR-41", drop(f"{LINE_ALLOWANCE}/cbc:Amount")),
	case("BR-43", drop(f"{LINE_CHARGE}/cbc:Amount")),
	finer("BR-DEC-01", f"{ALLOWANCE}/cbc:Amount"),
	finer("BR-DEC-02", f"{ALLOWANCE}/cbc:BaseAmount"),
	finer("BR-DEC-05", f"{CHARGE}/cbc:Amount"),
	finer("BR-DEC-06", f"{CHARGE}/cbc:BaseAmount"),
	finer("BR-DEC-24", f"{LINE_ALLOWANCE}/cbc:Amount"),
	finer("BR-DEC-25", f"{LINE_ALLOWANCE}/cbc:BaseAmount"),
	finer("BR-DEC-27", f"{LINE_CHARGE}/cbc:Amount"),
	finer("BR-DEC-28", f"{LINE_CHARGE}/cbc:BaseAmount"),
	coded("BR-KSA-F-02", f"{ALLOWANCE}/cbc:ChargeIndicator", "0", "no"),
	coded("BR-KSA-DEC-01", f"{ALLOWANCE}/{FACTOR}", "100.00", "100.01"),
	coded("BR-KSA-EN16931-03", f"{ALLOWANCE}/cbc:Amount", "4.00", "4.01"),
	case("BR-KSA-EN16931-04", drop(f"{ALLOWANCE}/cbc:BaseAmount")),
	case("BR-KSA-EN16931-05", drop(f"{ALLOWANCE}/{FACTOR}")),
	case("BR-KSA-19", drop(f"{CHARGE}/{REASON_CODE}")),
	case("BR-KSA-20", drop(f"{LINE_CHARGE}/{REASON_CODE}")),
	case("BR-KSA-21", drop(f"{CHARGE}/{REASON}")),
	case("BR-KSA-22", drop(f"{LINE_CHARGE}/{REASON}")),
	coded("BR-KSA-CL-06", f"{CHARGE}/{REASON_CODE}", "FC", "QQ"),
	longer("BR-KSA-F-06-C33", f"{CHARGE}/{REASON}", 1000),
	longer("BR-KSA-F-06-C34", f"{LINE_CHARGE}/{REASON}", 1000),
	longer("BR-KSA-F-06-C35", f"{ALLOWANCE}/{REASON}", 1000),
	longer("BR-KSA-F-06-C36", f"{LINE_ALLOWANCE}/{REASON}", 1000),
]

SCHEME = "cac:TaxCategory/cac:TaxScheme/cbc:ID"
VATS = [
	case("BR-45", drop(f"{sub('S')}/cbc:TaxableAmount")),
	case("BR-46", drop(f"{sub('S')}/cbc:TaxAmount")),
	case("BR-47", drop(f"{sub('S')}/cac:TaxCategory/cbc:ID")),
	case(
		"BR-48",
		drop(f"{sub('S')}/cac:TaxCategory/cbc:Percent"),
		keeps=(drop(f"{sub('O')}/cac:TaxCategory/cbc:Percent"),),
	),
	coded("BR-CO-17", f"{sub('Z')}/cbc:TaxAmount", "0.04", "0.05"),
	coded("BR-S-09", f"{sub('S')}/cbc:TaxAmount", "30.04", "30.05"),
	case(
		"BR-S-10",
		after(
			f"{sub('S')}/cac:TaxCategory/cbc:Percent", "<cbc:TaxExemptionReason>x</cbc:TaxExemptionReason>"
		),
	),
	coded("BR-S-05", f"{ITEM}/cac:ClassifiedTaxCategory/cbc:Percent", "5", "0"),
	coded("BR-S-06", f"{ALLOWANCE}/cac:TaxCategory/cbc:Percent", "5", "0"),
	coded("BR-S-07", f"{CHARGE}/cac:TaxCategory/cbc:Percent", "5", "0"),
	finer("BR-DEC-19", f"{sub('S')}/cbc:TaxableAmount"),
	finer("BR-DEC-20", f"{sub('S')}/cbc:TaxAmount"),
	*(case(f"BR-{code}-01", drop(sub(code))) for code in "SZEO"),
	*(
		coded(f"BR-{code}-08", f"{sub(code)}/cbc:TaxableAmount", amount, "1.00")
		for code, amount in (("S", "200"), ("Z", "100.0"))
	),
	*(
		coded(f"BR-{code}-08", f"{sub(code)}/cbc:TaxableAmount", amount, "1.00")
		for code, amount in (("E", "30"), ("O", "20.0"))
	),
	*(coded(f"BR-{code}-09", f"{sub(code)}/cbc:TaxAmount", "0", "0.01") for code in "ZEO"),
	coded("BR-Z-05", "cac:InvoiceLine[2]/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", "0", "15"),
	coded("BR-E-05", "cac:InvoiceLine[3]/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", "0", "15"),
	coded("BR-KSA-11", "cac:InvoiceLine[4]/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", "0", "15"),
	*(
		coded(
			id,
			f"{ALLOWANCE}/cac:TaxCategory/cbc:Percent",
			"0",
			"15",
			(text(f"{ALLOWANCE}/cac:TaxCategory/cbc:ID", code),),
		)
		for id, code in (("BR-Z-06", "Z"), ("BR-E-06", "E"), ("BR-KSA-12", "O"))
	),
	*(
		coded(
			id,
			f"{CHARGE}/cac:TaxCategory/cbc:Percent",
			"0",
			"15",
			(text(f"{CHARGE}/cac:TaxCategory/cbc:ID", code),),
		)
		for id, code in (("BR-Z-07", "Z"), ("BR-E-07", "E"), ("BR-KSA-13", "O"))
	),
	longer("BR-KSA-F-06-C16", f"{sub('Z')}/cac:TaxCategory/cbc:TaxExemptionReason", 1000),
	case("BR-KSA-83", drop(f"{sub('Z')}/cac:TaxCategory/cbc:TaxExemptionReason")),
	*(
		case(id, drop(f"{sub(code)}/cac:TaxCategory/cbc:TaxExemptionReasonCode"))
		for id, code in (("BR-KSA-69", "Z"), ("BR-KSA-23", "E"), ("BR-KSA-24", "O"))
	),
	coded(
		"BR-KSA-CL-04", f"{sub('Z')}/cac:TaxCategory/cbc:TaxExemptionReasonCode", "VATEX-SA-33", "VATEX-SA-29"
	),
	coded("BR-KSA-84", f"{ITEM}/cac:ClassifiedTaxCategory/cbc:Percent", "5", "10"),
	coded("BR-KSA-84", f"{sub('S')}/cac:TaxCategory/cbc:Percent", "15", "14.99"),
	coded("BR-KSA-84", f"{ALLOWANCE}/cac:TaxCategory/cbc:Percent", "5.00", "5.01"),
	coded("BR-KSA-84", f"{SETTLED}/cac:TaxCategory/cbc:Percent", "15", "20", ADVANCE),
]

TOTALS = [
	case("BR-13", drop(f"{TOTAL}/cbc:TaxExclusiveAmount")),
	case("BR-14", drop(f"{TOTAL}/cbc:TaxInclusiveAmount")),
	case("BR-15", drop(f"{TOTAL}/cbc:PayableAmount")),
	coded("BR-CO-10", f"{TOTAL}/cbc:LineExtensionAmount", "344", "344.01"),
	coded("BR-CO-11", f"{TOTAL}/cbc:AllowanceTotalAmount", "4", "4.01"),
	coded("BR-CO-12", f"{TOTAL}/cbc:ChargeTotalAmount", "10", "9.99"),
	case("BR-CO-12", text(f"{TOTAL}/cbc:ChargeTotalAmount", "")),
	coded("BR-CO-13", f"{TOTAL}/cbc:TaxExclusiveAmount", "350", "349.99"),
	case("BR-CO-13", text(f"{TOTAL}/cbc:ChargeTotalAmount", "")),
	coded("BR-CO-14", f"{TAX_TOTAL}/cbc:TaxAmount", "30", "30.01"),
	coded("BR-CO-15", f"{TOTAL}/cbc:TaxInclusiveAmount", "380", "380.01"),
	case("BR-CO-15", attribute("cac:TaxTotal/cbc:TaxAmount", "currencyID", "USD")),
	coded("BR-CO-16", f"{TOTAL}/cbc:PayableAmount", "380.4", "380.00"),
	case("BR-CO-18", drop("cac:TaxTotal/cac:TaxSubtotal")),
	case("BR-53", attribute(f"{ACCOUNTED}/cbc:TaxAmount", "currencyID", "USD")),
	case("BR-KSA-EN16931-08", drop("cac:TaxTotal/cac:TaxSubtotal")),
	case("BR-KSA-EN16931-09", drop(ACCOUNTED)),
	coded("BR-KSA-97", f"{ACCOUNTED}/cbc:TaxAmount", "112.50", "30.00", FOREIGN),
	finer("BR-DEC-09", f"{TOTAL}/cbc:LineExtensionAmount"),
	finer("BR-DEC-10", f"{TOTAL}/cbc:AllowanceTotalAmount"),
	finer("BR-DEC-11", f"{TOTAL}/cbc:ChargeTotalAmount"),
	finer("BR-DEC-12", f"{TOTAL}/cbc:TaxExclusiveAmount"),
	finer("BR-DEC-13", f"{TAX_TOTAL}/cbc:TaxAmount"),
	finer("BR-DEC-14", f"{TOTAL}/cbc:TaxInclusiveAmount"),
	finer("BR-DEC-15", f"{ACCOUNTED}/cbc:TaxAmount"),
	finer("BR-DEC-16", f"{TOTAL}/cbc:PrepaidAmount", ADVANCE),
	finer("BR-DEC-17", f"{TOTAL}/cbc:PayableRoundingAmount"),
	finer("BR-DEC-18", f"{TOTAL}/cbc:PayableAmount"),
]

PREPAYMENTS = [
	case("BR-KSA-73", drop(f"{REFERENCE}/cbc:IssueTime"), start=ADVANCE),
	case("BR-KSA-73", drop(REFERENCE), start=ADVANCE),
	coded("BR-KSA-74", f"{REFERENCE}/cbc:DocumentTypeCode", "386", "388", ADVANCE),
	case("BR-KSA-75", drop(SETTLED), start=ADVANCE),
	coded("BR-KSA-79", f"{SETTLED}/cbc:TaxAmount", "15.01", "15.02", ADVANCE),
	case(
		"BR-KSA-79",
		settled("Z"),
		text(f"{SETTLED}/cbc:TaxAmount", "0.01"),
		keeps=(settled("Z"),),
		start=ADVANCE,
	),
	case(
		"BR-KSA-79",
		drop(f"{SETTLED}/cac:TaxCategory/cbc:Percent"),
		start=(*ADVANCE, drop(f"{TOTAL}/cbc:PrepaidAmount")),
	),
	case(
		"BR-KSA-79",
		settled("E"),
		text(f"{SETTLED}/cbc:TaxAmount", "1"),
		start=(*ADVANCE, drop(f"{TOTAL}/cbc:PrepaidAmount")),
	),
	coded("BR-KSA-80", f"{TOTAL}/cbc:PrepaidAmount", "115", "100.00", ADVANCE),
	case("BR-KSA-82", text("cac:InvoiceLine[5]/cac:Price/cbc:PriceAmount", "1.00"), start=ADVANCE),
	case(
		"BR-KSA-82",
		after(
			REFERENCE,
			'<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount currencyID="SAR">1.00</cbc:Amount>'
			"</cac:AllowanceCharge>",
		),
		start=ADVANCE,
	),
	finer("BR-KSA-DEC-06", f"{SETTLED}/cbc:TaxableAmount", ADVANCE),
	*(
		case(
			id,
			settled(code),
			text(f"{SETTLED}/cac:TaxCategory/cbc:Percent", "15"),
			keeps=(settled(code),),
			start=ADVANCE,
		)
		for id, code in (("BR-KSA-76", "Z"), ("BR-KSA-77", "E"), ("BR-KSA-78", "O"))
	),
	*(
		case(id, settled(code), keeps=(settled(code, reason),), start=ADVANCE)
		for id, code, reason in (
			("BR-KSA-93", "Z", "VATEX-SA-32"),
			("BR-KSA-94", "E", "VATEX-SA-30"),
			("BR-KSA-95", "O", "VATEX-SA-OOS"),
		)
	),
	case(
		"BR-KSA-96", drop(f"{SETTLED}//cbc:TaxExemptionReason"), start=(*ADVANCE, settled("E", "VATEX-SA-29"))
	),
	case("BR-KSA-CL-07", settled("Z", "VATEX-SA-29"), keeps=(settled("Z", "VATEX-SA-33"),), start=ADVANCE),
	longer(
		"BR-KSA-F-06-C39",
		f"{SETTLED}/cac:TaxCategory/cbc:TaxExemptionReason",
		1000,
		(*ADVANCE, settled("E", "VATEX-SA-30")),
	),
	coded("BR-KSA-F-05", f"{REFERENCE}/cbc:IssueTime", "09:00:00Z", "9 am", ADVANCE),
]
