"""settings.ini: read, checked and typed, every problem with its place."""
