"""The passages of a translation: what stands in the original, what in the draft, and what is left to do."""
