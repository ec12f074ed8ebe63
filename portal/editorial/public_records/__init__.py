"""Published records without drafts: permissions to change them, and mails about the changes."""
