"""A hundred steps of the tutorial's network, here and in PyTorch."""

import pytest
import torch_oracle
from parity_cases import (
    LIMITS,
    OPTIMIZERS,
    TRAINING_CASES,
    WEIGHT_LIMITS,
    assert_within,
)


@pytest.mark.parametrize("case", TRAINING_CASES, ids=str)
def test_a_hundred_steps_lead_to_the_losses_and_weights_of_torch(case):
    found = torch_oracle.compare_training(case)
    assert_within({"loss curve": found.pop("loss curve")}, LIMITS[case.dtype])
    assert_within(found, WEIGHT_LIMITS[case.dtype])


@pytest.mark.parametrize("dtype", LIMITS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimiser_steps_like_torch_also_where_gradients_are_tiny(name, dtype):
    assert_within(torch_oracle.compare_optimizer(name, dtype), LIMITS[dtype])
