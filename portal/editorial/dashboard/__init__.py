"""The editorial dashboard: pending reviews, drafts, and a calendar of scheduled changes."""
