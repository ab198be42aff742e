"""The pipeline of embed as sentence-transformers' README shows: texts_sentence.py <in.parquet> <model folder> <backend> <database>

The backend is torch or the name of an ONNX file. Prints the seconds that imports and loading the model took.
"""

import json
import sys
import time

import lancedb
import pyarrow.parquet as pq

started = time.perf_counter()
from sentence_transformers import SentenceTransformer  # noqa: E402

source, folder, backend, database = sys.argv[1:]
if backend == "torch":
    model = SentenceTransformer(folder, device="cpu")
else:
    model = SentenceTransformer(
        folder,
        backend="onnx",
        device="cpu",
        model_kwargs={"file_name": backend, "provider": "CPUExecutionProvider"},
    )
model_seconds = time.perf_counter() - started

rows = pq.read_table(source)
vectors = model.encode(rows["text"].to_pylist())
lancedb.connect(database).create_table(
    "texts",
    [
        {"id": id, "text": text, "vector": vector}
        for id, text, vector in zip(rows["id"].to_pylist(), rows["text"].to_pylist(), vectors)
    ],
)
print(json.dumps({"modelSeconds": model_seconds}))
