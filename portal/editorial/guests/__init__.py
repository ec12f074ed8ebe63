"""Review by link: people without an account read a draft and say what they think of it."""
