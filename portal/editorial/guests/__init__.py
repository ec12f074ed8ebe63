"""Reviews by link: people without an account read a draft, comment on it or approve of it."""
