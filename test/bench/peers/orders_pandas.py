"""The pipeline of csv-parquet in pandas, in chunks of a million rows: orders_pandas.py <in.csv> <out.parquet>"""

import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

source, target = sys.argv[1:]
writer = None
for chunk in pd.read_csv(source, chunksize=1_000_000, parse_dates=["ordered"]):
    kept = chunk[((chunk["price"] > 100.0) & (chunk["language"] != "fr")) | (chunk["count"] * 2 > 100)]
    more = kept.assign(total=kept["price"] * kept["count"], label=kept["language"].str.upper() + "-" + kept["item"])
    table = pa.Table.from_pandas(more, preserve_index=False)
    if writer is None:
        writer = pq.ParquetWriter(target, table.schema, compression="zstd")
    writer.write_table(table)
if writer is not None:
    writer.close()
