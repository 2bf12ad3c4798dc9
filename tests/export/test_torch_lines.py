"""The lines of PyTorch that a model becomes; no framework is needed to write them."""

import numpy as np
import pytest
import stacks
from exported import CASES, NETWORKS, model_of

from tinycnn import Sequential
from tinycnn.export import ExportError, torch_source
from tinycnn.export.scripts import torch_script
from tinycnn.export.torch_network import source_of, state_of
from tinycnn.export.torch_source import flat_order, lines_of
from tinycnn.layers import (
    LAYERS,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    ReLU,
    Reshape,
    SumPooling2D,
)


def sources(model):
    return [line.source for line in lines_of(model.layers)]


def test_every_layer_has_a_counterpart():
    assert set(torch_source.WRITERS) == set(LAYERS.values())


def test_the_tutorials_network_reads_as_it_would_be_written():
    assert sources(stacks.model_of("tutorial")) == [
        "nn.Conv2d(3, 32, (3, 3), stride=(1, 1))",
        "nn.ReLU()",
        "nn.MaxPool2d((2, 2), (2, 2))",
        "nn.Flatten()",
        "nn.Linear(30752, 128)",
        "nn.ReLU()",
        "nn.Linear(128, 1)",
        "nn.Sigmoid()",
    ]


def test_borders_are_written_where_they_are_uneven():
    model = Sequential(
        [
            Conv2D(2, 3, padding="same", use_bias=False, input_shape=(5, 6, 1)),
            Conv2D(2, (2, 3), padding="same"),
            MaxPooling2D((3, 2), 1, padding="same"),
            AveragePooling2D(3, 1, padding="same"),
            AveragePooling2D((2, 3), 1, padding="same"),
            SumPooling2D(2, padding="same"),
            SumPooling2D(2),
        ]
    )
    assert sources(model) == [
        "nn.Conv2d(1, 2, (3, 3), stride=(1, 1), padding=(1, 1), bias=False)",
        "nn.ZeroPad2d((1, 1, 0, 1))",
        "nn.Conv2d(2, 2, (2, 3), stride=(1, 1))",
        'nn.ConstantPad2d((0, 1, 1, 1), float("-inf"))',
        "nn.MaxPool2d((3, 2), (1, 1))",
        "nn.AvgPool2d((3, 3), (1, 1), padding=(1, 1), count_include_pad=False)",
        "AveragePool((2, 3), (1, 1), (1, 1, 0, 1))",
        "nn.ZeroPad2d((0, 0, 0, 1))",
        "nn.AvgPool2d((2, 2), (2, 2), divisor_override=1)",
        "nn.AvgPool2d((2, 2), (2, 2), divisor_override=1)",
    ]


def test_the_first_dense_layer_after_flatten_has_pytorchs_order():
    model = Sequential([Flatten(input_shape=(2, 3, 2)), Dropout(0.5), Dense(1)])
    kernel = np.arange(12.0).reshape(2, 3, 2)  # at each place the cell's own number
    model.set_weights([kernel.reshape(12, 1), np.zeros(1)])
    weight = state_of(lines_of(model.layers))["2.weight"]
    assert weight.tolist() == [[0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]]


def test_a_bias_that_is_as_long_as_the_row_keeps_its_order():
    model = Sequential([Flatten(input_shape=(2, 3, 2)), Dense(12)])
    model.set_weights([np.zeros((12, 12)), np.arange(12.0)])
    bias = state_of(lines_of(model.layers))["1.bias"]
    assert bias.tolist() == [*range(12)]


def test_so_has_a_batch_normalisation_between_them():
    model = Sequential([Flatten(input_shape=(1, 2, 2)), BatchNormalization(), Dense(1)])
    numbers = [np.arange(4.0) + k for k in range(4)]
    model.layers[1].set_weights(numbers)
    state = state_of(lines_of(model.layers))
    assert state["1.weight"].tolist() == [0, 2, 1, 3]
    assert state["1.running_var"].tolist() == [3, 5, 4, 6]
    assert state["1.num_batches_tracked"] == 0


def test_without_a_dense_layer_maps_are_laid_out_before_they_are_flattened():
    model = Sequential([Flatten(input_shape=(2, 3, 2)), ReLU()])
    assert sources(model) == ["Permute(0, 2, 3, 1)", "nn.Flatten()", "nn.ReLU()"]
    reshaped = Sequential([Flatten(input_shape=(2, 3, 2)), Reshape((4, 3)), Flatten()])
    assert sources(reshaped)[:2] == ["Permute(0, 2, 3, 1)", "nn.Flatten()"]


def test_the_order_of_a_flattened_row():
    assert flat_order((2, 2, 3)).tolist() == [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]
    assert flat_order((5,)).tolist() == [0, 1, 2, 3, 4]


def test_momentum_is_the_share_of_the_new_in_pytorch():
    model = Sequential([BatchNormalization(0.9, 0.01, input_shape=(2, 3, 4))])
    assert sources(model) == ["nn.BatchNorm2d(4, eps=0.01, momentum=0.1)"]


def test_a_normalisation_of_more_axes_is_refused_by_name():
    model = Sequential([Reshape((2, 1, 3, 2), input_shape=(12,)), BatchNormalization()])
    message = r"layer 1, BatchNormalization\(\), cannot be written for PyTorch"
    with pytest.raises(ExportError, match=message):
        lines_of(model.layers)


def test_a_layer_of_ones_own_is_refused_by_name():
    class Own(ReLU):
        pass

    model = Sequential([Own(input_shape=(2, 2, 1))])
    with pytest.raises(ExportError, match=r"layer 0, Own\(\).*one of the library's"):
        lines_of(model.layers)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_program_of_a_network_is_python(name):
    model = stacks.model_of(name)
    compile(torch_script(model, model, "model.pt", False), name, "exec")


def test_only_the_modules_that_are_used_are_in_the_program():
    model = stacks.model_of("average and same")
    source = source_of(lines_of(model.layers), model)
    assert source.count("class ") == source.count("class AveragePool(") == 1


def test_frozen_layers_are_frozen_in_the_program():
    model = stacks.model_of("tutorial")
    model.layers[4].trainable = False
    assert "for place in [4]:" in torch_script(model, model, "model.pt", False)


def test_names_from_a_file_are_nothing_but_text_in_the_program():
    from tinycnn.preprocessing.photos import Preprocessing

    model = stacks.model_of("tutorial")
    model.preprocessing = Preprocessing((64, 64))
    model.classes = ['"]; import os  #', "\\'\u2028é🐭\udcff"]
    names = {}
    text = torch_script(model, model, 'a"""b.pt', False)
    code = compile(text.split("network =")[0].replace("import torch", ""), "p", "exec")
    assert "import os" in text
    lines = [line for line in text.splitlines() if line.startswith("CLASSES")]
    exec(lines[0], names)
    assert names["CLASSES"] == model.classes
    assert "os" not in code.co_names


def test_arrays_are_those_of_the_layers():
    for case in CASES:
        model = model_of(case)
        state = state_of(lines_of(model.layers))
        learnt = {k: v for k, v in state.items() if k.split(".")[1] in WEIGHTS}
        assert sum(v.size for v in learnt.values()) == model.count_params()


WEIGHTS = {"weight", "bias", "running_mean", "running_var"}
