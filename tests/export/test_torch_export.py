"""PyTorch networks: the same answers there and back, and none that only look right."""

import re
import runpy
import subprocess
import sys

import numpy as np
import pytest
import stacks
from exported import (
    CASES,
    NETWORKS,
    UNFIT_WORDS,
    assert_same,
    assert_the_program_answers_as_predict_does,
    drawn_photos,
    model_of,
    photos_for,
)

from tinycnn import Sequential
from tinycnn.export import (
    ExportError,
    NotEqualError,
    from_torch,
    proof,
    to_torch,
    torch_source,
)
from tinycnn.layers import (
    AveragePooling2D,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Reshape,
    Resizing,
    Sigmoid,
    Softmax,
    ZeroPadding2D,
)
from tinycnn.losses import BinaryCrossentropy, CategoricalCrossentropy
from tinycnn.preprocessing.photos import Preprocessing

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed (pip install '.[test,parity]')"
)
nn = torch.nn
LIMITS = {"float32": 2e-6, "float64": 1e-12}


def answers(network, x):
    photos = torch.from_numpy(x)
    if x.ndim == 4:
        photos = photos.permute(0, 3, 1, 2)
    with torch.no_grad():
        y = network(photos).numpy()
    return np.moveaxis(y, 1, -1) if y.ndim == 4 else y


# A layer without weights has no dtype, and that of a Resize module is its matrices'.
BOTH = [
    (case, dtype)
    for case in CASES
    for dtype in LIMITS
    if dtype == "float32" or case.layer_type is not Resizing
]


@pytest.mark.parametrize("case, dtype", BOTH, ids=str)
def test_a_layer_answers_the_same_there_and_back(case, dtype):
    model = model_of(case)
    ours = model if dtype == "float32" else model.in_float64()
    x = photos_for(model, dtype=dtype)
    theirs = to_torch(ours)
    assert_same(ours.forward(x), answers(theirs, x), LIMITS[dtype])
    if dtype == "float32":
        back = from_torch(theirs, model.input_shape)
        assert_same(model.forward(x), back.forward(x), 1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_answers_the_same_there_and_back(name):
    model = stacks.model_of(name)
    x = photos_for(model, count=3)
    theirs = to_torch(model)
    assert_same(model.forward(x), answers(theirs, x), 2e-6)
    back = from_torch(theirs, model.input_shape)
    assert_same(model.forward(x), back.forward(x), 1e-6)
    double = model.in_float64()
    x = x.astype(np.float64)
    assert_same(double.forward(x), answers(to_torch(double), x), 1e-12)


def test_a_permutation_that_is_forgotten_is_seen(monkeypatch):
    model = stacks.model_of("digits")
    shape_of = torch_source.flat_order
    monkeypatch.setattr(torch_source, "flat_order", lambda s: np.sort(shape_of(s)))
    with pytest.raises(NotEqualError, match="differ by at most"):
        to_torch(model)


def test_a_difference_that_a_sigmoid_hides_is_seen(monkeypatch):
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(3,))])
    model.set_weights([np.full((3, 1), 200.0), np.zeros(1)])

    def other(layer):
        yield "nn.Linear(3, 1)", {"weight": layer.kernel.T * 1.1, "bias": layer.bias}

    monkeypatch.setitem(torch_source.WRITERS, Dense, other)
    with pytest.raises(NotEqualError, match="before the last activation"):
        to_torch(model)


def test_weights_that_hide_everything_hide_no_error(monkeypatch, capsys):
    """A last kernel of zeros, as the deep network's, answers all photos alike."""
    model = stacks.model_of("digits")
    model.layers[-2].set_weights([np.zeros((24, 10)), np.zeros(10)])
    network = to_torch(model)
    assert "; with random weights, up to" in capsys.readouterr().out
    assert not network[-2].weight.any()  # the network's own weights are the model's
    from_torch(network, model.input_shape)
    assert "hardly depend on the photo, so it shows little" in capsys.readouterr().out
    shape_of = torch_source.flat_order
    monkeypatch.setattr(torch_source, "flat_order", lambda s: np.sort(shape_of(s)))
    with pytest.raises(NotEqualError, match="with random weights"):
        to_torch(model)


