"""Keras's names that are something else here, or are not here, as tables.

`from tinycnn.layers import MaxPool2D` gives the layer of today's name; a name that
tinycnn does not have raises ImportError (or AttributeError) that says what to do
instead, before anything is trained.
"""

import sys
from collections.abc import Callable
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any


def _arrays(names: str) -> dict[str, str]:
    """Return name -> where the function of that name on arrays is."""
    return {name: f"tinycnn.keras.arrays:{name}" for name in names.split()}


# Names -> where they are: "module:name", or a module.
ALIASES: dict[str, dict[str, str]] = {
    "tinycnn": {
        "Input": "tinycnn.keras.inputs:Input",
        "Model": "tinycnn.keras.inputs:Model",
        "activations": "tinycnn.keras.activations",
        "backend": "tinycnn.keras.backend",
        "compat": "tinycnn.compat",
        "constraints": "tinycnn.constraints",
        "datasets": "tinycnn.datasets",
        "config": "tinycnn.keras.tensorflow:config",
        "data": "tinycnn.keras.tensorflow:data",
        "autograph": "tinycnn.keras.tensorflow:autograph",
        "debugging": "tinycnn.keras.tensorflow:debugging",
        "device": "tinycnn.keras.tensorflow:Settings",
        "device_lib": "tinycnn.keras.tensorflow:device_lib",
        "get_logger": "tinycnn.keras.tensorflow:get_logger",
        "image": "tinycnn.keras.tensorflow:image",
        "io": "tinycnn.keras.tensorflow:io",
        "initializers": "tinycnn.initializers",
        "keras": "tinycnn.keras",
        "lite": "tinycnn.keras.tensorflow:lite",
        "logging": "tinycnn.keras.tensorflow:logging",
        "nn": "tinycnn.keras.activations",
        "preprocessing": "tinycnn.preprocessing",
        "random": "tinycnn.keras.tensorflow:random",
        "saved_model": "tinycnn.keras.tensorflow:saved_model",
        "set_random_seed": "tinycnn.keras.tensorflow:set_seed",
        "test": "tinycnn.keras.tensorflow:test",
        "version": "tinycnn.keras.tensorflow:version",
        **{
            name: f"tinycnn.keras.tensorflow:{target or name}"
            for target, names in {
                "": "distribute executing_eagerly function mixed_precision Session",
                "Session": "InteractiveSession",
                "Settings": "ConfigProto GPUOptions Graph get_default_graph "
                "global_variables_initializer reset_default_graph",
                "switch": "disable_eager_execution disable_v2_behavior "
                "enable_eager_execution enable_v2_behavior",
            }.items()
            for name in names.split()
        },
        **{
            f"{kind}{bits}": f"numpy:{kind}{bits}"
            for kind in ("float", "int", "uint")
            for bits in (8, 16, 32, 64)
            if (kind, bits) != ("float", 8)
        },
        "bool": "numpy:bool_",
        "math": "tinycnn.keras.tensorflow:math",
        "newaxis": "numpy:newaxis",
        "objectives": "tinycnn.losses",
        "ops": "tinycnn.keras.tensorflow:ops",
        "utils": "tinycnn.keras.utils",
        **_arrays(
            "abs add argmax argmin argsort cast clip_by_value concat constant "
            "convert_to_tensor cos divide equal exp expand_dims fill gather greater "
            "greater_equal identity less less_equal linspace logical_and logical_not "
            "logical_or matmul maximum minimum multiply not_equal one_hot ones "
            "ones_like pow range rank reduce_all reduce_any reduce_max reduce_mean "
            "reduce_min reduce_prod reduce_sum reshape round shape sin size sqrt "
            "square squeeze stack subtract tanh tile transpose where zeros zeros_like"
        ),
    },
    "tinycnn.keras.backend": _arrays(
        "abs all any arange cast clip concatenate constant cos dot equal "
        "eval exp expand_dims flatten gather greater greater_equal int_shape less "
        "less_equal log max maximum mean min minimum ndim not_equal one_hot ones "
        "ones_like permute_dimensions pow prod reshape round shape sin sqrt "
        "square squeeze stack std sum tanh tile transpose var zeros zeros_like"
    )
    | {
        "get_session": "tinycnn.keras.tensorflow:Session",
        "set_session": "tinycnn.keras.tensorflow:switch",
    }
    | {
        name: f"tinycnn.keras.activations:{name}"
        for name in ("elu", "relu", "sigmoid", "softmax", "softplus")
    }
    | {
        name: f"tinycnn.keras.loss_functions:{name}"
        for name in (
            "binary_crossentropy",
            "categorical_crossentropy",
            "sparse_categorical_crossentropy",
        )
    },
    "tinycnn.layers": {
        "AvgPool2D": "tinycnn.layers:AveragePooling2D",
        "BatchNormalizationV1": "tinycnn.layers:BatchNormalization",
        "BatchNormalizationV2": "tinycnn.layers:BatchNormalization",
        "Convolution2D": "tinycnn.keras.convolution:Convolution2D",
        "GlobalAvgPool2D": "tinycnn.layers:GlobalAveragePooling2D",
        "GlobalMaxPool2D": "tinycnn.layers:GlobalMaxPooling2D",
        "Input": "tinycnn.keras.inputs:Input",
        "InputLayer": "tinycnn.keras.inputs:InputLayer",
        "MaxPool2D": "tinycnn.layers:MaxPooling2D",
        "SeparableConvolution2D": "tinycnn.layers:SeparableConv2D",
    },
    "tinycnn.layers.pooling": {
        name: f"tinycnn.layers:{name}"
        for name in (
            "AvgPool2D",
            "GlobalAveragePooling2D",
            "GlobalAvgPool2D",
            "GlobalMaxPool2D",
            "GlobalMaxPooling2D",
            "MaxPool2D",
        )
    },
    "tinycnn.losses": {
        **{
            name: f"tinycnn.keras.loss_functions:{name}"
            for name in (
                "binary_crossentropy",
                "categorical_crossentropy",
                "mean_absolute_error",
                "mean_squared_error",
                "sparse_categorical_crossentropy",
            )
        },
        "MAE": "tinycnn.keras.loss_functions:mean_absolute_error",
        "MSE": "tinycnn.keras.loss_functions:mean_squared_error",
        "mae": "tinycnn.keras.loss_functions:mean_absolute_error",
        "mse": "tinycnn.keras.loss_functions:mean_squared_error",
    },
    "tinycnn.metrics": {
        **{
            name: f"tinycnn.keras.loss_functions:{name}"
            for name in (
                "binary_crossentropy",
                "categorical_crossentropy",
                "mean_absolute_error",
                "mean_squared_error",
                "sparse_categorical_crossentropy",
            )
        },
        "MAE": "tinycnn.keras.loss_functions:mean_absolute_error",
        "MSE": "tinycnn.keras.loss_functions:mean_squared_error",
        "mae": "tinycnn.keras.loss_functions:mean_absolute_error",
        "mse": "tinycnn.keras.loss_functions:mean_squared_error",
    },
    "tinycnn.models": {
        "Input": "tinycnn.keras.inputs:Input",
        "Model": "tinycnn.keras.inputs:Model",
    },
    "tinycnn.optimizers": {
        "adadelta": "tinycnn.optimizers:Adadelta",
        "adagrad": "tinycnn.optimizers:Adagrad",
        "adam": "tinycnn.optimizers:Adam",
        "adamax": "tinycnn.optimizers:Adamax",
        "nadam": "tinycnn.optimizers:Nadam",
        "rmsprop": "tinycnn.optimizers:RMSprop",
        "RMSProp": "tinycnn.optimizers:RMSprop",
        "sgd": "tinycnn.optimizers:SGD",
    },
    "tinycnn.train": {
        name: f"tinycnn.keras.tensorflow:{name}"
        for name in ("AdamOptimizer", "GradientDescentOptimizer", "MomentumOptimizer")
    },
    "tinycnn.preprocessing": {"image": "tinycnn.preprocessing.image"},
    "tinycnn.preprocessing.image": {"save_img": "tinycnn.keras.utils:save_img"},
    "tinycnn.datasets": {},
    "tinycnn.initializers": {},
    "tinycnn.keras.utils": {
        "np_utils": "tinycnn.keras.utils",
        "vis_utils": "tinycnn.keras.utils",
        "image_utils": "tinycnn.keras.utils",
        "image_dataset_from_directory": "tinycnn.preprocessing:"
        "image_dataset_from_directory",
        "PyDataset": "tinycnn.batches.sources:Sequence",
        "Sequence": "tinycnn.batches.sources:Sequence",
    },
    "tinycnn.keras.activations": {},
}
# Old modules, Keras's and our own -> where their names are today. "tinycnn.keras." and
# "tinycnn.python." before a module's name are left out first.
MODULES: dict[str, str] = {
    "tinycnn.activations": "tinycnn.keras.activations",
    "tinycnn.backend": "tinycnn.keras.backend",
    "tinycnn.engine": "tinycnn.models",
    "tinycnn.engine.base_layer": "tinycnn.layers",
    "tinycnn.engine.input_layer": "tinycnn.layers",
    "tinycnn.engine.topology": "tinycnn.layers",
    "tinycnn.kernels": "tinycnn.lessons.kernels",
    "tinycnn.nn": "tinycnn.keras.activations",
    "tinycnn.objectives": "tinycnn.losses",
    "tinycnn.saving": "tinycnn.models",
    "tinycnn.optimizer_v1": "tinycnn.optimizers",
    "tinycnn.optimizer_v2": "tinycnn.optimizers",
    "tinycnn.utils": "tinycnn.keras.utils",
}
# Modules inside Keras's, of all its versions: what is in them, or below them, is in
# the room today. `from keras.src.layers.core.dense import Dense` is of this kind.
INSIDE: dict[str, str] = {
    "tinycnn.activations": "activations",
    "tinycnn.backend": "tensorflow_backend common load_backend config",
    "tinycnn.callbacks": "callbacks callbacks_v1 csv_logger early_stopping history "
    "lambda_callback learning_rate_scheduler model_checkpoint progbar_logger "
    "reduce_lr_on_plateau remote_monitor tensorboard terminate_on_nan",
    "tinycnn.constraints": "constraints",
    "tinycnn.engine": "data_adapter functional sequential training training_v1",
    "tinycnn.initializers": "constant_initializers initializer initializers "
    "initializers_v1 initializers_v2 random_initializers",
    "tinycnn.layers": "activation advanced_activations attention convolutional "
    "convolutional_recurrent core experimental input_spec layer local merge merging "
    "noise normalization preprocessing regularization reshaping",
    "tinycnn.losses": "loss losses",
    "tinycnn.metrics": "accuracy_metrics confusion_metrics metric metrics "
    "probabilistic_metrics regression_metrics",
    "tinycnn.models": "cloning functional model models",
    "tinycnn.optimizer_v2": "adadelta adagrad adam adamax gradient_descent nadam "
    "optimizer_v2 rmsprop learning_rate_schedule",
    "tinycnn.optimizers": "adadelta adagrad adam adamax adamw base_optimizer ftrl "
    "experimental gradient_descent legacy nadam optimizer optimizer_experimental "
    "optimizer_v1 optimizer_v2 optimizers rmsprop sgd",
    "tinycnn.regularizers": "regularizers",
    "tinycnn.saving": "hdf5_format legacy model_config save saving_api saving_lib",
    "tinycnn.utils": "all_utils conv_utils data_utils dataset_utils file_utils "
    "generic_utils image_dataset image_dataset_utils image_utils io_utils layer_utils "
    "model_visualization np_utils numerical_utils python_utils summary_utils tf_utils "
    "training_utils vis_utils",
}
# Modules of these endings hold what is in the room today: optimizers.rmsprop_v2.
ENDING: dict[str, tuple[str, ...]] = {
    "tinycnn.optimizers": ("_v1", "_v2", "_experimental"),
    "tinycnn.layers": ("_v1", "_v2"),
}
# Parts of TensorFlow's names below which Keras lies; they hold nothing else.
SHELLS = (
    "tinycnn.api",
    "tinycnn.compat",
    "tinycnn.compat.v1",
    "tinycnn.compat.v2",
    "tinycnn.legacy",
    "tinycnn.python",
    "tinycnn.python.client",
    "tinycnn.src",
)
# Modules that are parts of `tinycnn.keras.tensorflow`.
NAMESPACES = ("tinycnn.math", "tinycnn.mixed_precision", "tinycnn.ops")
PREFIXES = (
    "tinycnn.compat.v1.keras",
    "tinycnn.compat.v2.keras",
    "tinycnn.src.keras",
    "tinycnn.python.keras",
    "tinycnn.api.keras",
    "tinycnn.api._v1.keras",
    "tinycnn.api._v2.keras",
    "tinycnn.api",
    "tinycnn.keras",
    "tinycnn.legacy",
    "tinycnn.src",
)


