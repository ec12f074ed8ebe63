"""The ground that every page stands on: sites and their editions, stories and their lists, topics, people, blocks."""
