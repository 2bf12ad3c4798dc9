"""Which photos come together: arrays, lists and generators as sources of batches."""

from tinycnn.batches.arrays import (
    ArrayBatches,
    Batch,
    Batches,
    Indices,
    stratified_split,
)
from tinycnn.batches.pipeline import Pipeline
from tinycnn.batches.sources import (
    BatchList,
    BatchStream,
    NoMoreBatchesError,
    as_source,
    split_arrays,
    stream_of,
    warn_of_left_out,
)
from tinycnn.batches.survey import Survey, channel_means

__all__ = [
    "ArrayBatches",
    "Batch",
    "BatchList",
    "BatchStream",
    "Batches",
    "Indices",
    "NoMoreBatchesError",
    "Pipeline",
    "Survey",
    "as_source",
    "channel_means",
    "split_arrays",
    "stratified_split",
    "stream_of",
    "warn_of_left_out",
]  # fmt: skip
