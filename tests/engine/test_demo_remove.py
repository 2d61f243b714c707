"""`bin/demo --remove` on a bench of folders: it leaves what was there before the demo, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "bin"))

import _demo_site as demo  # noqa: E402
from _workshop import APP, Bench, start_in_background  # noqa: E402

APPS = "frappe\nerpnext\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
	"""A bench as far as the app's link, path file, list and assets go; its Python is the one of this test."""
	packages = tmp_path / "env" / "lib" / "python3.11" / "site-packages"
	for folder in (
		packages,
		tmp_path / "env" / "bin",
		tmp_path / "apps" / "frappe",
		tmp_path / "sites" / "assets",
	):
		folder.mkdir(parents=True)
	python = tmp_path / "env" / "bin" / "python"
	python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
	python.chmod(0o755)
	(tmp_path / "sites" / "apps.txt").write_text(APPS)
	(tmp_path / "sites" / "assets" / "frappe").symlink_to(tmp_path / "apps" / "frappe")
	return Bench(tmp_path)


def everything(bench: Bench) -> dict[str, str]:
	"""Each path of the bench with what it holds or points to."""
	found = {}
	for path in sorted(bench.path.rglob("*")):
		name = str(path.relative_to(bench.path))
		if path.is_symlink():
			found[name] = f"-> {os.readlink(path)}"
		else:
			found[name] = path.read_text() if path.is_file() else "/"
	return found


def put_another_checkout(bench: Bench) -> None:
	"""The app as a developer has it: from another folder, listed, with assets and a dump of bin/test."""
	other = bench.path / "elsewhere"
	(other / APP / "public").mkdir(parents=True)
	bench.app_link.symlink_to(other)
	bench.asset_link.symlink_to(other / APP / "public")
	bench.app_path_file.write_text(f"{other}\n")
	(bench.sites / "apps.txt").write_text(f"frappe\n{APP}\nerpnext\n")
	bench.own_folder.mkdir()
	(bench.own_folder / "company-15.sql.gz").write_text("dump")


def test_a_bench_that_lacked_the_app_has_nothing_of_it_after_removal(bench: Bench) -> None:
	before = everything(bench)
	demo.put_app(bench)
	assert bench.app_link.resolve() == PROJECT and bench.asset_link.exists() and bench.app_path_file.exists()
	assert (bench.sites / "apps.txt").read_text().split()[-1] == APP
	(bench.own_folder / "mail" / "new").mkdir(parents=True)
	(bench.own_folder / "company-15.sql.gz").write_text("dump")
	assert demo.remove(bench) == 0
	assert everything(bench) == before


def test_a_bench_that_had_the_app_from_elsewhere_has_it_from_there_again(bench: Bench) -> None:
	put_another_checkout(bench)
	before = everything(bench)
	demo.put_app(bench)
	assert bench.app_link.resolve() == PROJECT
	demo.remove(bench)
	assert everything(bench) == before


def test_removal_without_a_demo_changes_nothing(bench: Bench) -> None:
	put_another_checkout(bench)
	before = everything(bench)
	demo.remove(bench)
	assert everything(bench) == before


def test_an_attempt_that_broke_off_is_taken_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
	before = everything(bench)

	def broken(self: Bench) -> None:
		raise OSError("no space left")

	monkeypatch.setattr(Bench, "_link_assets", broken)
	with pytest.raises(OSError, match="no space"):
		demo.put_app(bench)
	assert bench.app_link.is_symlink()
	demo.remove(bench)
	assert everything(bench) == before


def test_the_demos_servers_end_and_others_do_not(bench: Bench) -> None:
	sleep = ["-c", "import time; time.sleep(60)"]
	ours, others = (start_in_background([sys.executable, *sleep]) for _server in range(2))
	demo.write_state(bench, {"before": None, "servers": [{"pid": ours.pid, "arguments": sleep}]})
	try:
		demo.remove(bench)
		assert ours.wait(5) != 0
		assert others.poll() is None
	finally:
		others.kill()
		others.wait()


def test_a_number_that_another_process_has_now_is_left(bench: Bench) -> None:
	other = subprocess.Popen(["sleep", "60"], start_new_session=True)
	demo.write_state(bench, {"before": None, "servers": [{"pid": other.pid, "arguments": ["serve"]}]})
	try:
		demo.remove(bench)
		assert other.poll() is None
	finally:
		other.kill()
		other.wait()
