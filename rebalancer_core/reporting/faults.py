"""What can go wrong with a report: a fact with the file's name, never an exception."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class ReportFault:
    """A record could not be written whole, so it was not written; `detail` is the system's word."""

    path: str
    detail: str


def explain_fault(fault: ReportFault) -> str:
    """The sentence for people: the file, the reason, the mend.

    >>> explain_fault(ReportFault(path="reports", detail="No space left on device"))
    'cannot write reports: No space left on device -> mend it or set [io] report_dir'
    """
    return f"cannot write {fault.path}: {fault.detail} -> mend it or set [io] report_dir"