@pytest.mark.parametrize("name", NETWORKS)
def test_random_weights_show_every_network_at_work(name):
    network = proof.with_random_weights(stacks.model_of(name).part(0, -1))
    y = network.forward(proof.random_photos(network))
    assert np.ptp(y, axis=0).max() > proof.LEAST_SPREAD * np.abs(y).max()


def test_random_photos_differ_in_their_means():
    model = stacks.model_of("tutorial")
    model.input_range = (-3.0, 5.0)
    x = proof.random_photos(model)
    assert -3 <= x.min() < -2.8
    assert 4.8 < x.max() <= 5
    assert np.ptp(x.mean(axis=(1, 2))) > 1


def test_the_rounding_of_small_logits_is_no_difference():
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(200,))])
    rng = np.random.default_rng(0)
    kernel = rng.standard_normal((200, 1)).astype(np.float32)
    model.set_weights([np.concatenate([kernel[:100], -kernel[:100]]), np.zeros(1)])
    model.input_range = (0.999, 1.0)  # so that the terms nearly cancel
    to_torch(model)


def test_what_is_not_a_number_is_refused():
    model = Sequential([Dense(1, input_shape=(3,))])
    model.set_weights([np.full((3, 1), np.nan), np.zeros(1)])
    with pytest.raises(NotEqualError, match="inf"):
        to_torch(model)


def test_a_model_without_a_shape_is_refused():
    with pytest.raises(ExportError, match="the model has no shape yet"):
        to_torch(Sequential([Dense(2)]))
    with pytest.raises(ExportError, match="a model of tinycnn should be given, got 3"):
        to_torch(3)


def test_the_network_is_in_evaluation_mode_and_frozen_where_the_model_is():
    model = stacks.model_of("digits")
    model.layers[0].trainable = False
    network = to_torch(model)
    assert not network.training
    learns = [p.requires_grad for p in network.parameters()]
    assert learns == [False, False] + 6 * [True]


def test_what_is_frozen_comes_back_frozen():
    model = stacks.model_of("digits")
    model.layers[0].trainable = model.layers[-2].trainable = False
    shape = model.input_shape
    back = from_torch(to_torch(model), shape)
    with_params = [layer for layer in back.layers if layer.params]
    ours = [layer.trainable for layer in model.layers if layer.params]
    assert [layer.trainable for layer in with_params] == ours
    assert False in ours and True in ours
    network = to_torch(model)
    network[0].bias.requires_grad_(True)
    with pytest.raises(ExportError, match=r"module 0, Conv2d.*frozen as a whole"):
        from_torch(network, shape)


def test_the_rescaling_can_be_its_first_module():
    model = stacks.model_of("tutorial")
    model.preprocessing = Preprocessing((64, 64), rescale=1 / 255)
    network = to_torch(model, include_rescale=True)
    pixels = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3))
    ours = model.forward(model.preprocessing.scaled(pixels))
    assert_same(ours, answers(network, pixels.astype(np.float32)), 1e-6)
    assert to_torch(model)[0].in_channels == 3


def test_a_network_that_learnt_on_in_pytorch_comes_back():
    model = stacks.model_of("batch normalisation")
    network = to_torch(model).train()
    x = torch.randn(8, 3, 9, 12, generator=torch.manual_seed(0))
    step = torch.optim.SGD(network.parameters(), lr=0.1)
    loss = network(x).square().sum()
    loss.backward()
    step.step()
    preprocessing = Preprocessing((9, 12))
    back = from_torch(network, (9, 12, 3), ["a", "b", "c"], preprocessing)
    assert network.training  # it was only read
    assert (back.classes, back.preprocessing) == (["a", "b", "c"], preprocessing)
    photos = photos_for(model)
    assert_same(answers(network.eval(), photos), back.forward(photos), 1e-6)
    assert np.abs(back.forward(photos) - model.forward(photos)).max() > 1e-3


@pytest.mark.parametrize("words, message", UNFIT_WORDS)
def test_classes_and_preprocessing_that_do_not_fit_are_refused(words, message):
    network = nn.Sequential(nn.Flatten(), nn.Linear(126, 1), nn.Sigmoid())
    with pytest.raises(ExportError, match=message):
        from_torch(network, (6, 7, 3), **words)


