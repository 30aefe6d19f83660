"""The benchmark of destinations: the same paths each time, and less turnover inside the band."""

from benchmarks.destinations import measured


def test_the_seed_decides_and_stopping_inside_the_band_trades_less() -> None:
    found = measured(paths=2, years=1)
    assert found == measured(paths=2, years=1)
    to_target, inside, edge = (each.turnover for each in found[1:])
    assert 0 < edge < inside < to_target
