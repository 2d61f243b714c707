"""What the buyer gets: the print and its PDF/A-3b."""
