#!/usr/bin/env python3
"""Synthetic patients: made up from the constants below by a seeded generator, and no row is taken from any data set.

    generate_rows.py --count 100000 --output /tmp/rows.csv             rows alone; needs nothing but Python
    generate_rows.py --output ../rows.csv --models .. --expected ../expected --sample ../sample.json
                                                                       what is committed: rows, expected outputs, a request
"""

import argparse
import csv
import json
import math
import random
from pathlib import Path

COLUMNS = ("age", "sex", "cp", "trestbps", "chol", "fbs", "restecg", "thalach", "exang", "oldpeak", "slope", "ca", "thal")
DEFAULT_COUNT = 500
DEFAULT_SEED = 20261123
ROWS_WITH_ABSENT_VALUE = 50

# Every patient is of one of three groups, which decides the rest; the group itself is not a column.
GROUPS = {"healthy": 0.54, "mild": 0.18, "severe": 0.28}

# Code: share in each group. Rounded, invented around published summary statistics of such patients.
SHARES = {
    "sex": {"healthy": {0: 0.44, 1: 0.56}, "mild": {0: 0.16, 1: 0.84}, "severe": {0: 0.19, 1: 0.81}},
    "fbs": {"healthy": {0: 0.86, 1: 0.14}, "mild": {0: 0.91, 1: 0.09}, "severe": {0: 0.8, 1: 0.2}},
    "restecg": {
        "healthy": {0: 0.57, 1: 0.01, 2: 0.42},
        "mild": {0: 0.42, 1: 0.02, 2: 0.56},
        "severe": {0: 0.39, 1: 0.04, 2: 0.57},
    },
    "exang": {"healthy": {0: 0.86, 1: 0.14}, "mild": {0: 0.55, 1: 0.45}, "severe": {0: 0.4, 1: 0.6}},
    "slope": {
        "healthy": {1: 0.65, 2: 0.29, 3: 0.06},
        "mild": {1: 0.42, 2: 0.54, 3: 0.04},
        "severe": {1: 0.17, 2: 0.71, 3: 0.12},
    },
    "ca": {
        "healthy": {0: 0.79, 1: 0.13, 2: 0.05, 3: 0.03},
        "mild": {0: 0.46, 1: 0.37, 2: 0.12, 3: 0.05},
        "severe": {0: 0.23, 1: 0.3, 2: 0.3, 3: 0.17},
    },
    # The encoder knows the first three; "unknown" is what a careless clerk types, and must not stop a model.
    "thal": {
        "healthy": {"normal": 0.78, "fixed": 0.04, "reversible": 0.17, "unknown": 0.01},
        "mild": {"normal": 0.47, "fixed": 0.05, "reversible": 0.47, "unknown": 0.01},
        "severe": {"normal": 0.18, "fixed": 0.1, "reversible": 0.71, "unknown": 0.01},
    },
}

# Chest pain depends on angina during exercise as well: (group, angina) to shares.
CHEST_PAIN = {
    ("healthy", 0): {1: 0.11, 2: 0.27, 3: 0.43, 4: 0.19},
    ("healthy", 1): {1: 0.08, 2: 0.1, 3: 0.27, 4: 0.55},
    ("mild", 0): {1: 0.13, 2: 0.17, 3: 0.25, 4: 0.45},
    ("mild", 1): {1: 0.05, 2: 0.03, 3: 0.08, 4: 0.84},
    ("severe", 0): {1: 0.03, 2: 0.06, 3: 0.18, 4: 0.73},
    ("severe", 1): {1: 0.02, 2: 0.03, 3: 0.06, 4: 0.89},
}

# Mean, standard deviation, lowest, highest.
MEASURES = {
    "age": {"healthy": (52.5, 9.5, 29, 79), "mild": (55.5, 8, 35, 79), "severe": (57.5, 8, 35, 79)},
    "trestbps": {"healthy": (129, 16, 94, 200), "mild": (133, 18, 94, 200), "severe": (135, 19, 94, 200)},
    "chol": {"healthy": (243, 50, 126, 420), "mild": (248, 48, 126, 420), "severe": (254, 53, 126, 420)},
    "thalach": {"healthy": (158, 17, 75, 202), "mild": (146, 21, 75, 195), "severe": (135, 20, 75, 195)},
}
HEART_RATE_LOST_A_YEAR = 0.8

# Mean of the ST depression by slope; none at all in this share of patients.
ST_DEPRESSION = {1: 0.7, 2: 1.5, 3: 2.7}
NO_ST_DEPRESSION = {"healthy": 0.43, "mild": 0.3, "severe": 0.11}
HIGHEST_ST_DEPRESSION = 6.2


def generate(count, seed=DEFAULT_SEED):
    """Yields `count` rows as lists in the order of COLUMNS. The same seed gives the same rows, and a longer list starts like a shorter."""
    source = random.Random(seed)
    for _ in range(count):
        yield _row(source)


