"""A plan kept in a file: saved by `plan`, read by `show`, sent by `apply`."""
