"""Images and documents, and how they reach a reader."""
