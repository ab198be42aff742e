"""Cuts texts in memory with langchain's recursive splitter: chunk_memory.py <in.parquet> <size> <overlap>

Prints the seconds of cutting alone, how many pieces there are and their bytes but white space.
"""

import json
import sys
import time

import pyarrow.parquet as pq
from langchain_text_splitters import RecursiveCharacterTextSplitter

source, size, overlap = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
texts = pq.read_table(source, columns=["text"])["text"].to_pylist()
splitter = RecursiveCharacterTextSplitter(chunk_size=size, chunk_overlap=overlap)
started = time.perf_counter()
pieces = [piece for text in texts for piece in splitter.split_text(text)]
seconds = time.perf_counter() - started
solid = sum(len(piece.encode().translate(None, bytes(range(33)))) for piece in pieces)
print(json.dumps({"seconds": seconds, "pieces": len(pieces), "solid": solid}))
