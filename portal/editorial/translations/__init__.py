"""Pages in several languages: which version a translation renders, what changed since, and bringing it up to date."""
