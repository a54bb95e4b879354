#!/usr/bin/env python3
"""Measures the three models and writes measurements.json.

    measure.py /path/to/heart.csv [--models ..]

Accuracy is cross-validated: in every split the pipelines are trained anew on four fifths of the data and judged on the other fifth,
all three on the same splits. Disagreements are those of the committed models, which were trained on all rows, and, for
the real data, also of the cross-validated answers.
"""

import argparse
import itertools
import json
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold

import classifiers
import generate_rows
import mlflow_folder

FOLDS = 5
SPLIT_SEEDS = range(20)


def main():
    parser = argparse.ArgumentParser(description="Measures the example models.")
    parser.add_argument("data", help="heart.csv, the UCI heart disease data")
    parser.add_argument("--models", type=Path, default=Path(__file__).resolve().parent.parent, help="folder of the models and of rows.csv")
    arguments = parser.parse_args()

    frame, target = classifiers.read_data(arguments.data)
    synthetic = classifiers.read_rows(arguments.models / "rows.csv")
    held_out = {each.folder: _held_out_answers(each, frame, target) for each in classifiers.CLASSIFIERS}
    on_real = {name: _answers(arguments.models / name, frame) for name in held_out}
    on_synthetic = {name: _answers(arguments.models / name, synthetic) for name in held_out}
    accuracy = {name: (answers == target.to_numpy()).mean(axis=1) for name, answers in held_out.items()}

    measurements = {
        "libraries": mlflow_folder.library_versions(),
        "real_rows": len(frame),
        "synthetic_rows": len(synthetic),
        "cross_validation": {
            "folds": FOLDS,
            "stratified": True,
            "split_seeds": f"{SPLIT_SEEDS[0]} to {SPLIT_SEEDS[-1]}",
            "always_negative": _rounded(1 - target.mean()),
            "accuracy": {name: _spread(values) for name, values in accuracy.items()},
            "v2_minus_v1": _spread(accuracy["model-v2"] - accuracy["model-v1"]),
            "v3_minus_v1": _spread(accuracy["model-v3"] - accuracy["model-v1"]),
        },
        "positive_answers": {
            name: {"real": _rounded(on_real[name].mean()), "synthetic": _rounded(on_synthetic[name].mean())} for name in on_real
        },
        "disagreement": {
            f"{first}/{second}": {
                "real": _rounded((on_real[first] != on_real[second]).mean()),
                "real_cross_validated": _rounded((held_out[first] != held_out[second]).mean()),
                "synthetic": _rounded((on_synthetic[first] != on_synthetic[second]).mean()),
            }
            for first, second in itertools.combinations(held_out, 2)
        },
    }
    text = json.dumps(measurements, indent=2) + "\n"
    (arguments.models / "measurements.json").write_text(text, encoding="utf-8", newline="\n")
    print(text, end="")


def _held_out_answers(classifier, frame, target):
    """One row a split seed: the answer for every patient, each from a pipeline that has not seen that patient."""
    answers = np.zeros((len(SPLIT_SEEDS), len(frame)), dtype="int64")
    for index, seed in enumerate(SPLIT_SEEDS):
        for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(frame, target):
            answers[index, test] = classifier.fit(frame.iloc[train], target.iloc[train]).predict(frame.iloc[test])
    return answers


def _answers(folder, frame):
    labels, _ = generate_rows.predict(folder, frame)
    return np.array(labels)


def _spread(values):
    """Over the split seeds: mean, lowest and highest."""
    return {"mean": _rounded(values.mean()), "lowest": _rounded(values.min()), "highest": _rounded(values.max())}


def _rounded(value):
    return round(float(value), 4)


if __name__ == "__main__":
    main()
