"""Tests of the README's production block and of replicas, on scratch servers. Run with `make production`."""
