"""What the two READMEs say of `bin/demo` and `bin/test` is what these take, and the other way round."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
OPTION = re.compile(r"--[a-z]+")
READMES = ("README.md", "README.ar.md")
# The README shows these with the installed command only.
ELSEWHERE = {"--help"}


def options_of(command: str) -> set[str]:
	shown = subprocess.run(
		[sys.executable, str(PROJECT / "bin" / command), "--help"], capture_output=True, text=True, check=True
	)
	assert shown.stdout.startswith(f"usage: bin/{command}")
	return set(OPTION.findall(shown.stdout)) - ELSEWHERE


def section(readme: str) -> str:
	"""From the two commands up to the next heading."""
	text = (PROJECT / readme).read_text()
	return text[text.index("bin/demo\n") :].split("\n## ")[0]


@pytest.mark.parametrize("readme", READMES)
def test_every_option_is_told(readme: str) -> None:
	told = set(OPTION.findall(section(readme)))
	assert (options_of("demo") | options_of("test")) - told == set()


@pytest.mark.parametrize("readme", READMES)
def test_no_option_is_told_that_is_not_there(readme: str) -> None:
	told = set(OPTION.findall(section(readme)))
	assert told - options_of("demo") - options_of("test") == set()
