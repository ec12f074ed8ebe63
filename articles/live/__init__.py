"""Live coverage: a page whose dated entries are written and approved one by one while it is published."""
