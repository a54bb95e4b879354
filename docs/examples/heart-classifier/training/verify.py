#!/usr/bin/env python3
"""Checks what is committed against the pickled pipelines. Ends with 0 when all is well, 1 when not, 77 when it cannot tell here.

    verify.py            the generator gives rows.csv; the pickles give the expected outputs
    verify.py --export   the export of each pickle is its model.onnx (needs the onnx package)
"""

import argparse
import csv
import importlib
import json
import pickle
import sys
from pathlib import Path

import generate_rows

HERE = Path(__file__).resolve().parent.parent
TOLERANCE = 1e-6
CANNOT_TELL = 77

# A pickle is only good for the versions (major and minor) that wrote it.
PICKLED_WITH = {"sklearn": "1.2.", "xgboost": "1.7."}


def main():
    parser = argparse.ArgumentParser(description="Checks the committed example models.")
    parser.add_argument("--export", action="store_true", help="check model.onnx instead of the expected outputs")
    arguments = parser.parse_args()

    for name, wanted in PICKLED_WITH.items():
        found = importlib.import_module(name).__version__
        if not found.startswith(wanted):
            print(f"the models were pickled with {name} {wanted}x and {sys.executable} has {found}")
            return CANNOT_TELL

    models = sorted(HERE.glob("model-v*"))
    findings = _check_export(models) if arguments.export else _check_rows() + _check_expected(models)
    for finding in findings:
        print(finding)
    if not models:
        print(f"There is no model-v* in {HERE}.")
    return 1 if findings or not models else 0


def _check_rows():
    with open(HERE / "rows.csv", encoding="utf-8", newline="") as file:
        committed = list(csv.reader(file))
    made = [list(generate_rows.COLUMNS)] + [[str(value) for value in row] for row in generate_rows.generate(len(committed) - 1)]
    return [] if made == committed else ["rows.csv is not what generate_rows.py makes."]


def _check_expected(models):
    findings = []
    rows = list(generate_rows.generate(generate_rows.DEFAULT_COUNT))
    for model in models:
        for suffix, inputs in (("", rows), ("-without-oldpeak", generate_rows.without_st_depression(rows))):
            path = HERE / "expected" / f"{model.name}{suffix}.json"
            expected = json.loads(path.read_text(encoding="utf-8"))
            labels, probabilities = generate_rows.predict(model, inputs)
            if labels != [answer["label"] for answer in expected]:
                findings.append(f"{path.name}: labels differ from the pickled pipeline's.")
            pairs = zip(probabilities, (answer["probabilities"] for answer in expected))
            worst = max(abs(got - wanted) for answer in pairs for got, wanted in zip(*answer))
            if worst > TOLERANCE:
                findings.append(f"{path.name}: probabilities differ from the pickled pipeline's by up to {worst:.2g}.")
    return findings


def _check_export(models):
    import onnx

    import classifiers
    import onnx_export

    findings = []
    for model in models:
        pipeline = pickle.loads((model / "model.pkl").read_bytes())
        exported = onnx_export.export(pipeline, classifiers.SIGNATURE, model.name).SerializeToString()
        committed = (model / "model.onnx").read_bytes()
        # Other versions of the libraries may order the bytes otherwise; then the contents decide.
        if exported != committed and onnx.load_from_string(exported) != onnx.load_from_string(committed):
            findings.append(f"{model.name}: model.onnx is not the export of model.pkl.")
    return findings


if __name__ == "__main__":
    sys.exit(main())
