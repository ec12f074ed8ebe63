"""The audit log: who did what, when and from where, in a chain of hashes to which the database only permits appending."""
