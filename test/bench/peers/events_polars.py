"""The pipeline of ndjson-route in polars: events_polars.py <in.ndjson> <paid.ndjson> <other.ndjson>"""

import sys

import polars as pl

source, paid, other = sys.argv[1:]
events = (
    pl.scan_ndjson(source)
    .select(
        "id",
        "kind",
        pl.col("user").struct.field("country"),
        pl.col("user").struct.field("name"),
        "amount",
    )
    .collect(engine="streaming")
)
events.filter(pl.col("kind") == "paid").write_ndjson(paid)
events.filter(pl.col("kind") != "paid").write_ndjson(other)
