"""Records that readers see beside pages: permissions to change them, and mails about the changes."""
