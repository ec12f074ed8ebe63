"""What readers see beside pages: who may change it at once, and who is told."""
