"""What the newsroom keeps beside the pages: troubles of the schedule, files under embargo, waivers, invitations, and
what translations were made from."""
