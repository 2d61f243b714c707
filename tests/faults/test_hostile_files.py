"""Hostile files given to the command `check`: refused, in bounded memory and before long, and nothing outside is read."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 120
"""Seconds, on a machine that others use too; alone each takes a few."""
MEGABYTES = 1 << 20
# The interpreter with its libraries takes about 60, the largest file that is read at all 10.
SMALL, LARGE = 160, 700
INVOICE = '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"{0}>{1}</Invoice>'
CBC = ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
SECRET = "the-secret-of-this-machine"


@dataclass(frozen=True)
class Outcome:
	status: int
	out: str
	err: str
	megabytes: int


def checked(path: Path, memory: int) -> Outcome:
	"""Run the command in a process that may not have more address space than four times `memory`."""

	def limit() -> None:
		resource.setrlimit(resource.RLIMIT_AS, (4 * LARGE * MEGABYTES, 4 * LARGE * MEGABYTES))

	command = [sys.executable, "-m", "saudi_crm_billing.cli", "check", str(path)]
	script = (
		"import resource, subprocess, sys\n"
		f"done = subprocess.run({command!r}, capture_output=True, text=True, timeout={PATIENCE})\n"
		"sys.stdout.write(done.stdout); sys.stderr.write(done.stderr)\n"
		"sys.stderr.write(f'\\nRSS {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024}')\n"
		"sys.exit(done.returncode)\n"
	)
	done = subprocess.run(
		[sys.executable, "-c", script],
		capture_output=True,
		text=True,
		cwd=PROJECT,
		check=False,
		preexec_fn=limit,
		env={**os.environ, "PYTHONPATH": str(PROJECT)},
	)
	err, _, size = done.stderr.rpartition("\nRSS ")
	found = Outcome(done.returncode, done.stdout, err, int(size))
	assert found.megabytes <= memory, found.megabytes
	return found


def written(folder: Path, pieces: Iterator[str]) -> Path:
	path = folder / "hostile.xml"
	with path.open("w", encoding="utf-8") as file:
		file.writelines(pieces)
	return path


def hundred_megabytes() -> Iterator[str]:
	yield INVOICE.format(CBC, "<cbc:Note>").partition("</Invoice>")[0]
	for _ in range(100):
		yield "x" * MEGABYTES
	yield "</cbc:Note></Invoice>"


def laughs() -> Iterator[str]:
	yield "<!DOCTYPE Invoice [<!ENTITY a0 'ha'>"
	for number in range(1, 30):
		yield f"<!ENTITY a{number} '{f'&a{number - 1};' * 10}'>"
	yield f"]>{INVOICE.format(CBC, '<cbc:Note>&a29;</cbc:Note>')}"


def blow_up() -> Iterator[str]:
	"""One long entity, many times: no nesting that a parser's guard would count."""
	yield f"<!DOCTYPE Invoice [<!ENTITY a '{'x' * 100_000}'>]>"
	yield INVOICE.format(CBC, f"<cbc:Note>{'&a;' * 100_000}</cbc:Note>")


def deep() -> Iterator[str]:
	yield INVOICE.format(CBC, "<cbc:Note>" * 400_000)


def flood() -> Iterator[str]:
	yield INVOICE.format(CBC, "<cbc:ID/>" * 1_000_000)


@pytest.mark.parametrize(
	("pieces", "said"),
	[
		(hundred_megabytes, "at most 10000000"),
		(laughs, "document type or entities"),
		(blow_up, "document type or entities"),
		(deep, "not well-formed"),
		(flood, "more than 600000 tags"),
	],
	ids=("100-megabytes", "billion-laughs", "quadratic", "deep", "flood"),
)
def test_a_bomb_is_refused_in_little_memory(pieces: object, said: str, tmp_path: Path) -> None:
	outcome = checked(written(tmp_path, pieces()), SMALL)  # type: ignore[operator]
	assert (outcome.status, outcome.out) == (2, "")
	assert said in outcome.err and "Traceback" not in outcome.err


def test_no_file_outside_is_read(tmp_path: Path) -> None:
	(tmp_path / "secret.txt").write_text(SECRET)
	entity = f'<!DOCTYPE Invoice [<!ENTITY b SYSTEM "file://{tmp_path}/secret.txt">]>'
	outcome = checked(
		written(tmp_path, iter([entity, INVOICE.format(CBC, "<cbc:Note>&b;</cbc:Note>")])), SMALL
	)
	assert outcome.status == 2 and SECRET not in outcome.out + outcome.err


def test_the_largest_that_is_read_stays_bounded(tmp_path: Path) -> None:
	"""Ten megabytes of empty elements, just below both limits, are judged by every rule."""
	outcome = checked(written(tmp_path, iter([INVOICE.format(CBC, "<cbc:ID/>" * 599_000)])), LARGE)
	assert outcome.status == 1 and "Traceback" not in outcome.err
