"""A sandbox for a module of tests, its faults cleared around each test, and a unit that is onboarded with it."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import e_invoicing_helpers as zatca
import pytest
from frappe.model.document import Document

from saudi_crm_billing.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def gateway() -> Iterator[Sandbox]:
	with Sandbox() as sandbox:
		yield sandbox


@pytest.fixture
def sandbox(gateway: Sandbox) -> Iterator[Sandbox]:
	gateway.faults.clear()
	yield gateway
	gateway.faults.clear()


@pytest.fixture
def unit(site: ModuleType, sandbox: Sandbox) -> Document:
	return zatca.an_active_unit(sandbox.base_url)
