"""Core's documents that the slices have in common."""

from __future__ import annotations

SELLING_DOCTYPES = ("Quotation", "Sales Order", "Sales Invoice")
"""In the order in which one is made from the other."""

INVOICE_DOCTYPES = ("Sales Invoice", "POS Invoice")
"""A sale at a till has an invoice of its own; a Sales Invoice sums them up at closing."""

TAXED_DOCTYPES = (*SELLING_DOCTYPES, "POS Invoice")
