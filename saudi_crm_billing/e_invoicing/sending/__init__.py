"""The outbox: what is sent, what the answers mean, and who is told."""
