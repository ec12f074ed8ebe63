"""The rows and files of a site, and how to move, rename or delete them."""
