"""The demo network: three sites of invented news, loaded into an empty database."""
