"""A sandbox for a module of tests, and a unit that is onboarded with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox_client import Unit, a_sandbox, an_onboarded_unit

from saudi_crm_billing.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
	with a_sandbox() as running:
		yield running


@pytest.fixture
def unit(sandbox: Sandbox) -> Unit:
	return an_onboarded_unit(sandbox)
