"""Charts as SVG, drawn by the server without scripts or inline styles. Pages and tables are unknown here."""
