#!/usr/bin/env python3
"""Selects from a folder of reference figures what the tests here use: select.py FROM TO."""
import json
import sys
from pathlib import Path

source, target = map(Path, sys.argv[1:])


def write(name, content):
    lines = json.dumps(content, indent=1)
    (target / f"{name}.json").write_text(lines + "\n")


def load(name):
    return json.loads((source / f"{name}.json").read_text())


def keep(case, *starts):
    return {key: value for key, value in case.items() if key.startswith(starts)}


elementwise = load("elementwise")
write(
    "elementwise",
    {
        **keep(elementwise, "x_"),
        "cases": [
            # Values of PyTorch's are of use at kinks alone, its slopes at those and at infinity.
            keep(case, "name", "params", "kinks", "exact_", "torch_dx", *["torch_y"][: len(case["kinks"])])
            for case in elementwise["cases"]
        ],
    },
)

softmax = load("softmax")
kinds = ("name", "n", "x_", "upstream_", "exact_", "torch_softmax_", "torch_log_softmax_")
write("softmax", {"cases": [keep(case, *kinds) for case in softmax["cases"]]})

dense = load("dense_init")
write("dense", {"cases": dense["dense"], "gains": dense["gains"]})

write("losses", load("losses"))

optimizers = load("optimizers")
kinds = ("optimizer", "params", "w_f64", "w_final_f32", "w_stream_zero", "w_stream_huge", "g_f64")
write(
    "optimizers",
    {
        "cases": [keep(case, *kinds) for case in optimizers["cases"]],
        "w0": optimizers["problem"]["w0"],
        **keep(optimizers, "schedulers", "clip_grad_norm"),
    },
)

write("training", {"cases": load("training")["cases"]})
