"""Core's documents that the slices have in common."""

from __future__ import annotations

SELLING_DOCTYPES = ("Quotation", "Sales Order", "Sales Invoice")
"""In the order in which one is made from the other."""
