"""A message that ib_async could not read fails these tests too."""

from tests.contract.library_errors import no_library_errors

__all__ = ["no_library_errors"]
