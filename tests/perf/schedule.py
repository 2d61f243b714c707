"""Plans a second in the engine: 60 instalments each, by kind of plan. No site, nothing asserted."""

from __future__ import annotations

import argparse
import cProfile
import pstats
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from timing import Stopwatch, machine

from saudi_crm_billing.common.dates import Calendar, Shift
from saudi_crm_billing.instalments.engine.schedule import (
	Frequency,
	IrregularRow,
	PlanTerms,
	build_schedule,
)

ROWS = 60
MONTHLY = PlanTerms(total=Decimal("123456.78"), count=ROWS, start=date(2027, 1, 31))
PERCENTS = (*(Decimal(2) for _ in range(40)), *(Decimal(1) for _ in range(20)))
KINDS = {
	"Gregorian months": MONTHLY,
	"Hijri months": replace(MONTHLY, calendar=Calendar.HIJRI),
	"weeks": replace(MONTHLY, frequency=Frequency.WEEK),
	"down payment, balloon, next workday": replace(
		MONTHLY, down_payment=Decimal(1000), balloon=Decimal(50000), shift=Shift.NEXT
	),
	"salary day, one a salary": replace(MONTHLY, on_salary_day=True, one_per_salary=True),
	"irregular": replace(
		MONTHLY, rows=tuple(IrregularRow(month, percent) for month, percent in enumerate(PERCENTS))
	),
}


def plans_of(terms: PlanTerms, count: int) -> list[PlanTerms]:
	"""Plans of other amounts that begin on other days, as a company's do."""
	return [
		replace(terms, total=terms.total + number, start=terms.start + timedelta(days=number % 365))
		for number in range(count)
	]


def build_all(plans: list[PlanTerms]) -> None:
	for terms in plans:
		build_schedule(terms)


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--plans", type=int, default=1000, help="plans of each kind")
	parser.add_argument("--rounds", type=int, default=5, help="rounds; the first fills the date caches")
	parser.add_argument("--profile", action="store_true", help="say where the time goes")
	options = parser.parse_args()
	print(machine())
	plans = {kind: plans_of(terms, options.plans) for kind, terms in KINDS.items()}
	watch = Stopwatch()
	for _round in range(options.rounds):
		for kind, terms in plans.items():
			with watch.part(kind):
				build_all(terms)
	print(f"\n{options.plans} plans of {ROWS} rows: plans a second")
	for kind in KINDS:
		figures = {"median": watch.wall(kind), "processor": watch.processor(kind)}
		figures["first round"] = watch.samples[kind][0].wall
		shown = "  ".join(f"{name} {options.plans * 1000 / spent:7.0f}" for name, spent in figures.items())
		print(f"  {kind:36} {shown}")
	if options.profile:
		profile = cProfile.Profile()
		profile.runcall(build_all, plans["salary day, one a salary"])
		pstats.Stats(profile).sort_stats("tottime").print_stats(12)
	print(machine())


if __name__ == "__main__":
	main()
