"""Portfolios files as a validator sees them: every problem, also of symbols that IBKR lacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import evolve, field, frozen

from rebalancer_adapters.ground.file_text import shown_path
from rebalancer_adapters.ground.problems import Problem, in_file_order
from rebalancer_adapters.portfolios.portfolios_csv import LoadedPortfolios, load_portfolios
from rebalancer_adapters.settings.settings import Settings
from rebalancer_cli.exits import Exit
from rebalancer_cli.messages import portfolios_sound, symbols_known
from rebalancer_cli.portfolio_files import PortfoliosRead, portfolio_files, problems_of
from rebalancer_cli.problems import problem_objects
from rebalancer_cli.screen.json_output import json_output
from rebalancer_core.messages.unlisted import unlisted_fix, unlisted_why
from rebalancer_core.values.instruments import AccountId, Listing, Symbol, Unlisted
from rebalancer_core.values.results import unwrap_or_failed


@frozen(kw_only=True)
class CheckedFile:
    """One file, the accounts that use it, and what is wrong with it.

    `models` is None where it could not be read; `places` are those of its symbols.
    """

    name: str
    accounts: tuple[AccountId, ...]
    models: int | None
    places: dict[Symbol, str] = field(factory=dict)
    problems: tuple[Problem, ...] = ()


@frozen(kw_only=True)
class Checked:
    """Every file; `unasked` says why IBKR was not asked about its symbols, `fault` what failed."""

    files: tuple[CheckedFile, ...]
    unasked: str = ""
    fault: str = ""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Those of all files."""
        return tuple(problem for file in self.files for problem in file.problems)

    @property
    def code(self) -> Exit:
        """Problems before a gateway that could not be asked."""
        if self.problems:
            return Exit.INVALID_INPUT
        return Exit.NO_DATA if self.fault else Exit.DONE


def checked_lines(checked: Checked) -> Iterator[str]:
    """A line for each file without a problem, and what was asked about their symbols."""
    for file in checked.files:
        if file.models is not None and not file.problems:
            is_known = not checked.unasked
            yield portfolios_sound(file.name, len(file.places), file.models, is_known=is_known)
    symbols = all_symbols(checked.files)
    if checked.unasked and symbols and not checked.fault:
        yield checked.unasked
    if symbols and not checked.unasked and not checked.problems:
        yield symbols_known(len(symbols))


def checked_json(checked: Checked) -> str:
    """The same for programs; `valid` is null where nothing is wrong and IBKR was not asked."""
    content = {
        "valid": _is_valid(checked, checked.problems),
        "exit_code": int(checked.code),
        "symbols_checked": not checked.unasked,
        "not_checked": checked.fault or checked.unasked,
        "files": [
            {
                "file": file.name,
                "valid": _is_valid(checked, file.problems),
                "accounts": list(file.accounts),
                "models": file.models,
                "symbols": list(file.places),
                "problems": problem_objects(file.problems),
            }
            for file in checked.files
        ],
    }
    return json_output("validate-portfolios", content)


def _is_valid(checked: Checked, problems: tuple[Problem, ...]) -> bool | None:
    if problems:
        return False
    return None if checked.unasked else True


def read_files(settings: Settings, named: Path | None) -> tuple[CheckedFile, ...]:
    """The named file and no other; without one every file that an account uses."""
    if named is None:
        read = portfolio_files(settings)
    else:
        read = {named: unwrap_or_failed(load_portfolios(named, settings.blend))}
    return tuple(_checked(path, file, settings) for path, file in read.items())


def all_symbols(files: tuple[CheckedFile, ...]) -> tuple[Symbol, ...]:
    """Every symbol of the files that could be read, each once."""
    return tuple(sorted({symbol for file in files for symbol in file.places}))


def with_listings(
    files: tuple[CheckedFile, ...], listed: tuple[Listing | Unlisted, ...]
) -> tuple[CheckedFile, ...]:
    """The files with a problem for each of their symbols that IBKR lacks."""
    unlisted = tuple(entry for entry in listed if isinstance(entry, Unlisted))
    return tuple(
        evolve(
            file,
            problems=in_file_order(
                (
                    *file.problems,
                    *(_problem(file, each) for each in unlisted if each.symbol in file.places),
                )
            ),
        )
        for file in files
    )


def _checked(path: Path, read: PortfoliosRead, settings: Settings) -> CheckedFile:
    return CheckedFile(
        name=shown_path(path),
        accounts=tuple(
            account.account_id
            for account in settings.accounts
            if account.portfolios_path.absolute() == path.absolute()
        ),
        models=len(read.portfolios) if isinstance(read, LoadedPortfolios) else None,
        places=dict(read.places) if isinstance(read, LoadedPortfolios) else {},
        problems=problems_of(read),
    )


def _problem(file: CheckedFile, entry: Unlisted) -> Problem:
    used = f", a target of {', '.join(file.accounts)}" if file.accounts else ""
    return Problem(
        place=file.places[entry.symbol],
        key=entry.symbol,
        problem=f"{unlisted_why(entry)}{used}",
        fix=unlisted_fix(entry),
    )
