"""The pipeline of csv-parquet in polars' streaming engine: orders_polars.py <in.csv> <out.parquet>"""

import sys

import polars as pl

source, target = sys.argv[1:]
orders = pl.scan_csv(source, try_parse_dates=True)
kept = orders.filter(((pl.col("price") > 100.0) & (pl.col("language") != "fr")) | (pl.col("count") * 2 > 100))
more = kept.with_columns(
    total=pl.col("price") * pl.col("count"),
    label=pl.col("language").str.to_uppercase() + "-" + pl.col("item"),
)
more.sink_parquet(target, compression="zstd")
