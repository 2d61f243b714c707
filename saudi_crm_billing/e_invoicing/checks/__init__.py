"""Everything that is to be said against a draft, and what mends it."""
