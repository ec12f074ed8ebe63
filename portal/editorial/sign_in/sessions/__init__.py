"""Where an account is signed in, what ends that, and what needs a proof of the last minutes."""
