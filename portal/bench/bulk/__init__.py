"""Content in bulk, of natural shape, to measure the portal with."""
