#!/usr/bin/env python3
"""Trains the three example models and writes each as an MLflow model folder.

    train.py /path/to/heart.csv [--output FOLDER]

Needs scikit-learn, xgboost, onnx, pandas and PyYAML (Debian: python3-sklearn python3-xgboost python3-onnx python3-pandas python3-yaml).
The same data and library versions give the same bytes.
"""

import argparse
from pathlib import Path

import classifiers
import generate_rows
import mlflow_folder
import onnx_export


def main():
    parser = argparse.ArgumentParser(description="Trains the example models.")
    parser.add_argument("data", help="heart.csv, the UCI heart disease data")
    parser.add_argument("--output", type=Path, default=Path(__file__).resolve().parent.parent)
    arguments = parser.parse_args()

    frame, target = classifiers.read_data(arguments.data)
    example = list(generate_rows.generate(2))
    for classifier in classifiers.CLASSIFIERS:
        pipeline = classifier.fit(frame, target)
        graph = onnx_export.export(pipeline, classifiers.SIGNATURE, classifier.folder)
        folder = arguments.output / classifier.folder
        mlflow_folder.write(folder, pipeline, graph, classifiers.SIGNATURE, example)
        sizes = ", ".join(f"{name} {(folder / name).stat().st_size:,} bytes" for name in ("model.onnx", "model.pkl"))
        print(f"{folder}: {classifier.purpose} ({sizes})")


if __name__ == "__main__":
    main()
