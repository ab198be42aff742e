"""The pipeline of csv-parquet with Python's own csv, row by row: orders_csv.py <in.csv> <out.parquet>"""

import csv
import sys
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq

source, target = sys.argv[1:]
schema = pa.schema(
    {
        "id": pa.int64(),
        "ordered": pa.timestamp("us"),
        "language": pa.string(),
        "item": pa.string(),
        "price": pa.float64(),
        "count": pa.int64(),
        "paid": pa.bool_(),
        "total": pa.float64(),
        "label": pa.string(),
    }
)


def orders(rows):
    for row in rows:
        price = float(row["price"])
        count = int(row["count"])
        if not (price > 100.0 and row["language"] != "fr" or count * 2 > 100):
            continue
        yield {
            "id": int(row["id"]),
            "ordered": datetime.fromisoformat(row["ordered"]),
            "language": row["language"],
            "item": row["item"],
            "price": price,
            "count": count,
            "paid": row["paid"] == "true",
            "total": price * count,
            "label": row["language"].upper() + "-" + row["item"],
        }


with open(source, newline="") as file, pq.ParquetWriter(target, schema, compression="zstd") as writer:
    batch = []
    for order in orders(csv.DictReader(file)):
        batch.append(order)
        if len(batch) == 100_000:
            writer.write_table(pa.Table.from_pylist(batch, schema))
            batch = []
    writer.write_table(pa.Table.from_pylist(batch, schema))
