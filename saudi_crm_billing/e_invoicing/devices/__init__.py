"""ZATCA Units: certificates, keys, and which one issues."""
