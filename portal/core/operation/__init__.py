"""What keeps the portal answering when something under it fails, and what tells that it has."""
