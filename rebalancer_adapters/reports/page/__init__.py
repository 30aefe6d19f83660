"""One run as one HTML page: no script, nothing fetched, every outside text escaped."""
