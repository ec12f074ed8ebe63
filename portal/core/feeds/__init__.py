"""Lists of stories for feed readers: RSS 2.0, Atom and JSON Feed."""
