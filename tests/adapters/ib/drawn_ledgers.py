"""Drawn account values, sound and lying, and who judges them: exact fractions, no code of ours."""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from random import Random

from attrs import evolve, frozen

from rebalancer_adapters.ib.raw_rows import AccountRow

ACCOUNT = "DU111111"
_PREFIX = "$LEDGER-"
_RATES = {"USD": Fraction(1), "AUD": Fraction(2, 3), "GBP": Fraction(5, 4), "JPY": Fraction(1, 150)}
_SECURITIES = (
    *("StockMarketValue", "OptionMarketValue", "FutureOptionValue", "CorporateBondValue"),
    *("TBondValue", "TBillValue", "IssuerOptionValue", "WarrantValue", "Cryptocurrency"),
)
_NEVER_SUMMED = ("FxCashBalance", "FuturesPNL", "UnrealizedPnL", "RealizedPnL")
_SUMMED = ("TotalCashBalance", *_SECURITIES)
_BY_CURRENCY = "NetLiquidationByCurrency"

Rows = tuple[AccountRow, ...]


@frozen(kw_only=True)
class Drawn:
    """Account values in the order of the wire, and what is true of the US dollars."""

    rows: Rows
    true_cash: Fraction


def sound_ledger(lots: Random) -> Drawn:
    """What a gateway may send: any base, securities, funds, blanks, rounding and both tag forms."""
    base = lots.choice(("USD", "USD", "AUD", "GBP"))
    others = lots.sample([each for each in _RATES if each not in (base, "USD")], lots.randint(0, 2))
    whole = lots.random() < 0.2
    ledger = {each: _currency(lots, whole=whole) for each in dict.fromkeys([base, "USD", *others])}
    form = lots.choice(("plain", "prefixed", "both"))
    rows = [_row("NetLiquidation", _text(_worth(ledger, base, _BY_CURRENCY), whole=whole), base)]
    accrued = _text(_worth(ledger, base, "AccruedCash"), whole=whole)
    rows += [_row("AccruedCash", accrued, base), _row("AccountReady", "true", "")]
    for currency, texts in (*ledger.items(), ("BASE", _base_row(ledger, base, whole=whole))):
        for tag, text in texts.items():
            if form != "prefixed":
                rows.append(_row(tag, text, currency))
            if form != "plain":
                rows.append(_row(_PREFIX + tag, text, currency))
    lots.shuffle(rows)
    return Drawn(rows=tuple(rows), true_cash=number(ledger["USD"].get("TotalCashBalance", "")))


def lying_ledger(lots: Random) -> Drawn:
    """A sound one in which some figures are wrong, by far more than any tolerance."""
    sound = sound_ledger(lots)
    seen = {row.tag.removeprefix(_PREFIX) for row in sound.rows if row.currency == "USD"}
    lies: list[tuple[str, tuple[str, ...]]] = [
        ("USD", (tag,)) for tag in (_BY_CURRENCY, *_SUMMED) if tag in seen
    ]
    lies += [("BASE", (_BY_CURRENCY,))]
    if "TotalCashBalance" in seen:
        lies.append(("USD", ("TotalCashBalance", "CashBalance")))
    currency, tags = lots.choice(lies)
    far = _far(sound.rows) * Fraction(lots.randint(25, 500), 10) * lots.choice((1, -1))
    lie = tuple(
        evolve(row, value=_text(number(row.value) + far))
        if row.currency == currency and row.tag.removeprefix(_PREFIX) in tags
        else row
        for row in sound.rows
    )
    return evolve(sound, rows=lie)


def two_forms(lots: Random) -> Drawn:
    """A sound one with the prefix in which a cash row comes without it, too, a dollar higher."""
    sound = sound_ledger(lots)
    tag = lots.choice(("CashBalance", "TotalCashBalance"))
    kept = tuple(row for row in sound.rows if (row.tag, row.currency) != (tag, "USD"))
    told = newest(sound.rows, tag, "USD") or "0"
    both = (_row(_PREFIX + tag, told, "USD"), _row(tag, _text(number(told) + 1), "USD"))
    return evolve(sound, rows=(*kept, *both))


def off_by_little(lots: Random) -> Drawn:
    """A ledger near the edge of the tolerance, on either side of it."""
    sound = sound_ledger(lots)
    off = _far(sound.rows) * Fraction(lots.randint(-2000, 2000), 1000)
    rows = tuple(
        evolve(row, value=_text(number(row.value) + off))
        if row.currency == "USD" and row.tag.removeprefix(_PREFIX) == _BY_CURRENCY
        else row
        for row in sound.rows
    )
    return evolve(sound, rows=rows)


def is_sound(rows: Rows) -> bool:
    """Whether the ledger keeps every rule, each read from its text alone."""
    return _one_meaning(rows) and _dollars_add_up(rows) and _base_is_net_liquidation(rows)


