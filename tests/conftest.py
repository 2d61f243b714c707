"""What every kind of test shares: where the project and its facts are, and how hypothesis behaves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"

settings.register_profile("sample", max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("full", max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
FULL = bool(os.environ.get("SCB_FULL"))
settings.load_profile("full" if FULL else "sample")


def pytest_configure() -> None:
	"""Where tests run in several processes, each has the sites of its own number."""
	worker = os.environ.get("PYTEST_XDIST_WORKER")
	for key in ("SCB_TEST_SITE", "SCB_COMMIT_SITE"):
		if worker and os.environ.get(key):
			os.environ[key] = os.environ[key].split(",")[int(worker.removeprefix("gw"))]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
	if FULL:
		return
	skip = pytest.mark.skip(reason="only in bin/test --full")
	for item in items:
		if "full" in item.keywords:
			item.add_marker(skip)


@pytest.fixture(scope="session")
def zatca_data() -> Path:
	"""Folder of ZATCA's official samples and rule list; the test is skipped where it is absent."""
	folder = SHARED / "data" / "zatca"
	if not folder.is_dir():
		pytest.skip(f"official ZATCA data not found at {folder}")
	return folder
