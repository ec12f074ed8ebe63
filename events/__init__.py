"""Events and their recaps."""
