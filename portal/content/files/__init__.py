"""Pictures and documents: which are public, who else may see them, and the views that serve them."""
