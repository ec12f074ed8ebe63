"""The page editor, which looks like a sheet of paper, and the fields that it adds to Wagtail's."""
