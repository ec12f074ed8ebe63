"""The benchmark: measures each type of public page, compared with a view that does nothing."""
