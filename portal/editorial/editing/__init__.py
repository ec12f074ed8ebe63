"""The newsroom's additions to the page editor: facts in the drawer, the writer's byline, topics, crops."""
