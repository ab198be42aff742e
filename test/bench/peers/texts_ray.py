"""The pipeline of embed in Ray Data, as its documentation shows: texts_ray.py <in.parquet> <model folder> <database>

A class that loads sentence-transformers, `map_batches`, and LanceDB in the driver. Prints the seconds that the class took
for imports and the model.
"""

import json
import os
import shutil
import sys
import tempfile
import time

import lancedb
import ray

source, folder, database = sys.argv[1:]
scratch = tempfile.mkdtemp()
loads = os.path.join(scratch, "loads")
os.mkdir(loads)


class Embed:
    def __init__(self):
        started = time.perf_counter()
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(folder, device="cpu")
        with open(os.path.join(loads, str(os.getpid())), "w") as file:
            file.write(str(time.perf_counter() - started))

    def __call__(self, batch):
        batch["vector"] = self.model.encode(batch["text"].tolist())
        return batch


ray.init(include_dashboard=False, logging_level="error", _temp_dir=scratch)
ray.data.DataContext.get_current().enable_progress_bars = False
# An actor takes a core, and one must be left for reading, or Ray waits for ever.
actors = max(1, len(os.sched_getaffinity(0)) - 1)
embedded = ray.data.read_parquet(source).map_batches(Embed, concurrency=actors, batch_size=256)
table = None
for batch in embedded.iter_batches(batch_size=None, batch_format="numpy"):
    rows = [{"id": int(i), "text": t, "vector": v} for i, t, v in zip(batch["id"], batch["text"], batch["vector"])]
    if table is None:
        table = lancedb.connect(database).create_table("texts", rows)
    else:
        table.add(rows)
seconds = [float(open(os.path.join(loads, name)).read()) for name in os.listdir(loads)]
ray.shutdown()
shutil.rmtree(scratch, ignore_errors=True)
print(json.dumps({"modelSeconds": max(seconds)}))
