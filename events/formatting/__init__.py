"""Pure modules that format dates, and fold text for comparison."""
