"""The chain of issued documents, and what stays of it."""
