"""Dossiers: stories, events, documents and links in an editor's order."""