def test_a_shape_with_the_channels_first_is_led_to_tinycnns_order():
    network = nn.Sequential(nn.Conv2d(3, 2, 3), nn.Flatten(), nn.Linear(40, 1))
    hint = r"input_shape is \(H, W, C\), .* did you mean \(6, 7, 3\)\?$"
    with pytest.raises(ExportError, match=hint):
        from_torch(network, (3, 6, 7))
    network = nn.Sequential(nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(126, 1))
    with pytest.raises(ExportError, match=hint):
        from_torch(network, (3, 6, 7))
    with pytest.raises(ExportError) as caught:
        from_torch(nn.Sequential(nn.Conv2d(4, 2, 3)), (3, 6, 7))
    assert "did you mean" not in str(caught.value)
    assert from_torch(network, (6, 7, 3)).input_shape == (6, 7, 3)


class Block(nn.Sequential):
    def __init__(self, C, F):
        super().__init__(nn.Conv2d(C, F, 3), nn.ReLU())


FROM = {
    "a row in a row": (
        nn.Sequential(nn.Sequential(nn.Conv2d(2, 3, 2), nn.ReLU()), nn.Flatten()),
        nn.Linear(90, 4),
    ),
    "borders of convolutions": (
        nn.Conv2d(2, 3, 3, padding=1),
        nn.Conv2d(3, 4, (3, 2), padding="same"),
        nn.Conv2d(4, 4, 3, stride=2, padding=2, groups=4, bias=False),
        nn.Conv2d(4, 2, 2, padding="valid"),
    ),
    "borders of poolings": (
        nn.AvgPool2d(3, 1, padding=1),
        nn.AvgPool2d(3, 1, padding=1, count_include_pad=False),
        nn.AvgPool2d(2, 1, divisor_override=3),
        nn.AvgPool2d(3, 2, padding=1, divisor_override=2),
        nn.MaxPool2d(3, 1, padding=1),
    ),
    "whole maps": (
        nn.AdaptiveAvgPool2d(1),
        nn.Conv2d(2, 5, 1),
        nn.AdaptiveMaxPool2d((1, 1)),
        nn.Flatten(),
        nn.Linear(5, 2),
        nn.Softmax(-1),
    ),
    "windows by their number": (
        nn.AdaptiveAvgPool2d((3, None)),
        nn.AdaptiveMaxPool2d((1, 7)),
        nn.Flatten(),
        nn.Linear(14, 2),
    ),
    "a maximum of what is never negative": (
        nn.MaxPool2d(2, 1, padding=(0, 0)),
        nn.ReLU(),
        nn.MaxPool2d(2, 1, padding=1),
    ),
    "normalisation without weights, and by the mean of all": (
        nn.BatchNorm2d(2, affine=False),
        nn.BatchNorm2d(2, momentum=None),
        nn.SyncBatchNorm(2),
        nn.Flatten(),
        nn.BatchNorm1d(84, affine=False),
        nn.Linear(84, 3),
    ),
    "rows under a name of one's own": (Block(2, 3), nn.Sequential(Block(3, 2))),
    "between Flatten and Linear": (
        nn.Flatten(),
        nn.BatchNorm1d(84),
        nn.Dropout(0.4),
        nn.SiLU(),
        nn.Softmax(dim=1),
        nn.Linear(84, 3, bias=False),
    ),
    "maps all the way": (nn.BatchNorm2d(2), nn.Softmax(1), nn.Dropout2d(0.1)),
    "zeros around": (nn.ConstantPad2d((1, 0, 2, 0), 0.0), nn.ZeroPad2d(1), nn.ELU(0.5)),
}


def random(modules, seed=0):
    network = nn.Sequential(*modules)
    torch.manual_seed(seed)
    for tensor in (*network.parameters(), *network.buffers()):
        if tensor.dtype.is_floating_point:
            nn.init.uniform_(tensor, 0.5, 1.5)
    return network.eval()


@pytest.mark.filterwarnings("ignore:Using padding='same' with even:UserWarning")
@pytest.mark.parametrize("name", FROM)
def test_a_network_written_in_pytorch_becomes_a_model(name):
    network = random(FROM[name])
    model = from_torch(network, (6, 7, 2))
    x = photos_for(model)
    assert_same(answers(network, x), model.forward(x), 1e-6)


