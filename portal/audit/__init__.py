"""The audit log: who did what, when and from where, in an append-only chain of hashes."""
