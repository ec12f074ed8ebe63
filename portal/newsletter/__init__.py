"""The sites' newsletters: subscribers, issues, digests, alerts and their sending. No other app imports it."""