@pytest.mark.parametrize(
    "modules, message",
    [
        ([nn.GELU()], r"module 0, GELU.*tinycnn has no such layer"),
        ([nn.Conv2d(2, 3, 2, dilation=2)], r"its dilation should be \(1, 1\)"),
        ([nn.Conv2d(2, 4, 2, padding=1, padding_mode="reflect")], "padding_mode"),
        ([nn.Conv2d(4, 8, 1, groups=2)], "its groups should be 1 or 4"),
        ([nn.Conv2d(3, 3, 1)], r"module 0, Conv2d\(3, 3.*weights of shapes"),
        ([nn.MaxPool2d(2, padding=1)], 'should be that of padding="same"'),
        ([nn.MaxPool2d(2, ceil_mode=True)], "its ceil_mode should be False"),
        ([nn.MaxPool2d(2, dilation=2)], "its dilation should be 1"),
        ([nn.ConstantPad2d(1, float("-inf")), nn.ReLU()], "a border of -inf"),
        ([nn.ConstantPad2d(1, float("-inf"))], "a border of -inf at the end"),
        ([nn.ConstantPad2d(1, 0.5)], "its value should be 0"),
        ([nn.Flatten()], "a flattened row needs a Linear module after it"),
        ([nn.Flatten(), nn.Unflatten(1, (2, 42))], "needs a Linear module"),
        ([nn.Flatten(2)], "its start_dim should be 1"),
        ([nn.Softmax(3)], "its dim should be 1, the channels"),
        ([nn.AdaptiveAvgPool2d(2)], "its output_size should be 1"),
        ([nn.BatchNorm2d(2, track_running_stats=False)], "no running statistics"),
        ([nn.LogSoftmax(1)], r"put torch\.nn\.Softmax in its place, or leave it out"),
        (
            [nn.ConstantPad2d(1, float("-inf")), nn.MaxPool2d(3, padding=1)],
            "its padding should be 0 after a border",
        ),
        ([nn.Softplus(2.0)], "its beta should be 1"),
        ([nn.Dropout(1.0)], "rate should be the share"),
        ([nn.Linear(7, 2)], "add Flatten"),
        ([nn.Flatten(), nn.Linear(77, 2)], r"rows of 77 numbers, and those of \(84,\)"),
        ([], "the network has no modules"),
    ],
)
def test_what_has_no_counterpart_is_refused_by_name(modules, message):
    with pytest.raises(ExportError, match=message):
        from_torch(nn.Sequential(*modules), (6, 7, 2))


def test_a_network_that_is_not_a_row_is_refused():
    with pytest.raises(ExportError, match="modules in a row, got Linear: put its"):
        from_torch(nn.Linear(2, 3), (2,))
    with pytest.raises(ExportError, match=r"got DataParallel: give its \.module"):
        from_torch(nn.DataParallel(nn.Sequential(nn.ReLU())), (2,))
    with pytest.raises(ExportError, match="got OrderedDict: load the weights into"):
        from_torch(nn.Sequential(nn.ReLU()).state_dict(), (2,))


def test_a_forward_of_ones_own_is_not_passed_over():
    class Twice(nn.Sequential):
        def forward(self, x):
            return 2 * super().forward(x)

    with pytest.raises(ExportError, match="got Twice: put its modules into"):
        from_torch(Twice(nn.Linear(2, 3)), (2,))
    with pytest.raises(ExportError, match=r"module 1, Twice.*no such layer"):
        from_torch(nn.Sequential(nn.ReLU(), Twice(nn.Linear(2, 3))), (2,))
    network = nn.Sequential(nn.Linear(2, 3))
    network.register_forward_hook(lambda module, x, y: 2 * y)
    with pytest.raises(NotEqualError):
        from_torch(network, (2,))


def with_a_gradient():
    network = nn.Sequential(nn.Linear(2, 3))
    network.extra = network[0].weight * 2
    return network


@pytest.mark.filterwarnings("ignore:Lazy modules:UserWarning")
@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: nn.Sequential(nn.LazyLinear(3)), r"^0\.weight has no shape yet: let"),
        (
            lambda: nn.Sequential(nn.Linear(2, 3, device="meta")),
            r"^0\.weight has no num",
        ),
        (with_a_gradient, r"cannot be copied \(Only Tensors .*make that permanent"),
    ],
)
def test_a_network_without_numbers_is_refused_in_one_line(make, message):
    with pytest.raises(ExportError, match=message) as caught:
        from_torch(make(), (2,))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("shape", [3, None, (), "abc", (2.0,), (0, 2, 2), (None, 2)])
