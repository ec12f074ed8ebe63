"""The parts that all page types share: sites, editions, stories, lists, topics, people and blocks."""
