"""Models of the newsroom that import none of its rules."""
