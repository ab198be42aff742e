"""Three of fifty columns, nine of ten rows, in pyarrow: wide_pyarrow.py <in.parquet> <out.parquet>"""

import sys

import pyarrow.dataset as ds
import pyarrow.parquet as pq

source, target = sys.argv[1:]
scanner = ds.dataset(source).scanner(columns=["c1", "c2", "c3"], filter=ds.field("c1") >= 10.0)
with pq.ParquetWriter(target, scanner.projected_schema, compression="zstd") as writer:
    for batch in scanner.to_batches():
        if batch.num_rows:
            writer.write_batch(batch)
