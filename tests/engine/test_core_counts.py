"""How `bin/core-tests` reads and compares two runs of ERPNext's tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))

from _core_counts import Counts, compare, counts_of

OUTPUT = """...E.F
======================================================================
ERROR: test_make_quotation (erpnext.selling.doctype.quotation.test_quotation.TestQuotation.test_make_quotation)
----------------------------------------------------------------------
Traceback (most recent call last):
frappe.exceptions.ValidationError: ERROR: no rate
======================================================================
FAIL: test_expired (erpnext.selling.doctype.quotation.test_quotation.TestQuotation.test_expired)
----------------------------------------------------------------------
Ran 30 tests in 12.609s

FAILED (failures=1, errors=1)
"""


def test_a_run_is_read_with_the_names_of_what_failed() -> None:
	assert counts_of(OUTPUT) == Counts(30, ("test_expired", "test_make_quotation"))
	assert str(counts_of(OUTPUT)) == "28 of 30"
	assert counts_of("Ran 1 test in 0.1s\n\nOK\n") == Counts(1, ())


def test_a_run_that_broke_off_has_no_counts() -> None:
	assert counts_of("Traceback (most recent call last):\nImportError: payments\n") is None


def test_the_same_result_is_called_so() -> None:
	text, same = compare("Quotation", Counts(30, ("test_a",)), Counts(30, ("test_a",)))
	assert same
	assert text.split("\n") == [
		"Quotation                without: 29 of 30     with: 29 of 30     the same",
		"    fails on both sides: test_a",
	]


def test_the_same_count_of_other_failures_is_different() -> None:
	text, same = compare("Quotation", Counts(30, ("test_a",)), Counts(30, ("test_b",)))
	assert not same
	assert "DIFFERENT" in text
	assert "fails only without the app: test_a" in text and "fails only with the app: test_b" in text


def test_fewer_tests_are_different_even_if_none_fails() -> None:
	assert compare("Dunning", Counts(5, ()), Counts(4, ()))[1] is False
