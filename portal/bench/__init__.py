"""Measures what each type of public page costs, beside a view that does nothing."""
