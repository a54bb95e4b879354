"""Writes a fitted pipeline (ordinal encoding of thal, then XGBClassifier) as an ONNX graph, by hand.

Inputs are the columns of the signature, each a tensor [N, 1] of the column's own type. Outputs are `label` (int64 [N], what
`predict` gives) and `probabilities` (float [N, 2], what `predict_proba` gives).
"""

import json
import math

import numpy as np
from onnx import TensorProto, checker, helper

OPSET = 15
ML_OPSET = 3
IR_VERSION = 8
TENSOR_TYPES = {"long": TensorProto.INT64, "double": TensorProto.DOUBLE, "string": TensorProto.STRING}


def export(pipeline, signature, name):
    """The ONNX model of `pipeline`; `signature` maps each input column to its MLflow type."""
    columns = pipeline.named_steps["columns"]
    booster = pipeline.named_steps["classifier"].get_booster()
    learner = json.loads(booster.save_raw("json"))["learner"]
    if learner["objective"]["name"] != "binary:logistic":
        raise ValueError(f"Only binary:logistic can be exported, not {learner['objective']['name']}.")

    trained_order = [column for _, _, names in columns.transformers_[: len(columns.transformers)] for column in names]
    nodes, graph_order = _feature_nodes(columns, signature, trained_order)
    nodes.append(
        helper.make_node(
            "TreeEnsembleClassifier",
            ["features"],
            ["label", "probabilities"],
            name="trees",
            domain="ai.onnx.ml",
            **_tree_attributes(learner, [graph_order.index(column) for column in trained_order]),
        )
    )
    inputs = [helper.make_tensor_value_info(column, TENSOR_TYPES[kind], ["N", 1]) for column, kind in signature.items()]
    outputs = [
        helper.make_tensor_value_info("label", TensorProto.INT64, ["N"]),
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 2]),
    ]
    model = helper.make_model(
        helper.make_graph(nodes, name, inputs, outputs),
        producer_name="heart-classifier",
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)],
    )
    model.ir_version = IR_VERSION
    checker.check_model(model)
    return model


def _feature_nodes(columns, signature, used):
    """Nodes that make the tensor `features` (float [N, number of used columns]), and the order of its columns.

    Whole numbers are joined before they are cast, which is two steps instead of one for each column; the trees' feature
    numbers are changed to match.
    """
    nodes, parts, order = [], [], []
    whole = [column for column in used if signature[column] == "long"]
    if whole:
        nodes.append(helper.make_node("Concat", whole, ["whole_numbers"], name="join_whole_numbers", axis=1))
        nodes.append(_cast("whole_numbers", "whole_numbers_float"))
        parts.append("whole_numbers_float")
        order += whole
    for column in [column for column in used if signature[column] == "double"]:
        nodes.append(_cast(column, f"{column}_float"))
        parts.append(f"{column}_float")
        order.append(column)
    for column in [column for column in used if signature[column] == "string"]:
        encoder = columns.named_transformers_[column]
        categories = [str(category) for category in encoder.categories_[0]]
        nodes.append(
            helper.make_node(
                "LabelEncoder",
                [column],
                [f"{column}_code"],
                name=f"encode_{column}",
                domain="ai.onnx.ml",
                keys_strings=categories,
                values_floats=[float(code) for code in range(len(categories))],
                default_float=float(encoder.unknown_value),
            )
        )
        parts.append(f"{column}_code")
        order.append(column)
    nodes.append(helper.make_node("Concat", parts, ["features"], name="join_features", axis=1))
    return nodes, order


def _cast(source, target):
    # XGBoost compares in single precision, so this is where its rounding happens.
    return helper.make_node("Cast", [source], [target], name=f"cast_{source}", to=TensorProto.FLOAT)


def _tree_attributes(learner, feature_numbers):
    """The attributes of TreeEnsembleClassifier for XGBoost's own trees: `value < threshold` goes left, absent values by default."""
    node = {key: [] for key in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids", "missing_value_tracks_true")}
    leaf = {"treeids": [], "nodeids": [], "ids": [], "weights": []}
    for tree_id, tree in enumerate(learner["gradient_booster"]["model"]["trees"]):
        if any(tree["split_type"]):
            raise ValueError("Categorical splits cannot be exported.")
        for node_id, (left, right) in enumerate(zip(tree["left_children"], tree["right_children"])):
            is_leaf = left == -1
            value = float(np.float32(tree["split_conditions"][node_id]))
            node["treeids"].append(tree_id)
            node["nodeids"].append(node_id)
            node["modes"].append("LEAF" if is_leaf else "BRANCH_LT")
            node["featureids"].append(0 if is_leaf else feature_numbers[tree["split_indices"][node_id]])
            node["values"].append(0.0 if is_leaf else value)
            node["truenodeids"].append(0 if is_leaf else left)
            node["falsenodeids"].append(0 if is_leaf else right)
            node["missing_value_tracks_true"].append(0 if is_leaf else int(tree["default_left"][node_id]))
            if is_leaf:
                leaf["treeids"].append(tree_id)
                leaf["nodeids"].append(node_id)
                leaf["ids"].append(0)
                leaf["weights"].append(value)
    if min(leaf["weights"]) >= 0:
        # Runtimes take weights that are all positive for probabilities and then decide at 0.5 instead of 0.
        raise ValueError("A model whose leaves are all positive cannot be exported as a classifier.")
    base_score = float(learner["learner_model_param"]["base_score"])
    return {
        **{f"nodes_{key}": values for key, values in node.items()},
        **{f"class_{key}": values for key, values in leaf.items()},
        "base_values": [math.log(base_score / (1 - base_score))],
        "classlabels_int64s": [0, 1],
        "post_transform": "LOGISTIC",
    }
