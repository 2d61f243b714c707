"""Payment Requests of single instalments, each with a signed link of its own."""
