"""A folder for sentence-transformers in torch from one with model.onnx: minilm_weights.py <model folder> <out folder>

The float32 weights of the ONNX file get their names of the BERT encoder back; torch keeps matrices the other way round.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import save_file

source, target = map(Path, sys.argv[1:])
graph = onnx.load(source / "model.onnx").graph
arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
weights = {name.removeprefix("m."): array for name, array in arrays.items() if name.startswith("m.")}
for node in graph.node:
    if node.op_type == "MatMul" and node.input[1] in arrays:
        name = node.name.removeprefix("/m/").removesuffix("/MatMul").replace("/", ".")
        weights[f"{name}.weight"] = np.ascontiguousarray(arrays[node.input[1]].T)
for file in source.rglob("*.json"):
    copy = target / file.relative_to(source)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, copy)
save_file(weights, target / "model.safetensors", {"format": "pt"})
