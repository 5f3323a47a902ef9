"""Whether somebody may: what is asked of policy, and where policy comes from."""