def _rows(*groups: tuple[str, str]) -> dict[str, str]:
    """Return name -> way out, from groups (names in a row, their way out)."""
    return {name: way for names, way in groups for name in names.split()}


PRETRAINED = (
    "tinycnn has no pretrained networks; train one of your own (docs/results.md shows "
    "what is reached), or use Keras for transfer learning"
)
ONE_ROW = (
    "tinycnn's networks are one row of layers, as a Sequential or from Input to "
    "Model(inputs, outputs); inside, model.activations(x) returns the output of every "
    "layer"
)
SEQUENCES = (
    "tinycnn has layers for photos, not for sequences; use Keras for text and time"
)
ONE_D = "tinycnn's convolutions and poolings are 2D; give arrays (N, H, 1, C) to Conv2D"
SMALLER = "write Conv2D(filters, kernel_size): a separable kernel is its approximation"

NO_DERIVATIVE = (
    ", of which no derivative is known: write a subclass of losses.Loss whose "
    "per_photo(y, y_pred) returns (loss, d loss / d y_pred) of each photo"
)
KEPT = "model.save(path) and load_model(path) keep all there is"
LAYERS = (
    "tinycnn computes without graphs and variables of a script's own: write the "
    "network as a Sequential of layers, with compile and fit"
)
PLAIN = "arrays are NumPy's, and files Python's own: write it with them"

