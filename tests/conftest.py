"""How property tests run in this project."""

from __future__ import annotations

from hypothesis import settings

# A busy machine must not fail a test, and a change must not fail on an example that has nothing to do with it: no
# deadline, and the same examples every time. `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("landing", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("landing")
