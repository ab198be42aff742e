"""The pipeline of embed, tuned by hand: texts_tuned.py <in.parquet> <model folder> <model file> <database>

Windows of 4,096 texts are sorted by length and cut into batches of at most 1,024 padded tokens; the next window is
tokenised while the model runs. Prints the seconds that loading the model took.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lancedb
import numpy as np
import onnxruntime as ort
import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import Tokenizer

WINDOW = 4096
TOKENS = 1024
source, folder, file, database = sys.argv[1:]

started = time.perf_counter()
options = ort.SessionOptions()
options.intra_op_num_threads = len(os.sched_getaffinity(0))
options.inter_op_num_threads = 1
session = ort.InferenceSession(str(Path(folder) / file), options, providers=["CPUExecutionProvider"])
tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
tokenizer.enable_truncation(256)
tokenizer.no_padding()
model_seconds = time.perf_counter() - started


def tokenised(batch):
    ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(batch["text"].to_pylist())]
    return batch, ids


def vectors(ids):
    lengths = np.array([len(one) for one in ids])
    order = np.argsort(lengths, kind="stable")
    out = np.empty((len(ids), 384), np.float32)
    at = 0
    while at < len(order):
        end = at + 1
        while end < len(order) and (end + 1 - at) * lengths[order[end]] <= TOKENS:
            end += 1
        rows = order[at:end]
        width = lengths[rows[-1]]
        tokens = np.zeros((len(rows), width), np.int64)
        mask = np.arange(width) < lengths[rows, None]
        for row, i in enumerate(rows):
            tokens[row, : lengths[i]] = ids[i]
        feed = {"input_ids": tokens, "attention_mask": mask.astype(np.int64), "token_type_ids": np.zeros_like(tokens)}
        hidden = session.run(["last_hidden_state"], feed)[0]
        means = (hidden * mask[:, :, None]).sum(1) / lengths[rows, None]
        out[rows] = means / np.linalg.norm(means, axis=1, keepdims=True)
        at = end
    return out


table = None
with ThreadPoolExecutor(1) as ahead:
    windows = pq.ParquetFile(source).iter_batches(batch_size=WINDOW)
    first = next(windows, None)
    coming = first and ahead.submit(tokenised, first)
    while coming:
        batch, ids = coming.result()
        following = next(windows, None)
        coming = following and ahead.submit(tokenised, following)
        vector = pa.FixedSizeListArray.from_arrays(pa.array(vectors(ids).reshape(-1)), 384)
        rows = pa.Table.from_arrays([*batch.columns, vector], names=[*batch.schema.names, "vector"])
        if table is None:
            table = lancedb.connect(database).create_table("texts", schema=rows.schema)
        table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all().execute(rows)
print(json.dumps({"modelSeconds": model_seconds}))
