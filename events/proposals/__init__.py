"""Events and recaps that people without an account propose: the public form, their link, and what becomes of them."""
