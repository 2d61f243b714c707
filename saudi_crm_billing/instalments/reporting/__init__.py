"""The set-based readings behind the reports of instalments: no document is loaded, nothing is written."""
