"""What `bin/demo` does with its command line: everything wrong in it is refused before anything is touched."""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "bin"))

import _demo_site  # noqa: E402
from _workshop import Bench  # noqa: E402

BENCH = Bench(Path("/nowhere/bench"))
Calls = list[tuple[object, ...]]


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
	"""bin/demo, without leaving compiled files beside it."""
	monkeypatch.setattr(sys, "dont_write_bytecode", True)
	loader = SourceFileLoader("bin_demo", str(PROJECT / "bin" / "demo"))
	spec = importlib.util.spec_from_loader("bin_demo", loader)
	assert spec
	module = importlib.util.module_from_spec(spec)
	loader.exec_module(module)
	return module


@pytest.fixture
def calls(demo: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Calls:
	"""What was started; the machine has a bench."""
	seen: Calls = []

	def seeing(name: str) -> object:
		return lambda *arguments: seen.append((name, *arguments)) or 0

	monkeypatch.setattr(demo, "find_bench", lambda: BENCH)
	monkeypatch.setattr(demo, "offline", seeing("offline"))
	monkeypatch.setattr(_demo_site, "play", seeing("play"))
	monkeypatch.setattr(_demo_site, "remove", seeing("remove"))
	return seen


@pytest.mark.parametrize(
	("line", "words"),
	[
		("--offlin", "--offlin"),
		("--remov", "--remov"),
		("--data 2027-02-04", "--data"),
		("here", "here"),
		("--date", "--date: expected one argument"),
		("--date 2027-02-30", "'2027-02-30' is no date; write it as YYYY-MM-DD"),
		("--date 20270131", "'20270131' is no date; write it as YYYY-MM-DD"),
		("--date=soon", "'soon' is no date; write it as YYYY-MM-DD"),
		("--remove --offline", "not allowed with argument"),
		("--remove --date 2027-02-04", "--remove takes no other option"),
		("--remove --out here", "--remove takes no other option"),
	],
)
def test_a_wrong_line_is_refused_before_anything_is_touched(
	demo: ModuleType, calls: Calls, capsys: pytest.CaptureFixture[str], line: str, words: str
) -> None:
	with pytest.raises(SystemExit) as ended:
		demo.main(line.split())
	assert ended.value.code == 2
	assert words in capsys.readouterr().err
	assert calls == []


@pytest.mark.parametrize(
	("line", "call"),
	[
		("", ("play", BENCH, "")),
		("--date 2027-02-04", ("play", BENCH, "2027-02-04")),
		("--date=2027-02-04", ("play", BENCH, "2027-02-04")),
		("--remove", ("remove", BENCH)),
		("--offline", ("offline", [])),
		("--offline --date=2027-02-04", ("offline", ["--date", "2027-02-04"])),
		("--offline --out here", ("offline", ["--out", "here"])),
	],
)
def test_a_right_line_starts_what_it_says(
	demo: ModuleType, calls: Calls, line: str, call: tuple[object, ...]
) -> None:
	assert demo.main(line.split()) == 0
	assert calls == [call]


@pytest.mark.parametrize("option", ["--out", "--story"])
def test_what_only_files_can_do_is_done_on_files_and_said(
	demo: ModuleType, calls: Calls, capsys: pytest.CaptureFixture[str], option: str
) -> None:
	assert demo.main([option, "here", "--date", "2027-02-04"]) == 0
	assert calls == [("offline", ["--date", "2027-02-04", option, "here"])]
	assert f"{option} is for plain files, so the bench is left alone." in capsys.readouterr().out


def test_without_a_bench_everything_is_on_files(
	demo: ModuleType, calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
	monkeypatch.setattr(demo, "find_bench", lambda: None)
	assert demo.main(["--out", "here"]) == 0
	assert calls == [("offline", ["--out", "here"])]
	assert demo.main(["--remove"]) == 0
	assert len(calls) == 1
	assert capsys.readouterr().out == "There is no bench here, so there is no demo site to remove.\n"
