"""The register of promissory notes: which instalments each stands for, where it is, and what is to become of it."""
