"""The page editor as a paper, and the fields that it adds to Wagtail's."""