def test_a_shape_that_is_none_is_refused(shape):
    with pytest.raises(ExportError, match=r"input_shape should be \(H, W, C\)"):
        from_torch(nn.Sequential(nn.ReLU()), shape)


def test_answers_that_may_be_logits_are_named(capsys):
    row = [nn.Flatten(), nn.Linear(4, 3)]
    said = []
    for modules, classes in (
        (row, ["a", "b", "c"]),
        (row, None),
        ([*row, nn.Softmax(1)], ["a", "b", "c"]),
    ):
        from_torch(nn.Sequential(*modules), (2, 2, 1), classes)
        said.append("from_logits=True" in capsys.readouterr().out)
    assert said == [True, False, False]


@pytest.mark.parametrize("photos", [np.zeros((2, 3)), np.zeros(2), "ab", [["a", "b"]]])
def test_photos_of_another_shape_are_refused(photos):
    model = Sequential([Dense(1, input_shape=(2,))])
    with pytest.raises(ExportError, match=r"photos should be an array \(N, 2\), got"):
        to_torch(model, photos=photos)


def test_a_module_of_ones_own_is_refused_even_under_a_known_name():
    class ReLU(nn.Module):
        def forward(self, x):
            return x + 1

    with pytest.raises(ExportError, match=r"module 0, ReLU.*has no such layer"):
        from_torch(nn.Sequential(ReLU()), (2, 2, 1))


def test_the_layers_that_come_back_are_those_that_went():
    model = Sequential(
        [
            ZeroPadding2D(((1, 0), (0, 2)), input_shape=(6, 7, 2)),
            Conv2D(3, 3, padding="same"),
            MaxPooling2D((3, 2), 2, padding="same"),
            AveragePooling2D((2, 3), 1, padding="same"),
            Flatten(),
            Dense(2),
        ]
    )
    assert str(from_torch(to_torch(model), (6, 7, 2)).layers) == str(model.layers)


def test_a_mean_of_maps_may_become_a_map_again():
    row = [GlobalAveragePooling2D(input_shape=(5, 4, 3)), Reshape((1, 3, 1)), Flatten()]
    model = Sequential(row)
    x = photos_for(model)
    back = from_torch(to_torch(model), model.input_shape)
    assert_same(model.forward(x), back.forward(x), 1e-6)


def test_axes_that_are_moved_elsewhere_are_refused():
    network = to_torch(Sequential([Flatten(input_shape=(2, 3, 2))]))
    network[0].axes = (0, 3, 2, 1)
    with pytest.raises(ExportError, match="should put the channels last, or second"):
        from_torch(network, (2, 3, 2))
    with pytest.raises(ExportError, match=r"should be \(H, W, C\), then permuted"):
        from_torch(nn.Sequential(nn.Unflatten(1, (2, 1, 3))), (6,))


def test_answers_of_another_shape_are_refused(monkeypatch):
    monkeypatch.setitem(
        torch_source.WRITERS, Flatten, lambda layer: iter([("nn.Identity()", {})])
    )
    with pytest.raises(NotEqualError, match=r"with shape \(16, 12\) and the converted"):
        to_torch(Sequential([Flatten(input_shape=(2, 3, 2))]))


def test_a_resize_that_was_changed_is_refused():
    network = to_torch(stacks.model_of("prepared inside"))
    resize = next(m for m in network if type(m).__name__ == "Resize")
    resize.rows += 0.1
    with pytest.raises(ExportError, match="not those of a Resizing layer"):
        from_torch(network, (8, 9, 3))


def export(call, output, tmp_path, *options):
    return call(
        *("export.__main__", output / "model.safetensors", "--to", "torch"),
        *("--output", tmp_path / "model.pt", *options),
        cwd=tmp_path,
    )


def test_the_command_writes_a_file_and_a_program_that_answers_the_same(
    trained, call, tmp_path
):
    _, output = trained
    done = export(call, output, tmp_path)
    assert done.returncode == 0, done.stderr
    assert_the_program_answers_as_predict_does(
        tmp_path / "model_torch.py", output, call
    )


