"""What a run leaves behind, as pure rows: each report's columns stand in one table."""
