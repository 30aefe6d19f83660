"""The sessions are programs for other environments: pytest imports none of them."""

collect_ignore_glob = ["sessions/*"]