ABSENT: dict[str, dict[str, str]] = {
    "tinycnn": _rows(
        ("applications", PRETRAINED),
        (
            "GradientTape Variable Tensor",
            "tinycnn computes with NumPy arrays; layers have forward and backward, and "
            "model.forward(x), model.backward(dy) are the gradient",
        ),
        ("wrappers", "scikit-learn's wrappers are not there; call fit and evaluate"),
        ("estimator", "Sequential is the estimator: compile, fit, evaluate, predict"),
        (
            "summary",
            "fit returns a History; figures.learning_curves_figure(history.history) "
            "draws its figures",
        ),
        (
            "Module Operation assign add_to_collection control_dependencies "
            "get_collection get_variable global_variables gradients layer name_scope "
            "placeholder placeholder_with_default trainable_variables variable_scope",
            LAYERS,
        ),
        (
            "Print SparseTensor TensorArray TensorShape TensorSpec audio errors "
            "feature_column gfile linalg meshgrid pad print py_func py_function ragged "
            "random_normal random_uniform signal sparse split string strings "
            "truncated_normal unstack",
            PLAIN,
        ),
        ("app flags", "Python's argparse reads the arguments of a script"),
    ),
    "tinycnn.train": _rows(
        (
            "Checkpoint CheckpointManager CheckpointOptions Saver checkpoint_exists "
            "get_checkpoint_state import_meta_graph latest_checkpoint list_variables "
            "load_checkpoint load_variable write_graph",
            "model.save_weights(path) and model.load_weights(path) keep what was "
            "learnt, and the callback ModelCheckpoint(path) does so after each epoch",
        ),
        (
            "AdadeltaOptimizer AdagradDAOptimizer AdagradOptimizer FtrlOptimizer "
            "Optimizer ProximalAdagradOptimizer ProximalGradientDescentOptimizer "
            "RMSPropOptimizer SyncReplicasOptimizer",
            "its numbers differ from Keras's; write optimizers.RMSprop(learning_rate), "
            "Adagrad, Adadelta or Adam",
        ),
        (
            "cosine_decay cosine_decay_restarts exponential_decay inverse_time_decay "
            "linear_cosine_decay natural_exp_decay noisy_linear_cosine_decay "
            "piecewise_constant piecewise_constant_decay polynomial_decay",
            "optimizers.schedules has ExponentialDecay, CosineDecay, PiecewiseConstant"
            "Decay and others, which an optimiser takes as its learning_rate",
        ),
        (
            "BytesList Example Feature FeatureList FeatureLists Features FloatList "
            "Int64List SequenceExample",
            "tinycnn reads no TFRecord files: give photos in folders, or arrays",
        ),
        (
            "CheckpointSaverHook Coordinator ExponentialMovingAverage "
            "MonitoredTrainingSession NanTensorHook QueueRunner SessionRunHook "
            "StopAtStepHook SummarySaverHook batch create_global_step "
            "get_global_step get_or_create_global_step global_step shuffle_batch "
            "slice_input_producer start_queue_runners string_input_producer",
            "model.fit is the training loop, and callbacks are called in it",
        ),
    ),
    "tinycnn.layers": _rows(
        ("LSTM GRU SimpleRNN RNN Bidirectional TimeDistributed Embedding", SEQUENCES),
        ("ConvLSTM1D ConvLSTM2D ConvLSTM3D Masking TextVectorization", SEQUENCES),
        ("LSTMCell GRUCell SimpleRNNCell StackedRNNCells AbstractRNNCell", SEQUENCES),
        ("CuDNNLSTM CuDNNGRU Wrapper TimeDistributedDense", SEQUENCES),
        (
            "CategoryEncoding Discretization DenseFeatures Hashing HashedCrossing "
            "IntegerLookup StringLookup",
            "tinycnn has layers for photos, not for tables; use Keras for those",
        ),
        ("Attention MultiHeadAttention AdditiveAttention", SEQUENCES),
        ("Add add Concatenate concatenate Average Maximum Multiply Dot", ONE_ROW),
        ("Subtract Minimum Merge RepeatVector Permute", ONE_ROW),
        ("average dot maximum minimum multiply subtract", ONE_ROW),
        (
            "average_pooling2d conv1d conv2d conv2d_transpose conv3d max_pooling1d "
            "max_pooling2d separable_conv2d",
            "it is a function of TensorFlow 1's; Conv2D, MaxPooling2D and "
            "AveragePooling2D in a Sequential are the layers",
        ),
        ("Conv1D Conv3D MaxPooling1D MaxPooling3D AveragePooling1D", ONE_D),
        ("Convolution1D MaxPool1D GlobalMaxPooling1D GlobalAveragePooling1D", ONE_D),
        ("AvgPool1D GlobalAvgPool1D GlobalMaxPool1D LocallyConnected1D", ONE_D),
        ("Conv1DTranspose Convolution1DTranspose Cropping1D DepthwiseConv1D", ONE_D),
        ("SeparableConv1D SeparableConvolution1D SpatialDropout1D UpSampling1D", ONE_D),
        ("ZeroPadding1D AveragePooling3D AvgPool3D Conv3DTranspose Cropping3D", ONE_D),
        (
            "Convolution3D Convolution3DTranspose GlobalAveragePooling3D MaxPool3D",
            ONE_D,
        ),
        ("GlobalAvgPool3D GlobalMaxPool3D GlobalMaxPooling3D SpatialDropout3D", ONE_D),
        ("UpSampling3D ZeroPadding3D", ONE_D),
        (
            "Conv2DTranspose Convolution2DTranspose Cropping2D Deconvolution2D "
            "UpSampling2D",
            "networks here end in an answer, not in a picture; use Keras for this",
        ),
        ("AlphaDropout", "Dropout(rate) drops single numbers"),
        ("GaussianNoise GaussianDropout", "Dropout(rate) is the noise that is here"),
        ("ActivityRegularization", "Dropout(rate) reduces over-fitting"),
        (
            "LayerNormalization GroupNormalization UnitNormalization",
            "BatchNormalization is the normalisation that is here",
        ),
        ("PReLU ThresholdedReLU", "LeakyReLU() and ELU() are like it"),
        (
            "AtrousConv2D AtrousConvolution2D EinsumDense Highway LocallyConnected2D "
            "MaxoutDense SpectralNormalization",
            "Conv2D and Dense are here",
        ),
        ("deserialize serialize", KEPT),
        ("InputSpec", "a layer checks its input in infer_shapes"),
        ("Normalization", "divide the arrays by 255, or use rescale=1/255"),
        (
            "CenterCrop",
            "flow_from_directory(target_size=(rows, columns)) resizes photos",
        ),
        (
            "RandomCrop RandomHeight RandomWidth",
            "ImageDataGenerator augments: shear_range, zoom_range, horizontal_flip, "
            "rotation_range, shifts",
        ),
    ),
    "tinycnn.models": _rows(
        ("Graph", ONE_ROW),
        ("model_from_yaml", "model_from_json reads what model.to_json() returns"),
        ("model_from_config", "Sequential.from_config(model.get_config()) makes it"),
    ),
    "tinycnn.optimizers": _rows(
        (
            "Ftrl Lion Adafactor Lamb Muon LossScaleOptimizer TFOptimizer",
            "Adam(learning_rate=0.001) is what scripts of this kind use most",
        ),
        ("deserialize serialize", KEPT),
    ),
    "tinycnn.losses": _rows(
        (
            "Huber LogCosh MAPE MSLE MeanAbsolutePercentageError "
            "MeanSquaredLogarithmicError huber huber_loss log_cosh logcosh mape "
            "mean_absolute_percentage_error mean_squared_logarithmic_error msle",
            "MeanSquaredError and MeanAbsoluteError are the losses for numbers",
        ),
        (
            "Hinge hinge SquaredHinge squared_hinge CategoricalHinge categorical_hinge",
            "CategoricalCrossentropy and BinaryCrossentropy are the losses for classes",
        ),
        (
            "KLD KLDivergence CosineSimilarity Poisson cosine_proximity "
            "cosine_similarity kl_divergence kld kullback_leibler_divergence poisson",
            "CategoricalCrossentropy and BinaryCrossentropy are the losses for classes",
        ),
        (
            "BinaryFocalCrossentropy CategoricalFocalCrossentropy "
            "binary_focal_crossentropy categorical_focal_crossentropy",
            "class_weight in fit weights rare classes",
        ),
        ("deserialize serialize", KEPT),
        ("Reduction", "a loss is the mean over the batch"),
        (
            "absolute_difference compute_weighted_loss log_loss "
            "sigmoid_cross_entropy softmax_cross_entropy sparse_softmax_cross_entropy",
            "BinaryCrossentropy, CategoricalCrossentropy and SparseCategorical"
            "Crossentropy, each with from_logits=True, take logits",
        ),
    ),
    "tinycnn.metrics": _rows(
        (
            "F1Score FBetaScore TruePositives TrueNegatives "
            "FalsePositives FalseNegatives PrecisionAtRecall RecallAtPrecision "
            "SensitivityAtSpecificity SpecificityAtSensitivity",
            "confusion_matrix(y_true, y_pred) has all of them: right and wrong answers "
            "by class",
        ),
        (
            "SparseTopKCategoricalAccuracy sparse_top_k_categorical_accuracy "
            "top_k_categorical_accuracy",
            "TopKCategoricalAccuracy(k) counts it during training, and "
            "np.argsort(model.predict(x)) has the answers in order",
        ),
        (
            "Mean MeanMetricWrapper MeanTensor Sum",
            "np.mean of what the callback collects",
        ),
        (
            "BinaryIoU IoU MeanIoU OneHotIoU OneHotMeanIoU",
            "confusion_matrix(y_true, y_pred) counts by class",
        ),
        (
            "BinaryCrossentropy CategoricalCrossentropy CategoricalHinge "
            "CosineSimilarity Hinge KLD KLDivergence LogCoshError MAPE MSLE "
            "MeanAbsolutePercentageError MeanRelativeError "
            "MeanSquaredLogarithmicError Poisson R2Score RootMeanSquaredError "
            "SparseCategoricalCrossentropy SquaredHinge binary_focal_crossentropy "
            "categorical_focal_crossentropy hinge kl_divergence kld "
            "kullback_leibler_divergence log_cosh logcosh mape "
            "mean_absolute_percentage_error mean_squared_logarithmic_error msle "
            "poisson squared_hinge",
            "the loss of compile is in the history as 'loss', and a function of "
            "(y_true, y_pred) in NumPy is a metric",
        ),
        ("deserialize get serialize", KEPT),
    ),
    "tinycnn.callbacks": _rows(
        ("ProgbarLogger", "ProgressBar is the progress bar; fit(verbose=1) has one"),
        ("BaseLogger", "History has the figures of each epoch"),
        ("CallbackList", "fit(callbacks=[...]) takes a list"),
        ("SidecarEvaluatorModelExport", "ModelCheckpoint('model.h5') saves a model"),
    ),
    "tinycnn.preprocessing": _rows(
        ("text sequence timeseries_dataset_from_array", SEQUENCES),
        ("text_dataset_from_directory", SEQUENCES),
    ),
    "tinycnn.preprocessing.image": _rows(
        ("Iterator", "tinycnn.batches.Batches is the class of all sources"),
        (
            "random_shift random_rotation random_zoom random_shear random_brightness "
            "random_channel_shift apply_affine_transform apply_brightness_shift "
            "apply_channel_shift apply_transform",
            "ImageDataGenerator(...).random_transform(photo) changes one photo",
        ),
        ("image_dataset_from_directory", "it is in tinycnn.preprocessing"),
        ("smart_resize", "load_img(path, target_size=(rows, columns)) resizes"),
    ),
    "tinycnn.initializers": _rows(
        ("Identity identity", "orthogonal is the nearest that is here"),
        ("deserialize serialize", KEPT),
    ),
    "tinycnn.regularizers": _rows(
        (
            "OrthogonalRegularizer Regularizer activity_l1 activity_l1l2 activity_l2 "
            "orthogonal_regularizer",
            "L1, L2 and L1L2 are here",
        ),
        ("deserialize get serialize", KEPT),
    ),
    "tinycnn.datasets": _rows(
        ("imdb reuters", SEQUENCES),
        ("boston_housing california_housing", "tinycnn's data sets are photos"),
    ),
    "tinycnn.keras.utils": _rows(
        (
            "OrderedEnqueuer GeneratorEnqueuer",
            "a generator that yields (x, y), or a list of such pairs, is a source",
        ),
        (
            "multi_gpu_model",
            "tinycnn computes on the processor; leave the line out",
        ),
        ("HDF5Matrix", "np.load reads arrays"),
        ("model_to_dot", "model.summary() lists the layers"),
        (
            "timeseries_dataset_from_array text_dataset_from_directory pad_sequences "
            "audio_dataset_from_directory warmstart_embedding_matrix",
            SEQUENCES,
        ),
        ("Progbar", "fit(verbose=1) has a progress bar"),
        (
            "CustomObjectScope custom_object_scope deserialize_keras_object "
            "get_custom_objects get_registered_name get_registered_object "
            "register_keras_serializable serialize_keras_object",
            "a model file never names code that is not the library's own; save_weights "
            "and load_weights keep what a layer of your own learnt",
        ),
        (
            "FeatureSpace SequenceEnqueuer SidecarEvaluator StepsPerExecutionTuner "
            "TimedThread get_source_inputs pack_x_y_sample_weight split_dataset "
            "to_ordinal unpack_x_y_sample_weight",
            "fit takes arrays, and validation_split parts them",
        ),
    ),
    "tinycnn.keras.activations": _rows(
        (
            "exponential gelu hard_sigmoid hard_silu mish relu6 softsign",
            "relu, elu, leaky_relu, swish, tanh, sigmoid and softmax are here",
        ),
        (
            "atrous_conv2d avg_pool avg_pool2d batch_normalization bias_add conv1d "
            "conv2d conv2d_transpose depthwise_conv2d dropout embedding_lookup "
            "l2_loss l2_normalize local_response_normalization lrn max_pool "
            "max_pool2d moments separable_conv2d xw_plus_b",
            LAYERS,
        ),
        (
            "sigmoid_cross_entropy_with_logits softmax_cross_entropy_with_logits "
            "softmax_cross_entropy_with_logits_v2 "
            "sparse_softmax_cross_entropy_with_logits "
            "weighted_cross_entropy_with_logits",
            "BinaryCrossentropy, CategoricalCrossentropy and SparseCategorical"
            "Crossentropy, each with from_logits=True, are losses of compile",
        ),
        ("deserialize serialize", KEPT),
    ),
    "tinycnn.keras.backend": _rows(
        (
            "function gradients learning_phase placeholder variable",
            "model.activations(x) returns the output of every layer, model.gradients "
            "the gradients",
        ),
        (
            "batch_normalization bias_add conv1d conv2d conv2d_transpose conv3d "
            "ctc_batch_cost ctc_decode depthwise_conv2d dropout pool2d pool3d rnn "
            "separable_conv2d",
            "the layers of that name have forward and backward",
        ),
        (
            "batch_dot batch_flatten batch_get_value batch_set_value count_params "
            "cumprod cumsum dtype eye foldl foldr get_uid hard_sigmoid in_test_phase "
            "in_top_k in_train_phase is_sparse l2_normalize map_fn name_scope "
            "print_tensor random_binomial random_normal random_uniform repeat "
            "repeat_elements reset_uids resize_images reverse sign softsign "
            "spatial_2d_padding stop_gradient switch temporal_padding to_dense "
            "truncated_normal update update_add update_sub",
            "arrays are NumPy's: write it with np.",
        ),
    ),
}
# Modules that are not here -> what to do instead; what is below them, too.
ABSENT_MODULES: dict[str, str] = {
    "tinycnn.applications": PRETRAINED,
    "tinycnn.contrib": "tf.contrib is part of TensorFlow 1; tinycnn has no such module",
    "tinycnn.estimator": ABSENT["tinycnn"]["estimator"],
    "tinycnn.examples": "datasets.mnist.load_data() returns the digits",
    "tinycnn.layers.embeddings": SEQUENCES,
    "tinycnn.layers.recurrent": SEQUENCES,
    "tinycnn.layers.wrappers": SEQUENCES,
    "tinycnn.preprocessing.sequence": SEQUENCES,
    "tinycnn.preprocessing.text": SEQUENCES,
    "tinycnn.wrappers": ABSENT["tinycnn"]["wrappers"],
}


