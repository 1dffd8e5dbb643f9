"""What all state machines share: something is done by the program and by a model of its own, and both have to agree.

A machine asks the program nothing to know what is right. `make thorough` runs all of them, for long.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

machine = pytest.mark.machine
"""A test that runs one."""


def follow(kind: type[RuleBasedStateMachine], *, weight: int = 1, **given: Any) -> None:
    """Runs a machine with these attributes: as many examples as the profile says, fewer where each `weight`s more."""
    made = type(kind.__name__, (kind,), given)
    examples = max(2, settings().max_examples // weight)
    # The first draw reads all our modules for constants, which is no fault of the machine's where others are busy.
    slow = [HealthCheck.too_slow]
    run_state_machine_as_test(made, settings=settings(max_examples=examples, suppress_health_check=slow))
