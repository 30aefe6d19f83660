"""What doctor finds, as facts that each know their words and what helps."""
