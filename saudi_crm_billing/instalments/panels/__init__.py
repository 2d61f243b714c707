"""What forms show of instalments at a glance: the plan of a document, and all plans of a customer."""
