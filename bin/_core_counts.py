"""What a run of ERPNext's tests says of itself, and how two runs compare."""

from __future__ import annotations

import re
from dataclasses import dataclass

RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
BAD = re.compile(r"^(?:FAIL|ERROR): (\w+) ", re.MULTILINE)


@dataclass(frozen=True)
class Counts:
	"""How many tests ran, and the names of those that failed or broke."""

	ran: int
	bad: tuple[str, ...]

	def __str__(self) -> str:
		return f"{self.ran - len(self.bad)} of {self.ran}"


def counts_of(output: str) -> Counts | None:
	"""Read unittest's output; None where the run did not come to its end."""
	ran = RAN.search(output)
	return Counts(int(ran[1]), tuple(sorted(BAD.findall(output)))) if ran else None


def compare(doctype: str, without: Counts, with_app: Counts) -> tuple[str, bool]:
	"""A line of both counts, the names behind it, and whether both sides are the same."""
	same = without == with_app
	verdict = "the same" if same else "DIFFERENT"
	lines = [f"{doctype:<24} without: {without!s:<12} with: {with_app!s:<12} {verdict}"]
	sides = {
		"on both sides": set(without.bad) & set(with_app.bad),
		"only without the app": set(without.bad) - set(with_app.bad),
		"only with the app": set(with_app.bad) - set(without.bad),
	}
	lines += [f"    fails {where}: {', '.join(sorted(names))}" for where, names in sides.items() if names]
	return "\n".join(lines), same
