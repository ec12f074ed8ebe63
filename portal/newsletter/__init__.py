"""The sites' newsletters: subscribers, issues, digests, alerts and their sending. Separable: nothing imports it."""
