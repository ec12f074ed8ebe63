"""The pages that the law requires of a site: accessibility statement, legal notice, privacy notice; and its site map."""
