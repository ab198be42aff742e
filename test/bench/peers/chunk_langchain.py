"""Cuts texts as chunk does, with langchain's recursive splitter: chunk_langchain.py <in.parquet> <out.parquet> <size> <overlap> <processes>"""

import multiprocessing
import sys

import pyarrow as pa
import pyarrow.parquet as pq
from langchain_text_splitters import RecursiveCharacterTextSplitter

source, target = sys.argv[1:3]
size, overlap, processes = map(int, sys.argv[3:])
splitter = RecursiveCharacterTextSplitter(chunk_size=size, chunk_overlap=overlap)


def split(batch):
    ids, indexes, pieces = [], [], []
    for number, text in zip(batch["id"].to_pylist(), batch["text"].to_pylist()):
        cut = splitter.split_text(text)
        ids.extend([number] * len(cut))
        indexes.extend(range(len(cut)))
        pieces.extend(cut)
    columns = [pa.array(ids, pa.int64()), pa.array(pieces, pa.string()), pa.array(indexes, pa.int32())]
    return pa.record_batch(columns, schema)


schema = pa.schema([("id", pa.int64()), ("text", pa.string()), ("chunkIndex", pa.int32())])
batches = pq.ParquetFile(source).iter_batches(1024)
with pq.ParquetWriter(target, schema, compression="zstd") as writer:
    if processes == 1:
        for batch in map(split, batches):
            writer.write_batch(batch)
    else:
        with multiprocessing.Pool(processes) as pool:
            for batch in pool.imap(split, batches):
                writer.write_batch(batch)
