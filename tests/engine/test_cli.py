"""The console command's own part: what it says when it cannot do what is asked."""

from __future__ import annotations

import builtins
from pathlib import Path

import pytest

from saudi_crm_billing import cli


def test_demo_without_its_extra_says_what_to_install(
	monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
	real = builtins.__import__

	def without_jinja(name: str, *arguments: object) -> object:
		if name.startswith("saudi_crm_billing.demo"):
			raise ModuleNotFoundError("No module named 'jinja2'", name="jinja2")
		return real(name, *arguments)  # type: ignore[arg-type]

	monkeypatch.setattr(builtins, "__import__", without_jinja)
	assert cli.main(["demo", "--out", str(tmp_path)]) == 2
	assert "the demo needs jinja2: pip install 'saudi_crm_billing[demo]'" in capsys.readouterr().err


def test_demo_into_a_file_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
	taken = tmp_path / "taken"
	taken.write_text("")
	assert cli.main(["demo", "--out", str(taken)]) == 2
	assert f"{taken} cannot be written" in capsys.readouterr().err


def test_a_date_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
	with pytest.raises(SystemExit) as ended:
		cli.main(["demo", "--date", "2027-02-30"])
	assert ended.value.code == 2
	assert "'2027-02-30' is no date; write it as YYYY-MM-DD" in capsys.readouterr().err