# What Keras has in some of them; another name is a misspelt one.
NAMES_IN: dict[str, str] = {
    "tinycnn.applications": (
        "ConvNeXtLarge ConvNeXtSmall ConvNeXtTiny ConvNeXtXLarge DenseNet121 "
        "DenseNet169 DenseNet201 EfficientNetB0 EfficientNetB1 EfficientNetB2 "
        "EfficientNetB3 EfficientNetB4 EfficientNetB5 EfficientNetB6 EfficientNetB7 "
        "EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 "
        "EfficientNetV2L EfficientNetV2M EfficientNetV2S InceptionResNetV2 InceptionV3 "
        "MobileNet MobileNetV2 MobileNetV3Large MobileNetV3Small NASNetLarge "
        "NASNetMobile ResNeXt101 ResNeXt50 ResNet101 ResNet101V2 ResNet152 ResNet152V2 "
        "ResNet50 ResNet50V2 VGG16 VGG19 Xception convnext decode_predictions densenet "
        "efficientnet efficientnet_v2 imagenet_utils inception_resnet_v2 inception_v3 "
        "mobilenet mobilenet_v2 mobilenet_v3 nasnet preprocess_input regnet resnet "
        "resnet50 resnet_rs resnet_v2 resnext vgg16 vgg19 xception"
    ),
    "tinycnn.preprocessing.sequence": (
        "TimeseriesGenerator make_sampling_table pad_sequences skipgrams"
    ),
    "tinycnn.preprocessing.text": (
        "Tokenizer base_filter hashing_trick one_hot text_to_word_sequence "
        "tokenizer_from_json"
    ),
}


