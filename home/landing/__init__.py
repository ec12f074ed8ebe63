"""The layout of landing pages: shelves that only plain pages have, and the stream of all their shelves."""
