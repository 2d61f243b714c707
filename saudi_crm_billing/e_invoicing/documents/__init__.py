"""What an e-invoice says, read from ERPNext's documents and masters. Nothing here writes."""