def module_of_today(name: str) -> str | None:
    """Return the module that an old module's name stands for, if it does.

    Examples
    --------
    >>> module_of_today("tinycnn.python.keras.layers.core")
    'tinycnn.layers'
    >>> module_of_today("tinycnn.optimizers.rmsprop_v2")
    'tinycnn.optimizers'
    """
    if name != "tinycnn.keras" and name in PREFIXES:
        return "tinycnn.keras"
    short = without_prefix(name)
    if short in MODULES:
        return MODULES[short]
    parts = short.split(".")
    room = ".".join(parts[:2])
    if len(parts) > 2 and parts[2] in INSIDE.get(room, "").split():
        return None if is_absent(short) else MODULES.get(room, room)
    parent, _, last = short.rpartition(".")
    if parent in ENDING and last.endswith(ENDING[parent]):
        return parent
    return short if short != name and short != "tinycnn" else None


def is_absent(module: str) -> bool:
    """Return whether a module, or what it is in, is one of those not here."""
    parts = module.split(".")
    return any(
        ".".join(parts[:length]) in ABSENT_MODULES
        for length in range(2, len(parts) + 1)
    )


def without_prefix(name: str) -> str:
    """Return a module's name without "keras." or "python." before it."""
    for prefix in PREFIXES:
        if name.startswith(prefix + "."):
            return without_prefix("tinycnn." + name.removeprefix(prefix + "."))
    return name