def number(text: str) -> Fraction:
    """The number a text is; what is none is 0."""
    return Fraction(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else Fraction(0)


def newest(rows: Rows, tag: str, currency: str) -> str:
    """The last text of a ledger tag in either form, blank where none came."""
    either = {tag, _PREFIX + tag}
    texts = [row.value for row in rows if row.currency == currency and row.tag in either]
    return texts[-1] if texts else ""


def _one_meaning(rows: Rows) -> bool:
    told: dict[tuple[str, str], set[Fraction]] = {}
    for row in rows:
        if not row.tag.endswith("AccruedCash"):
            bare = row.tag.split("-")[-1] if row.tag.startswith("$") else row.tag
            told.setdefault((bare, row.currency), set()).add(number(row.value))
    return all(len(amounts) == 1 for amounts in told.values())


def _dollars_add_up(rows: Rows) -> bool:
    stated = number(newest(rows, _BY_CURRENCY, "USD"))
    return any(
        abs(stated - sum(each, Fraction(0))) <= Fraction(25) + sum(map(abs, each)) / 200
        for each in _sums(rows)
    )


def _sums(rows: Rows) -> Iterator[list[Fraction]]:
    def usd(tag: str) -> Fraction:
        return number(newest(rows, tag, "USD"))

    funds = max(usd("FundValue"), usd("MutualFundValue") + usd("MoneyMarketFundValue"))
    accrued = [r.value for r in rows if (r.tag, r.currency) == (_PREFIX + "AccruedCash", "USD")]
    if not accrued:
        accrued = [r.value for r in rows if (r.tag, r.currency) == ("AccruedCash", "USD")]
    for one, dividends in product(accrued or ["0"], ([], [usd("NetDividend")])):
        yield [*(usd(tag) for tag in _SUMMED), funds, number(one), *dividends]


def _base_is_net_liquidation(rows: Rows) -> bool:
    whole = [number(row.value) for row in rows if row.tag == "NetLiquidation"]
    base = number(newest(rows, _BY_CURRENCY, "BASE"))
    return all(abs(each - base) <= 25 + abs(base) / 200 for each in whole)


def _far(rows: Rows) -> Fraction:
    """More than every tolerance and every doubt about AccruedCash and NetDividend together."""
    doubtful = [row.value for row in rows if re.search("AccruedCash|NetDividend", row.tag)]
    sizes = [sum(map(abs, each), Fraction(0)) for each in _sums(rows)]
    base = abs(number(newest(rows, _BY_CURRENCY, "BASE")))
    doubt = sum((abs(number(text)) for text in doubtful), Fraction(0))
    return 25 + max(*sizes, base) / 200 + doubt


def _currency(lots: Random, *, whole: bool) -> dict[str, str]:
    """The rows of one currency, whose net liquidation is their sum."""
    amounts = {tag: _amount(lots) if lots.random() < 0.3 else Fraction(0) for tag in _SECURITIES}
    amounts["TotalCashBalance"] = lots.choice((_amount(lots), abs(_amount(lots)), Fraction(0)))
    amounts["AccruedCash"] = lots.choice((Fraction(0), _amount(lots) / 300))
    amounts["NetDividend"] = lots.choice((Fraction(0), abs(_amount(lots)) / 300))
    mutual, market = abs(_amount(lots)), abs(_amount(lots))
    funds = lots.choice(
        (
            {},
            {"FundValue": mutual},
            {"MutualFundValue": mutual, "MoneyMarketFundValue": market},
            {"MoneyMarketFundValue": market, "FundValue": market},
            {"FundValue": mutual + market, "MutualFundValue": mutual},
        )
    )
    counts_dividend = lots.random() < 0.5
    worth = sum(amounts.values(), Fraction(0)) - (not counts_dividend) * amounts["NetDividend"]
    worth += sum(funds.values(), Fraction(0)) if "FundValue" not in funds else funds["FundValue"]
    amounts |= funds
    amounts |= {tag: _amount(lots) for tag in _NEVER_SUMMED}
    swept = lots.choice((Fraction(0), Fraction(0), abs(_amount(lots)), _amount(lots)))
    amounts["CashBalance"] = amounts["TotalCashBalance"] + swept
    amounts[_BY_CURRENCY] = worth
    texts = {tag: _told(lots, tag, _text(each, whole=whole)) for tag, each in amounts.items()}
    return {tag: text for tag, text in texts.items() if text is not None}


def _told(lots: Random, tag: str, text: str) -> str | None:
    """A figure of zero may be blank, or missing: not the one that the account repeats."""
    if number(text) or tag in {"CashBalance", _BY_CURRENCY}:
        return text
    return lots.choice(("0.00", "", "" if tag == "AccruedCash" else None))


def _base_row(ledger: dict[str, dict[str, str]], base: str, *, whole: bool) -> dict[str, str]:
    tags = dict.fromkeys(tag for texts in ledger.values() for tag in texts)
    return {tag: _text(_worth(ledger, base, tag), whole=whole) for tag in tags}


def _worth(ledger: dict[str, dict[str, str]], base: str, tag: str) -> Fraction:
    return sum(
        (number(texts.get(tag, "")) * _RATES[c] / _RATES[base] for c, texts in ledger.items()),
        Fraction(0),
    )


def _amount(lots: Random) -> Fraction:
    size = Fraction(lots.choice((1, 100, 10_000, 1_000_000, 100_000_000)))
    return Fraction(lots.randint(-100, 100), 100) * size + Fraction(lots.randint(0, 99), 100)


def _text(amount: Fraction, *, whole: bool = False) -> str:
    cents = round(amount) * 100 if whole else round(amount * 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _row(tag: str, value: str, currency: str) -> AccountRow:
    return AccountRow(account=ACCOUNT, tag=tag, value=value, currency=currency)
