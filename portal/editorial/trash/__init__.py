"""The trash: deleted pages, which can be restored for TRASH_DAYS."""
