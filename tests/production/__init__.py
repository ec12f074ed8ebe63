"""The production block of the README on a machine of its own, and what a production stands on. Run it by `make production`."""
