"""Maps as SVG, drawn by the server without tiles or scripts. Pages and records are unknown here."""
