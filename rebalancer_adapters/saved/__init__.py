"""Files that this program writes and reads again: plans and snapshots."""