def way_out(module: str, name: str) -> str | None:
    """Return what to do instead of a name that is not here, if a table has it."""
    way: str | None = ABSENT.get(module, {}).get(name)
    parts = f"{module}.{name}".split(".")
    for length in range(2, len(parts) + 1):
        way = way or ABSENT_MODULES.get(".".join(parts[:length]))
    full = f"{module}.{name}".removeprefix("tinycnn.").removeprefix("keras.")
    return way and f"tinycnn has no {full}: {way}"


class NotHere(type):
    """What stands for a name of Keras's that tinycnn does not have.

    A script may import it and never use it. Each use - a call, an attribute, a class
    that inherits from it, a place among the arguments of `fit` - is refused with what
    to do instead.
    """

    _way: str

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: Any, **_: Any
    ) -> Any:
        """Refuse a class that inherits from one of these."""
        way = next(base._way for base in bases if isinstance(base, NotHere))
        raise TypeError(way)

    def __call__(cls, *_: Any, **__: Any) -> Any:
        """Refuse a call."""
        raise TypeError(cls._way)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(cls._way)

    def __repr__(cls) -> str:
        return f"<{cls._way}>"


@cache
def not_here(module: str, name: str, way: str) -> Any:
    """Return what stands for a name that is not here; the same object each time."""
    facts = {"_way": way, "__doc__": way, "__module__": module}
    return type.__new__(NotHere, name, (), facts)


