"""The blocks that texts are built from; none of them knows of pages' queries."""
