"""The pages that the law requires: accessibility statement, legal notice, privacy notice; and the site map."""