class AbsentModule(ModuleType):
    """A module that is not here, such as `tinycnn.applications`."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        full = self.__name__
        tops = [top for top in NAMES_IN if f"{full}.".startswith(f"{top}.")]
        names = NAMES_IN[tops[0]].split() if tops else [name]
        if name not in names:
            hint = _nearest(name, names)
            message = f"module {full!r} has no attribute {name!r}{hint}"
            raise AttributeError(message, name=name)
        return not_here(full, name, way_out(full, name) or "")


def refuse_what_is_not_here(value: object) -> None:
    """Raise if a value, or one of a list, only stands for what is not here.

    Raises
    ------
    TypeError
        With what to do instead.
    """
    for one in value if isinstance(value, (list, tuple)) else [value]:
        if isinstance(one, NotHere):
            raise TypeError(one._way)


def found(target: str) -> Any:
    """Return what "module:name", or a module's name, stands for."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name) if name else import_module(module)


def names_of(module: Any) -> list[str]:
    """Return the public names of a module, and Keras's for them."""
    return [
        *(name for name in vars(module) if not name.startswith("_")),
        *ALIASES.get(module.__name__, {}),
        *(COMMANDS if module.__name__ == "tinycnn" else ()),
    ]


COMMANDS = ("train", "predict", "explain", "check", "export", "lessons")
# What `from tinycnn import *` gives beside what is in ``__all__``: Keras's rooms.
ROOMS = (
    "activations backend callbacks constraints datasets initializers layers losses "
    "metrics models optimizers preprocessing regularizers utils Input Model"
).split()


