"""Terms from which no plan can be made: what each refusal says, with its figures."""

from __future__ import annotations

from saudi_crm_billing.instalments.engine.refusal import Refusal

MESSAGES = {
	"total_not_positive": "The amount to spread over instalments is {total}. Enter an amount above zero.",
	"total_too_large": "A total of {total} is more than a plan can carry. Check the amount.",
	"total_too_fine": "The amount {total} has parts of a halala. Give it with two decimals at most.",
	"count_too_small": "A plan of {count} instalments cannot be made. Enter at least 1.",
	"amount_too_small": (
		"{amount} cannot be spread over {count} instalments of at least 0.01 each. "
		"Lower the number of instalments or the down payment."
	),
	"below_minimum": (
		"Instalment {number} would be {amount}, less than the minimum of {minimum}. "
		"{rest} allows {most} equal instalments at most."
	),
	"rest_below_minimum": (
		"{rest} to spread is less than the minimum instalment of {minimum}. "
		"Lower the down payment, or choose another plan."
	),
	"down_payment_negative": "The down payment is {down_payment}. Enter zero or more.",
	"down_payment_too_large": (
		"The down payment of {down_payment} must be less than the total of {total}. "
		"Lower it, or sell without a plan."
	),
	"down_payment_too_late": (
		"The down payment on {down_payment_on} would fall after the first instalment on {start}. "
		"Choose a later first due date."
	),
	"balloon_negative": "The last instalment is to be {balloon}. Enter zero or more.",
	"balloon_alone": "A larger last instalment needs at least 2 instalments; the plan has {count}.",
	"balloon_too_large": (
		"The last instalment of {balloon} leaves nothing of {rest} for the {others} instalments before it. "
		"Lower it or the down payment."
	),
	"balloon_too_small": (
		"The last instalment of {balloon} would not be larger than the others of {amount}. "
		"Raise it, or leave it empty for equal instalments."
	),
	"balloon_with_rows": (
		"A plan has instalments of its own size or a larger last instalment, not both. Clear one of them."
	),
	"rows_count": (
		"The template sets {rows} instalments one by one; {count} cannot be made of it. "
		"Leave the number empty, or choose another template."
	),
	"rows_percent_sum": "The percentages of the instalments add up to {sum} %. They must make exactly 100 %.",
	"rows_percent": "Instalment {number} has {percent} %. Enter a percentage above zero.",
	"rows_not_rising": (
		"Instalment {number} falls {months} months after the first due date, not later than the one before "
		"it ({before}). Each must be later than the one before."
	),
	"day_out_of_range": "Day {day} does not exist in a month. Choose a day from 1 to {last_day}.",
	"day_without_months": (
		"A day of the month cannot be kept where the instalments follow every day or week. "
		"Clear the day, or choose months."
	),
	"salary_in_hijri": (
		"Salaries are paid by the Gregorian calendar. Choose the Gregorian calendar or another day of the month."
	),
	"cycle_too_short": (
		"One instalment in a salary month cannot be kept where the instalments follow every {step} days. "
		"Choose months, or clear the rule."
	),
	"interval_too_small": "An interval of {every} cannot be used. Enter at least 1.",
	"term_too_small": "A longest term of {months} months cannot be used. Enter at least 1, or nothing.",
	"term_too_long": (
		"The last instalment would fall due on {last}; {months} months allow {limit} at the latest. "
		"Choose fewer instalments or an earlier first due date."
	),
	"date_out_of_range": (
		"The plan reaches {date}, outside 1343 to 1500 AH (1924-08-01 to 2077-11-16), the years of the "
		"Umm al-Qura calendar. Choose another first due date or fewer instalments."
	),
}
"""What each code says in English; also the source texts for translation."""


class PlanError(Refusal):
	"""Terms from which no schedule can be made: `code` (a key of MESSAGES) and the `params` of its text."""

	messages = MESSAGES
