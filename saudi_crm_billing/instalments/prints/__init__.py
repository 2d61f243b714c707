"""What customers get on paper about their instalments, in Arabic and English."""
