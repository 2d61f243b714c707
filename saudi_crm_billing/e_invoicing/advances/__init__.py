"""What a customer pays before the supply: prepayment invoices, their VAT, and what uses them."""
