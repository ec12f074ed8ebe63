"""The project: settings, URLs, and the packages that the apps are built on."""
