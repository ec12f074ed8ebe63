"""Pictures and documents: which files are public, who may see the others, and the views that serve them."""
