"""Published records without drafts: permissions to change them, and emails about changes."""
