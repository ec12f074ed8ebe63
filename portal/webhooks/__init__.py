"""Webhooks: signed messages to other programs about published pages and about what readers do."""
