"""The Hypothesis profiles: quick and the same at each run, or thorough (`make laws`)."""

import os

from hypothesis import HealthCheck, settings

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
# pytest's own `--hypothesis-profile` is applied after this line and wins.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
