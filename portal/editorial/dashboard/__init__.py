"""The editorial dashboard: reviews to do, drafts, a calendar of scheduled changes."""
