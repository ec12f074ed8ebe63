"""The project: settings, addresses, and the ground that the apps stand on."""
