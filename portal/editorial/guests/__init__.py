"""Review by link, for people without an account: they read a draft, comment on it or agree to it."""
