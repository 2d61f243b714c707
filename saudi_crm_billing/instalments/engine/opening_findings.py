"""What can be wrong with an opening import file: a finding names the row, the column, the figure and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MESSAGES = {
	"empty": "The file has no rows below its headings.",
	"column_missing": "The column {wanted} is missing. Take the headings of the template.",
	"column_unknown": "The column {heading} is not known. Take the headings of the template, or take the column out.",
	"column_twice": "The column {heading} stands there twice. Take one of them out.",
	"missing": "{column} is empty.",
	"not_a_number": "{value} is not a number.",
	"negative": "{value} is below zero.",
	"too_fine": "{value} has parts of a halala. Give it with two decimals at most.",
	"not_whole": "{value} is not a whole number, zero or more. 0 is the down payment.",
	"not_a_date": "{value} is not a date. Write it as 2026-01-31 or 31/01/2026, or in Hijri as 1447-08-12.",
	"no_such_day": "{value} is a day that does not exist.",
	"date_out_of_range": "{value} is outside 1343 to 1500 AH (1924-08-01 to 2077-11-16).",
	"number_too_large": "Instalment {value} is more than a plan can carry: {limit} at most.",
	"amount_zero": "Instalment {number} of invoice {invoice} is of 0. Take the row out, or enter its amount.",
	"total_too_large": "Invoice {invoice} is of {total}. A plan can carry less than {limit}.",
	"differs": "{column} is {value}, but row {other} of the same invoice {invoice} says {expected}.",
	"number_twice": "Instalment {number} of invoice {invoice} stands in row {other} already.",
	"due_not_rising": (
		"Instalment {number} is due on {due}, not after instalment {before}, due on {due_before} (row {other})."
	),
	"due_before_invoice": "Instalment {number} is due on {due}, before the invoice's date {posting}.",
	"in_future": "{column} {value} is after today, {today}.",
	"total_wrong": (
		"Invoice Total of {invoice} is {total}, but its instalments (rows {first} to {last}) add up to {sum}: "
		"{difference} apart."
	),
	"paid_over": "Paid So Far of instalment {number} is {paid}, more than its amount of {amount}.",
	"paid_out_of_order": (
		"Instalment {number} has {paid} paid, but the earlier instalment {before} still owes {owed} (row {other}). "
		"Payments settle the oldest first: correct the file, or tick that what was paid is spread over the oldest."
	),
	"wholly_paid": "Invoice {invoice} is wholly paid ({total}): nothing is owed. Take its rows out.",
	"customer_unknown": "There is no Customer {value}. Make it first, or correct the name.",
	"customer_ambiguous": "{count} customers are named {value}. Write the ID of the one that is meant.",
	"customer_disabled": "Customer {value} is disabled. Enable it first.",
	"imported_already": "Invoice {invoice} was imported already, as {sales_invoice}.",
	"currency_unknown": "There is no enabled currency {value}.",
	"currency_of_account": (
		"The invoice is in {currency} but the receivable account {account} is kept in {account_currency}. Choose a "
		"receivable account in {currency}, and import the other currencies from another file."
	),
	"rate_missing": "Exchange Rate is needed: {currency} is not the company's currency {company_currency}.",
	"no_fiscal_year": "No Fiscal Year of the company holds the invoice's date {posting}. Add one first.",
	"books_closed": "The books are frozen up to {upto}: an invoice of {posting} cannot be posted.",
	"period_closed": (
		"A Period Closing Voucher was posted: ERPNext takes no opening entries of {company} any more."
	),
	"over_credit_limit": (
		"Customer {customer} would owe {owed}, beyond the credit limit of {limit}. Raise the limit first."
	),
}
"""What each code says in English; also the source texts for translation."""


@dataclass(frozen=True)
class Finding:
	"""One thing that is wrong; `row` is the file's, 1 being the headings, and 0 the file as a whole."""

	row: int
	column: str
	value: str
	code: str
	params: Mapping[str, object] = field(default_factory=dict)
