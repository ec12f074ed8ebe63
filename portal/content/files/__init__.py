"""Pictures and documents: which of them readers may have, who else may, and the views that serve them."""
