"""Tokenises texts with the Rust library and its own threads: tokenize_rust.py <texts.json> <tokenizer.json> <rows>

Prints the seconds of encode_batch_fast, which leaves offsets out, and a digest of the ids of each <rows> texts.
"""

import hashlib
import json
import sys
import time
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

source, model, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
texts = json.loads(Path(source).read_text())
tokenizer = Tokenizer.from_file(model)
tokenizer.no_padding()
tokenizer.no_truncation()
tokenizer.encode_batch_fast(texts[:rows])

started = time.perf_counter()
encoded = tokenizer.encode_batch_fast(texts)
seconds = time.perf_counter() - started

digests = []
for first in range(0, len(texts), rows):
    ids = np.concatenate([np.array(one.ids, dtype="<i4") for one in encoded[first : first + rows]])
    digests.append(hashlib.sha1(ids.tobytes()).hexdigest())
print(json.dumps({"seconds": seconds, "digest": hashlib.sha1("".join(digests).encode()).hexdigest()}))
