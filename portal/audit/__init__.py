"""The audit log: who did what, when and from where, in a chain of hashes. The database itself only permits appending."""
