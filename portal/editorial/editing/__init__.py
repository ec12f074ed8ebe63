"""What the newsroom adds to the page editor: facts in its drawer, the byline of the writer, topics, crops."""
