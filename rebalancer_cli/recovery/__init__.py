"""What an earlier run left open: found out, written down, reported, told."""
