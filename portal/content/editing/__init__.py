"""The page editor, laid out as a sheet of paper, and the fields it adds to Wagtail's."""
