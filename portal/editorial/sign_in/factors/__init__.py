"""Second factors: passkeys, apps with codes, recovery codes, and who needs one."""
