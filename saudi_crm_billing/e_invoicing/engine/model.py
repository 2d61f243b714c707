"""An e-invoice as data: frozen, complete, and free of any ERP. Amounts are `Decimal` in the document's currency.

Names in brackets are ZATCA's business terms (XML Implementation Standard v1.2). What a rule forbids is said by
`rules.check` on the built document; this module holds only the shapes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum

from saudi_crm_billing.e_invoicing.engine.errors import InvalidInvoice


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


@dataclass(frozen=True)
class TransactionCode:
	"""What kind of transaction the document is about [KSA-2]: its subtype, and what else is true of it.

	`third_party`: issued by another on the seller's behalf. `nominal`: a supply without consideration that the law
	deems one. `summary`: several supplies of a period. `self_billed`: issued by the buyer. `continuous_supply` and
	`government` have a place since R3.4.8 of ZATCA's rules. `InvalidInvoice` where two exclude each other.
	"""

	subtype: Subtype
	third_party: bool = False
	nominal: bool = False
	export: bool = False
	summary: bool = False
	self_billed: bool = False
	continuous_supply: bool = False
	government: bool = False

	def __post_init__(self) -> None:
		if self.self_billed and self.export:
			raise InvalidInvoice("self-billed-export")  # BR-KSA-07
		if self.self_billed and self.subtype is Subtype.SIMPLIFIED:
			raise InvalidInvoice("self-billed-simplified")  # BR-KSA-31

	@classmethod
	def parse(cls, text: str) -> TransactionCode:
		"""The code of its seven or nine digits; `InvalidInvoice` for any other text (BR-KSA-06)."""
		if not re.fullmatch(r"0[12][01]{5}([01]{2})?", text):
			raise InvalidInvoice("transaction-code", value=text)
		return cls(Subtype(text[:2]), *(digit == "1" for digit in text[2:]))

	def __str__(self) -> str:
		"""Seven digits; nine where one of the last two says something, as not every reader knows those."""
		facts: tuple[bool, ...] = (
			self.third_party,
			self.nominal,
			self.export,
			self.summary,
			self.self_billed,
		)
		if self.continuous_supply or self.government:
			facts += (self.continuous_supply, self.government)
		return self.subtype.value + "".join("1" if fact else "0" for fact in facts)


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

	`exchange_rate` is SAR for one unit of `currency`. `supply_end` is the last day of a supply that goes on from
	`supply_date` [KSA-24]. `note_reason` is why a credit or debit note is issued [KSA-10]. Times are Riyadh local time.
	"""

	number: str
	uuid: str
	issue_date: date
	issue_time: time
	type_code: TypeCode
	transaction: TransactionCode
	icv: int
	previous_hash: str
	seller: Party
	lines: tuple[Line, ...]
	buyer: Party | None = None
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
	def subtype(self) -> Subtype:
		return self.transaction.subtype

	@property
	def is_note(self) -> bool:
		return self.type_code in (TypeCode.CREDIT_NOTE, TypeCode.DEBIT_NOTE)
