"""Mistakes of many kinds, some reported in public; split by odd and even."""

from mistakes.reported import layers, training

# (part, solution, mistakes) by name.
REPORTED = {
    "relu_cache": ("MyReLU", layers.RELU_CACHE, layers.RELU),
    "leaky_slopes": ("MyLeakyReLU", layers.LEAKY_SLOPES, layers.LEAKY),
    "elu_y": ("MyELU", layers.ELU_Y, layers.ELU),
    "sigmoid_stable": ("MySigmoid", layers.SIGMOID_STABLE, layers.SIGMOID),
    "softmax_jacobian": ("MySoftmax", layers.SOFTMAX_JACOBIAN, layers.SOFTMAX),
    "flatten_cache": ("MyFlatten", layers.FLATTEN_CACHE, layers.FLATTEN),
    "dense_dot": ("MyDense", layers.DENSE_DOT, layers.DENSE),
    "max_mask": ("MyMaxPooling2D", layers.MAX_MASK, layers.MAX),
    "average_clipped": ("MyAveragePooling2D", layers.AVERAGE_CLIPPED, layers.AVERAGE),
    "sum_view": ("MySumPooling2D", layers.SUM_VIEW, layers.SUM),
    "global_mean": ("MyGlobalAveragePooling2D", layers.GLOBAL_MEAN, layers.GLOBAL),
    "im2col_images": ("my_im2col", layers.IM2COL_IMAGES, layers.IM2COL),
    "col2im_images": ("my_col2im", layers.COL2IM_IMAGES, layers.COL2IM),
    "conv_naive": ("MyConv2D", layers.CONV_NAIVE, layers.CONV),
    "dropout_mask": ("MyDropout", layers.DROPOUT_MASK, layers.DROPOUT),
    "batch_steps": ("MyBatchNormalization", layers.BATCH_STEPS, layers.BATCH),
    "binary_log": ("MyBinaryCrossentropy", training.BINARY_LOG, training.BINARY),
    "categorical_rows": (
        "MyCategoricalCrossentropy", training.CATEGORICAL_ROWS, training.CATEGORICAL,
    ),
    "squared_diff": ("MyMeanSquaredError", training.SQUARED_DIFF, training.SQUARED),
    "absolute_diff": ("MyMeanAbsoluteError", training.ABSOLUTE_DIFF, training.ABSOLUTE),
    "sgd_config": ("MySGD", training.SGD_CONFIG, training.SGD),
    "adam_dict": ("MyAdam", training.ADAM_DICT, training.ADAM),
    "rms_step": ("MyRMSprop", training.RMS_STEP, training.RMS),
}  # fmt: skip
HALVES = ("reported, seen", "reported, kept apart")


def half_of(name):
    """Return the half of a mistake: the odd ones of the list are worked with."""
    names = [f"{solution}/{mistake}" for solution, (_, _, listed) in REPORTED.items()
             for mistake, _, _ in listed]  # fmt: skip
    return HALVES[names.index(name) % 2]  # the first is odd