def starred(module: str, names: list[str]) -> list[str]:
    """Return what ``from module import *`` gives: the names, and Keras's others."""
    others = ROOMS
    if module != "tinycnn":
        others = [*ALIASES.get(module, {}), *ABSENT.get(module, {})]
    return [*names, *(name for name in others if name not in names)]


def other_names(module: str) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a module: Keras's other names for what it has.

    A name of the tables is found, or something that is refused when it is used; another
    one raises AttributeError as in Python, with the nearest name.
    """
    here = sys.modules[module]
    if not hasattr(here, "__path__"):
        here.__path__ = []  # so that `optimizers.rmsprop_v2` can be imported below it

    def __getattr__(name: str) -> Any:
        target = ALIASES.get(module, {}).get(name)
        if target and target != f"{module}:{name}":
            return found(target)
        if not name.startswith("_"):
            path = f"{module}.{name}"
            if PathFinder.find_spec(path, here.__path__):
                return import_module(path)  # loaded when it is first named
            today = module_of_today(path)
            if is_absent(path) or today not in (None, without_prefix(path)):
                return import_module(path)
            if way := way_out(module, name):
                return not_here(module, name, way)
        raise AttributeError(
            f"module {module!r} has no attribute {name!r}{near(here, name)}", name=name
        )

    return __getattr__


def is_plain(message: str) -> bool:
    """Return whether a message is Python's own, without anything to do instead."""
    return message.startswith("module ") and "did you mean" not in message


def near(module: Any, name: str) -> str:
    """Return ", did you mean ...?" for a name that is nearly one of a module's."""
    return _nearest(name, [other for other in names_of(module) if other != name])


def _nearest(name: str, names: list[str]) -> str:
    close = get_close_matches(name, names, 1)
    return f"; did you mean {close[0]!r}?" if close else ""