def _row(source):
    group = _drawn(source, GROUPS)
    row = {name: _drawn(source, shares[group]) for name, shares in SHARES.items()}
    row["cp"] = _drawn(source, CHEST_PAIN[group, row["exang"]])
    for name in ("age", "trestbps", "chol"):
        row[name] = _measured(source, *MEASURES[name][group])
    mean, deviation, lowest, highest = MEASURES["thalach"][group]
    older = row["age"] - MEASURES["age"][group][0]
    row["thalach"] = _measured(source, mean - HEART_RATE_LOST_A_YEAR * older, deviation, lowest, highest)
    row["oldpeak"] = 0.0
    if source.random() >= NO_ST_DEPRESSION[group]:
        row["oldpeak"] = round(min(source.expovariate(1 / ST_DEPRESSION[row["slope"]]) + 0.1, HIGHEST_ST_DEPRESSION), 1)
    return [row[name] for name in COLUMNS]


def _drawn(source, shares):
    return source.choices(list(shares), weights=list(shares.values()))[0]


def _measured(source, mean, deviation, lowest, highest):
    return min(max(round(source.gauss(mean, deviation)), lowest), highest)


def write_rows(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def predict(model_folder, rows):
    """What the pickled pipeline answers for a data frame or a list of rows: a list of labels and a list of [P(0), P(1)]."""
    import pickle

    import pandas as pd

    # The folders are ours, made by train.py beside this file; a pickle from anywhere else must not be loaded.
    pipeline = pickle.loads((Path(model_folder) / "model.pkl").read_bytes())
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows, columns=list(COLUMNS))
    return pipeline.predict(frame).tolist(), pipeline.predict_proba(frame).tolist()


def without_st_depression(rows):
    """The first rows with `oldpeak` absent, as it is where a request says null: the trees then go their default way."""
    absent = COLUMNS.index("oldpeak")
    return [[math.nan if index == absent else value for index, value in enumerate(row)] for row in rows[:ROWS_WITH_ABSENT_VALUE]]


def write_expected(models, folder, rows):
    """Writes two files a model (answers for all rows, and for the rows without `oldpeak`), and returns the labels by model."""
    labels = {}
    Path(folder).mkdir(parents=True, exist_ok=True)
    for model in sorted(Path(models).glob("model-v*")):
        labels[model.name], probabilities = predict(model, rows)
        _write_answers(Path(folder) / f"{model.name}.json", labels[model.name], probabilities)
        _write_answers(Path(folder) / f"{model.name}-without-oldpeak.json", *predict(model, without_st_depression(rows)))
    return labels


def _write_answers(path, labels, probabilities):
    # Nine digits are all that single precision has.
    answers = ({"label": label, "probabilities": [round(p, 9) for p in pair]} for label, pair in zip(labels, probabilities))
    text = "[\n" + ",\n".join(map(json.dumps, answers)) + "\n]\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def write_sample(path, rows, labels):
    """A request of four rows: the models agree on two; on the others v1 and v2 differ, and v3 says what v2 says."""
    answers = list(zip(labels["model-v1"], labels["model-v2"], labels["model-v3"]))
    chosen = [rows[answers.index(answer)] for answer in ((0, 0, 0), (1, 1, 1), (0, 1, 1), (1, 0, 0))]
    data = ",\n".join("      " + json.dumps(row) for row in chosen)
    text = (
        '{\n  "input_data": {\n'
        f'    "columns": {json.dumps(list(COLUMNS))},\n'
        f'    "index": {json.dumps(list(range(len(chosen))))},\n'
        f'    "data": [\n{data}\n    ]\n'
        "  }\n}\n"
    )
    Path(path).write_text(text, encoding="utf-8", newline="\n")


def main():
    parser = argparse.ArgumentParser(description="Makes synthetic patient rows.")
    parser.add_argument("--count", type=int, default=DEFAULT_COUNT, help=f"how many rows (default {DEFAULT_COUNT})")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--output", required=True, help="the CSV file to write")
    parser.add_argument("--models", help="folder of model-v1, model-v2, model-v3, for --expected and --sample")
    parser.add_argument("--expected", help="folder to write each model's answers to")
    parser.add_argument("--sample", help="request file to write")
    arguments = parser.parse_args()
    if arguments.count < 1:
        parser.error("--count must be at least 1.")
    if (arguments.expected or arguments.sample) and not arguments.models:
        parser.error("--expected and --sample need --models: the folder that holds model-v1.")
    if arguments.sample and not arguments.expected:
        parser.error("--sample needs --expected: its rows are chosen by the models' answers.")

    if not arguments.expected:
        write_rows(arguments.output, generate(arguments.count, arguments.seed))
        return
    rows = list(generate(arguments.count, arguments.seed))
    write_rows(arguments.output, rows)
    labels = write_expected(arguments.models, arguments.expected, rows)
    if arguments.sample:
        write_sample(arguments.sample, rows, labels)


if __name__ == "__main__":
    main()
