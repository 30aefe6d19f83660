"""Which accounts a run is about: ids as the file lists them, narrowed by `--account`."""

from __future__ import annotations

from attrs import frozen

from rebalancer_adapters.ground.problems import Kind, Problem, Wrong
from rebalancer_adapters.settings.grammars import account_id
from rebalancer_adapters.settings.keys import ACCOUNT_IDS, LEGACY_ACCOUNT_ID
from rebalancer_adapters.settings.sources import Said, Sources
from rebalancer_core.values.instruments import AccountId

_MOST_ACCOUNTS = 1_000
_FIX = "list your account ids: ids = DU111111, DU222222"


@frozen(kw_only=True)
class AccountIds:
    """`written` are the texts as listed, `ids` those that are account ids, each once, in order."""

    written: tuple[str, ...]
    ids: tuple[AccountId, ...]
    said: Said | None
    problems: tuple[Problem, ...]


def account_ids(sources: Sources) -> AccountIds:
    """`[accounts] ids`, or the legacy `[ibkr] account_id` when there is no `ids`."""
    listed, legacy = sources.said(*ACCOUNT_IDS), sources.said(*LEGACY_ACCOUNT_ID)
    said = listed or legacy
    if said is None:
        missing = Problem(
            place=sources.place("accounts"),
            key="accounts.ids",
            problem="no account is named",
            fix=_FIX,
        )
        return AccountIds(written=(), ids=(), said=None, problems=(missing,))
    found = _listed(said)
    return found if not (listed and legacy) else _with_legacy(found, legacy)


def check_chosen(chosen: tuple[str, ...], ids: tuple[AccountId, ...]) -> tuple[Problem, ...]:
    """The `--account` values that `[accounts] ids` does not list: wrong usage."""
    return tuple(
        Problem(
            place="--account",
            key=each,
            problem="[accounts] ids does not list this account",
            fix=f"listed are: {', '.join(ids)}",
            kind=Kind.USAGE,
        )
        for each in chosen
        if each not in ids
    )


def _listed(said: Said) -> AccountIds:
    written = tuple(dict.fromkeys(text.strip() for text in said.text.split(",") if text.strip()))
    if not written:
        empty = said.problem(Wrong(problem="the list is empty", fix=_FIX))
        return AccountIds(written=(), ids=(), said=said, problems=(empty,))
    if len(written) > _MOST_ACCOUNTS:
        problem = f"{len(written):,} accounts are listed"
        many = said.problem(Wrong(problem=problem, fix=f"at most {_MOST_ACCOUNTS:,} in one file"))
        return AccountIds(written=(), ids=(), said=said, problems=(many,))
    parsed = [account_id(text) for text in written]
    return AccountIds(
        written=written,
        ids=tuple(each for each in parsed if not isinstance(each, Wrong)),
        said=said,
        problems=tuple(said.problem(each) for each in parsed if isinstance(each, Wrong)),
    )


def _with_legacy(found: AccountIds, legacy: Said) -> AccountIds:
    if legacy.text in found.written:
        return found
    ignored = Problem(
        place=legacy.place,
        key=f"{legacy.section}.{legacy.key}",
        problem=f"{legacy.text} is ignored: [accounts] ids is there and does not list it",
        fix="remove this key, or list the account in ids",
        kind=Kind.WARNING,
    )
    return AccountIds(
        written=found.written,
        ids=found.ids,
        said=found.said,
        problems=(*found.problems, ignored),
    )
