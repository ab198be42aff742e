"""The work of lancedb in Python, with pyarrow: vectors_lancedb.py <in.parquet> <database> <append or upsert> <rows a commit>"""

import sys

import lancedb
import pyarrow as pa
import pyarrow.parquet as pq

source, database, how, rows = sys.argv[1:]
file = pq.ParquetFile(source)
dimension = len(next(file.iter_batches(batch_size=1))["vector"][0])
vector = pa.list_(pa.float32(), dimension)
table = lancedb.connect(database).create_table("rows", schema=pa.schema({"id": pa.int64(), "vector": vector}))


def store(batches):
    some = pa.Table.from_batches(batches)
    if not pa.types.is_fixed_size_list(some.schema.field("vector").type):
        some = some.set_column(1, "vector", some["vector"].cast(vector))
    if how == "append":
        table.add(some)
    else:
        table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all().execute(some)


# A batch ends with its row group: what makes a commit is put together from several.
waiting, count = [], 0
for batch in file.iter_batches(batch_size=int(rows)):
    while count + batch.num_rows >= int(rows):
        first = int(rows) - count
        store([*waiting, batch.slice(0, first)])
        batch = batch.slice(first)
        waiting, count = [], 0
    if batch.num_rows:
        waiting.append(batch)
        count += batch.num_rows
if waiting:
    store(waiting)
