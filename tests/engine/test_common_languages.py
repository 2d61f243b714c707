from __future__ import annotations

import pytest

from saudi_crm_billing.common.languages import is_arabic


@pytest.mark.parametrize("code", ["ar", "ar-SA", "AR"])
def test_arabic(code: str) -> None:
	assert is_arabic(code)


@pytest.mark.parametrize("code", [None, "", "en", "arz", "sa-ar"])
def test_not_arabic(code: str | None) -> None:
	assert not is_arabic(code)