def test_a_program_whose_network_rescales_answers_the_same(trained, call, tmp_path):
    _, output = trained
    assert export(call, output, tmp_path, "--include-rescale").returncode == 0
    assert "Rescale(0.00392" in (tmp_path / "model_torch.py").read_text("utf-8")
    assert_the_program_answers_as_predict_does(
        tmp_path / "model_torch.py", output, call
    )


def test_photos_of_ones_own_are_compared_too(trained, call, tmp_path):
    _, output = trained
    drawn_photos(tmp_path)
    (tmp_path / "broken.jpg").write_bytes(b"none")
    done = export(call, output, tmp_path, "--photos", tmp_path)
    assert done.returncode == 1
    assert "compared with PyTorch on 22 photos" in done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert "broken.jpg" in line


def test_the_network_trains_on_unchanged(trained, call, tmp_path):
    """The program's own network, imported, learns as any of PyTorch does."""
    _, output = trained
    assert export(call, output, tmp_path).returncode == 0
    names = runpy.run_path(str(tmp_path / "model_torch.py"), run_name="model_torch")
    network = names["load"]().train()
    x, y = torch.rand(8, 3, 16, 16), torch.arange(8.0).reshape(8, 1) % 2
    adam = torch.optim.Adam(network.parameters())
    losses = []
    for _ in range(20):
        loss = nn.functional.binary_cross_entropy(network(x), y)
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def numbers_of_the_program(folder, x):
    """What the program prints for an array of photos."""
    np.save(folder / "x.npy", x)
    run = subprocess.run(
        [sys.executable, folder / "model_torch.py", folder / "x.npy"],
        capture_output=True,
        text=True,
        check=True,
    )
    return np.array(re.findall(r"-?\d\.\d*(?:e-?\d+)?", run.stdout), np.float64)


def test_a_model_that_learnt_from_arrays_gets_a_program_for_arrays(call, tmp_path):
    model = stacks.model_of("four channels, maps at the end")
    model.save(tmp_path / "model.safetensors")
    done = export(call, tmp_path, tmp_path)
    assert (done.returncode, done.stdout[-16:]) == (0, " PHOTOS.npy ...\n")
    assert "of shape (N, 6, 8, 4)." in (tmp_path / "model_torch.py").read_text("utf-8")
    x = photos_for(model)
    found = numbers_of_the_program(tmp_path, x.astype(np.float64))
    np.testing.assert_allclose(found, model.forward(x).reshape(-1), atol=1e-6)


def test_a_program_for_grey_photos_gets_none_that_are_only_permuted(call, tmp_path):
    # PyTorch 2.13 answers these with what is in memory.
    model = Sequential([Conv2D(1, 5, strides=(1, 2), input_shape=(6, 5, 1))])
    model.save(tmp_path / "model.safetensors")
    assert export(call, tmp_path, tmp_path).returncode == 0
    x = photos_for(model)
    found = numbers_of_the_program(tmp_path, x)
    np.testing.assert_allclose(found, model.forward(x).reshape(-1), atol=1e-6)


def test_a_program_names_an_array_that_it_cannot_read(call, tmp_path):
    model = stacks.model_of("four channels, maps at the end")
    model.save(tmp_path / "model.safetensors")
    assert export(call, tmp_path, tmp_path).returncode == 0
    (tmp_path / "text.npy").write_bytes(b"text")
    for name in ("none.npy", "text.npy"):
        run = subprocess.run(
            [sys.executable, "model_torch.py", name],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (run.returncode, len(run.stderr.splitlines())) == (1, 1)


@pytest.mark.parametrize("units, activation", [(1, Sigmoid()), (3, Softmax())])
def test_logits_become_probabilities_in_the_program(units, activation, call, tmp_path):
    model = Sequential([Dense(units, input_shape=(5,))])
    kind = BinaryCrossentropy if units == 1 else CategoricalCrossentropy
    model.compile("adam", kind(from_logits=True))
    model.save(tmp_path / "model.safetensors")
    assert export(call, tmp_path, tmp_path).returncode == 0
    x = photos_for(model)
    wanted = activation(model.forward(x)).reshape(-1)
    np.testing.assert_allclose(numbers_of_the_program(tmp_path, x), wanted, atol=1e-6)
