"""What a run needs, looked at before it is needed: facts are gathered, then judged."""
