"""Mails of the newsroom about reviews, publications and comments."""
