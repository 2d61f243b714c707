"""The console command `saudi-crm-billing`: the engines without a site.

Exit status: 0 done, 1 the document has errors, 2 the input cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from saudi_crm_billing.common.dates import RIYADH, parse_date


def main(arguments: Sequence[str] | None = None) -> int:
	options = parser().parse_args(arguments)
	return int(options.run(options))


def parser() -> argparse.ArgumentParser:
	top = argparse.ArgumentParser(
		prog="saudi-crm-billing", description="Saudi billing without an ERPNext site"
	)
	commands = top.add_subparsers(required=True, metavar="COMMAND")
	add_demo(commands)
	add_plan(commands)
	add_check(commands)
	add_sandbox(commands)
	return top


def add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
	command = commands.add_parser(
		"demo", help="play the story from a won deal to an overdue alert on plain files"
	)
	command.add_argument(
		"--out", type=Path, default=Path("demo-out"), metavar="DIR", help="folder for the results"
	)
	command.add_argument(
		"--date", type=iso_date, metavar="YYYY-MM-DD", help="the day on which alerts are sent"
	)
	command.add_argument(
		"--story", type=Path, metavar="FILE.yaml", help="another story than the built-in one"
	)
	command.set_defaults(run=run_demo)


def add_plan(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
	command = commands.add_parser("plan", help="make an instalment plan, exact to the halala")
	command.add_argument("--total", required=True, help="amount to pay, in SAR")
	command.add_argument("--count", required=True, help="number of instalments, without the down payment")
	command.add_argument(
		"--start", required=True, metavar="YYYY-MM-DD", help="due date of the first instalment"
	)
	command.add_argument("--calendar", choices=("gregorian", "hijri"), default="gregorian")
	command.add_argument("--down-payment", default="0", help="amount due at once, in SAR")
	command.add_argument("--day", help="day of the month on which instalments fall due, 1 to 31")
	command.add_argument(
		"--shift",
		choices=("none", "previous", "next", "nearest"),
		default="none",
		help="where a due date on a Friday or Saturday moves",
	)
	command.add_argument("--json", action="store_true", help="print JSON")
	command.set_defaults(run=run_plan)


def add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
	command = commands.add_parser("check", help="check a UBL invoice against ZATCA's business rules")
	command.add_argument("file", type=Path, metavar="FILE.xml")
	command.add_argument("--json", action="store_true", help="print JSON")
	command.set_defaults(run=run_check)


def add_sandbox(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
	command = commands.add_parser("sandbox", help="run a local ZATCA gateway until stopped")
	command.add_argument("--port", type=int, default=8790)
	command.add_argument(
		"--faults",
		type=Path,
		metavar="FILE",
		help="a script of faults (JSON): what its calls are answered with",
	)
	command.set_defaults(run=run_sandbox)


def iso_date(text: str) -> date:
	try:
		return parse_date(text)
	except ValueError:
		raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as YYYY-MM-DD") from None


# Each command imports its own part, so that a plan needs no XML library and a check no YAML.


def run_demo(options: argparse.Namespace) -> int:
	try:
		from saudi_crm_billing.demo.offline import run
	except ModuleNotFoundError as error:
		return refuse(f"the demo needs {error.name}: pip install 'saudi_crm_billing[demo]'")
	try:
		return run(options.out, options.date, options.story, sys.stdout, datetime.now(RIYADH))
	except OSError as error:
		return refuse(f"{options.out} cannot be written: {error.strerror}. Choose another folder with --out.")


def refuse(text: str) -> int:
	print(text, file=sys.stderr)
	return 2


def run_plan(options: argparse.Namespace) -> int:
	from saudi_crm_billing.instalments.plan_command import plan

	return plan(
		options.total,
		options.count,
		options.start,
		options.calendar,
		options.down_payment,
		options.day,
		options.shift,
		options.json,
		sys.stdout,
	)


def run_check(options: argparse.Namespace) -> int:
	from saudi_crm_billing.e_invoicing.checks.check_command import check_file

	return check_file(options.file, options.json, sys.stdout)


def run_sandbox(options: argparse.Namespace) -> int:
	from saudi_crm_billing.sandbox.command import serve

	return serve(options.port, sys.stdout, options.faults)


if __name__ == "__main__":
	sys.exit(main())
