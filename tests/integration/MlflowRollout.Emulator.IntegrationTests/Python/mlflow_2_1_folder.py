"""Writes a model folder in the layout of MLflow 2.1, without MLflow, and prints the model's own predictions as JSON.

    mlflow_2_1_folder.py FOLDER ROWS.csv LABELS.json map|text     the last one: how MLmodel names the environment

The model is a scikit-learn pipeline with an XGBoost classifier, pickled by cloudpickle. One of its steps is a lambda: only cloudpickle can
carry that, and only an interpreter with cloudpickle can load it.
"""

import json
import pathlib
import sys

import cloudpickle
import pandas
import sklearn
import xgboost
import yaml
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder

TYPES = {"int64": "long", "float64": "double", "object": "string"}
PYTHON = sys.version.split()[0]


def main(folder, rows, labels, environment):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    frame = pandas.read_csv(rows)
    frame["target"] = [answer["label"] for answer in json.loads(pathlib.Path(labels).read_text(encoding="utf-8"))]
    frame = frame.dropna()
    target = frame.pop("target")
    pipeline = train(frame, target)
    write(folder, pipeline, frame, environment)
    print(json.dumps({"columns": list(frame.columns), "rows": frame.values.tolist(), "predictions": pipeline.predict(frame).tolist()}))


def train(frame, target):
    numbers = [name for name in frame.columns if name != "thal"]
    halved = FunctionTransformer(lambda values: values / 2.0)
    columns = ColumnTransformer(
        [
            ("thal", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), ["thal"]),
            ("numbers", halved, numbers),
        ]
    )
    classifier = xgboost.XGBClassifier(n_estimators=20, max_depth=3, n_jobs=1, tree_method="exact", random_state=0)
    return Pipeline([("columns", columns), ("classifier", classifier)]).fit(frame, target)


def write(folder, pipeline, frame, environment):
    with open(folder / "model.pkl", "wb") as file:
        cloudpickle.dump(pipeline, file)
    example = frame.head(3)
    (folder / "input_example.json").write_text(example.to_json(orient="split", index=False), encoding="utf-8")
    pinned = [
        "mlflow<3,>=2.1",
        f"cloudpickle=={cloudpickle.__version__}",
        f"scikit-learn=={sklearn.__version__}",
        f"xgboost=={xgboost.__version__}",
    ]
    (folder / "requirements.txt").write_text("\n".join(pinned), encoding="utf-8")
    dump(
        folder / "conda.yaml",
        {"channels": ["conda-forge"], "dependencies": [f"python={PYTHON}", "pip<=23.0.1", {"pip": pinned}], "name": "mlflow-env"},
    )
    dump(
        folder / "python_env.yaml",
        {"python": PYTHON, "build_dependencies": ["pip==23.0.1", "setuptools==66.1.1", "wheel==0.38.4"], "dependencies": ["-r requirements.txt"]},
    )
    function = {
        # MLflow 1 wrote the name of the file alone.
        "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"} if environment == "map" else "conda.yaml",
        "loader_module": "mlflow.sklearn",
        "model_path": "model.pkl",
        "predict_fn": "predict",
        "python_version": PYTHON,
    }
    inputs = [{"name": name, "type": TYPES[str(kind)]} for name, kind in frame.dtypes.items()]
    dump(
        folder / "MLmodel",
        {
            "artifact_path": "pipeline",
            "flavors": {
                "python_function": function,
                "sklearn": {
                    "code": None,
                    "pickled_model": "model.pkl",
                    "serialization_format": "cloudpickle",
                    "sklearn_version": sklearn.__version__,
                },
            },
            "mlflow_version": "2.1.1",
            "model_uuid": "b8f9fe56972e48f2b8c958a3afb9c85d",
            "run_id": "596d2e7a-c7ed-4596-a4d2-a30755c0bfa5",
            "saved_input_example_info": {"artifact_path": "input_example.json", "pandas_orient": "split", "type": "dataframe"},
            "signature": {"inputs": json.dumps(inputs), "outputs": json.dumps([{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}])},
            "utc_time_created": "2022-12-23 00:24:59.939607",
        },
    )


def dump(path, content):
    path.write_text(yaml.safe_dump(content, default_flow_style=False), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
