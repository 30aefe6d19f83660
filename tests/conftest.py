"""The Hypothesis profiles: quick, thorough (`make laws`), or for mutants (`make mutate`).

Quick is the same at each run. A mutant needs to fail once: it is not shrunk and not remembered.
"""

import os

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "quick",
    max_examples=50,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough",
    max_examples=10_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "mutants",
    max_examples=25,
    parent=settings.get_profile("quick"),
    database=None,
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
)
# pytest's own `--hypothesis-profile` is applied after this line and wins.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
