"""Pictures and documents: which are public, who may see the others, and the views that serve them."""
