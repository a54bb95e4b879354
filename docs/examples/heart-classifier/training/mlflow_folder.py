"""Writes a model folder in the layout of MLflow 2.9, without MLflow: it is not a Debian package, and the layout is plain text."""

import hashlib
import json
import pickle
import platform
import uuid

import numpy
import onnx
import pandas
import scipy
import sklearn
import xgboost
import yaml

MLFLOW_VERSION = "2.9.2"

# cloudpickle writes the very bytes of pickle for objects whose classes all live in importable packages, as here.
CLOUDPICKLE_VERSION = "2.2.0"
PICKLE_PROTOCOL = 5

# A constant, so that training again changes nothing but what really changed.
CREATED = "2026-11-23 12:00:00.000000"


def library_versions():
    return {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "onnx": onnx.__version__,
        "pandas": pandas.__version__,
        "scikit-learn": sklearn.__version__,
        "scipy": scipy.__version__,
        "xgboost": xgboost.__version__,
    }


def write(folder, pipeline, onnx_model, signature, example):
    """Writes the folder; `example` is a list of rows in the order of the signature."""
    folder.mkdir(parents=True, exist_ok=True)
    pickled = pickle.dumps(pipeline, protocol=PICKLE_PROTOCOL)
    graph = onnx_model.SerializeToString()
    (folder / "model.pkl").write_bytes(pickled)
    (folder / "model.onnx").write_bytes(graph)

    example_text = json.dumps({"columns": list(signature), "data": example})
    _write_text(folder / "input_example.json", example_text)
    _write_environment(folder)

    identity = hashlib.sha256(folder.name.encode() + graph).hexdigest()
    versions = library_versions()
    _write_yaml(
        folder / "MLmodel",
        {
            "artifact_path": folder.name,
            "flavors": {
                "onnx": {
                    "code": None,
                    "data": "model.onnx",
                    "onnx_version": versions["onnx"],
                    # Not MLflow's: names the output of the graph that equals `predict` of the python_function flavor.
                    "predict_output": "label",
                    "providers": ["CPUExecutionProvider"],
                },
                "python_function": {
                    "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
                    "loader_module": "mlflow.sklearn",
                    "model_path": "model.pkl",
                    "predict_fn": "predict",
                    "python_version": versions["python"],
                },
                "sklearn": {
                    "code": None,
                    "pickled_model": "model.pkl",
                    "serialization_format": "cloudpickle",
                    "sklearn_version": versions["scikit-learn"],
                },
            },
            "mlflow_version": MLFLOW_VERSION,
            "model_size_bytes": len(pickled) + len(graph) + len(example_text.encode()),
            "model_uuid": str(uuid.UUID(identity[:32])).replace("-", ""),
            "run_id": identity[32:],
            "saved_input_example_info": {
                "artifact_path": "input_example.json",
                "pandas_orient": "split",
                "type": "dataframe",
            },
            "signature": {
                "inputs": json.dumps([{"type": kind, "name": name, "required": True} for name, kind in signature.items()]),
                "outputs": json.dumps([{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]),
                "params": None,
            },
            "utc_time_created": CREATED,
        },
    )


def _write_environment(folder):
    versions = library_versions()
    pinned = [f"mlflow=={MLFLOW_VERSION}", f"cloudpickle=={CLOUDPICKLE_VERSION}"]
    pinned += [f"{name}=={versions[name]}" for name in ("numpy", "pandas", "scikit-learn", "scipy", "xgboost")]
    _write_text(folder / "requirements.txt", "\n".join(pinned))
    _write_yaml(
        folder / "conda.yaml",
        {
            "channels": ["conda-forge"],
            "dependencies": [f"python={versions['python']}", "pip<=23.0.1", {"pip": pinned}],
            "name": "mlflow-env",
        },
    )
    _write_yaml(
        folder / "python_env.yaml",
        {
            "python": versions["python"],
            "build_dependencies": ["pip==23.0.1", "setuptools==66.1.1", "wheel==0.38.4"],
            "dependencies": ["-r requirements.txt"],
        },
        sort_keys=False,
    )


def _write_yaml(path, content, sort_keys=True):
    path.write_text(yaml.safe_dump(content, default_flow_style=False, sort_keys=sort_keys), encoding="utf-8", newline="\n")


def _write_text(path, text):
    path.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8", newline="\n")
