"""An e-invoice as data: frozen, complete, and free of any ERP. Amounts are `Decimal` in the document's currency.

Names in brackets are ZATCA's business terms (XML Implementation Standard v1.2). What a rule forbids is said by
`rules.check` on the built document; this module holds only the shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum


class TypeCode(Enum):
	"""What the document is [BT-3]."""

	INVOICE = "388"
	PREPAYMENT = "386"
	DEBIT_NOTE = "383"
	CREDIT_NOTE = "381"


class Subtype(Enum):
	"""Standard (cleared before it is given to the buyer) or simplified (reported within 24 hours) [KSA-2]."""

	STANDARD = "01"
	SIMPLIFIED = "02"


class VatCategory(Enum):
	"""VAT category codes that KSA uses of UN/CEFACT 5305."""

	STANDARD = "S"
	ZERO = "Z"
	EXEMPT = "E"
	OUT_OF_SCOPE = "O"


class PaymentMeansCode(Enum):
	"""The subset of UNTDID 4461 that ZATCA accepts [BT-81]."""

	UNDEFINED = "1"
	CASH = "10"
	CREDIT = "30"
	BANK_ACCOUNT = "42"
	CARD = "48"


class Scheme(Enum):
	"""Kinds of identification; TIN, NAT, GCC, IQA and PAS are for buyers only [BT-29-1, BT-46-1]."""

	TIN = "TIN"
	CRN = "CRN"
	MOM = "MOM"
	MLS = "MLS"
	SEVEN_HUNDRED = "700"
	SAG = "SAG"
	NAT = "NAT"
	GCC = "GCC"
	IQA = "IQA"
	PAS = "PAS"
	OTHER = "OTH"


@dataclass(frozen=True)
class Vat:
	"""Category, rate in percent, and for Z, E and O the VATEX code and its text."""

	category: VatCategory
	rate: Decimal
	exemption_code: str = ""
	exemption_reason: str = ""


@dataclass(frozen=True)
class Address:
	"""A national address; a buyer's abroad needs only street, city and country."""

	street: str = ""
	building_number: str = ""
	district: str = ""
	city: str = ""
	postal_code: str = ""
	country_code: str = "SA"
	additional_street: str = ""
	additional_number: str = ""
	province: str = ""


@dataclass(frozen=True)
class Identification:
	scheme: Scheme
	value: str


@dataclass(frozen=True)
class Party:
	"""Seller or buyer; of a simplified invoice's buyer any part may be absent."""

	name: str
	vat_number: str = ""
	identification: Identification | None = None
	address: Address | None = None


@dataclass(frozen=True)
class Allowance:
	"""A discount, or with `charge` a surcharge, on one line; `amount` is positive and excludes VAT."""

	amount: Decimal
	reason: str = ""
	reason_code: str = ""
	charge: bool = False


@dataclass(frozen=True)
class DocumentAllowance(Allowance):
	"""A discount or charge on the whole document, within one VAT category [BG-20, BG-21]."""

	vat: Vat = Vat(VatCategory.STANDARD, Decimal(15))


@dataclass(frozen=True)
class Line:
	"""One line; `unit_price` is net of VAT, for `base_quantity` units [BT-146, BT-149]."""

	name: str
	quantity: Decimal
	unit_price: Decimal
	vat: Vat
	unit_code: str = "PCE"
	allowances: tuple[Allowance, ...] = ()
	base_quantity: Decimal = Decimal(1)
	seller_item_id: str = ""


@dataclass(frozen=True)
class Prepayment:
	"""An advance already invoiced (type 386) that this invoice settles, per VAT category [KSA-26 … KSA-34]."""

	number: str
	issue_date: date
	issue_time: time
	taxable_amount: Decimal
	tax_amount: Decimal
	vat: Vat
	uuid: str = ""
	name: str = "Advance payment"


@dataclass(frozen=True)
class BillingReference:
	"""The invoice that a credit or debit note corrects [BT-25, BT-26]."""

	number: str
	issue_date: date | None = None


@dataclass(frozen=True)
class PaymentMeans:
	code: PaymentMeansCode = PaymentMeansCode.CREDIT
	account: str = ""


@dataclass(frozen=True)
class Invoice:
	"""Everything that a document says, before signing.

	`flags` are positions 3 and on of the transaction code: third party, nominal, export, summary, self-billed
	and, in the nine-digit form, continuous supply and government. `exchange_rate` is SAR for one unit of
	`currency`. `note_reason` is why a credit or debit note is issued [KSA-10]. Times are Riyadh local time.
	"""

	number: str
	uuid: str
	issue_date: date
	issue_time: time
	type_code: TypeCode
	subtype: Subtype
	icv: int
	previous_hash: str
	seller: Party
	lines: tuple[Line, ...]
	buyer: Party | None = None
	flags: str = "00000"
	currency: str = "SAR"
	exchange_rate: Decimal | None = None
	allowances: tuple[DocumentAllowance, ...] = ()
	prepayments: tuple[Prepayment, ...] = ()
	rounding: Decimal = Decimal(0)
	payment_means: tuple[PaymentMeans, ...] = ()
	note_reason: str = ""
	billing_references: tuple[BillingReference, ...] = ()
	supply_date: date | None = None
	supply_end: date | None = None
	order_reference: str = ""
	contract_reference: str = ""
	notes: tuple[str, ...] = ()

	@property
	def transaction_code(self) -> str:
		"""KSA-2: subtype and flags, 7 or 9 digits."""
		return self.subtype.value + self.flags

	@property
	def is_note(self) -> bool:
		return self.type_code in (TypeCode.CREDIT_NOTE, TypeCode.DEBIT_NOTE)
