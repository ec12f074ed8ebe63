"""Who changed each passage of a page's text last."""
