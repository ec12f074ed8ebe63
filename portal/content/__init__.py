"""What all page types share: sites and their editions, stories and their lists, topics, people, blocks."""
