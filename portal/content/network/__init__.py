"""What the network sets for all sites: its periods, and which value counts where a site has one, too."""
