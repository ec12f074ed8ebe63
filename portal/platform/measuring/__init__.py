"""Counters and histograms of requests and of the work behind them."""
