"""Opening invoices with their plans from another system's file: checked wholly before any of it is posted."""
