"""The three classifiers of the example: their columns, their training data and their scikit-learn pipelines."""

from dataclasses import dataclass, field

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder
from xgboost import XGBClassifier

TARGET = "target"

# The signature that all three versions share: column name and MLflow column type, in this order.
SIGNATURE = {
    "age": "long",
    "sex": "long",
    "cp": "long",
    "trestbps": "long",
    "chol": "long",
    "fbs": "long",
    "restecg": "long",
    "thalach": "long",
    "exang": "long",
    "oldpeak": "double",
    "slope": "long",
    "ca": "long",
    "thal": "string",
}
COLUMNS = list(SIGNATURE)

PANDAS_TYPES = {"long": "int64", "double": "float64", "string": "object"}

THAL_CATEGORIES = ["normal", "fixed", "reversible"]
UNKNOWN_THAL = -1

# One thread and the exact split search: the same data gives the same trees on every run.
BOOSTER_SETTINGS = {
    "n_estimators": 60,
    "max_depth": 2,
    "learning_rate": 0.1,
    "min_child_weight": 5,
    "base_score": 0.5,
    "objective": "binary:logistic",
    "tree_method": "exact",
    "n_jobs": 1,
    "random_state": 0,
}


@dataclass(frozen=True)
class Classifier:
    """One version: which columns its trees may look at, and what is special about its training."""

    version: int
    purpose: str
    features: tuple
    recoded_extract: bool = False
    settings: dict = field(default_factory=dict)

    @property
    def folder(self):
        return f"model-v{self.version}"

    def training_frame(self, frame):
        """The frame this version is trained on. Evaluation and serving always use the frame as it is."""
        return _recoded(frame) if self.recoded_extract else frame

    def new_pipeline(self):
        encoder = OrdinalEncoder(
            categories=[THAL_CATEGORIES], handle_unknown="use_encoded_value", unknown_value=UNKNOWN_THAL
        )
        numbers = [name for name in self.features if name != "thal"]
        columns = ColumnTransformer([("thal", encoder, ["thal"]), ("numbers", "passthrough", numbers)])
        return Pipeline([("columns", columns), ("classifier", XGBClassifier(**{**BOOSTER_SETTINGS, **self.settings}))])

    def fit(self, frame, target):
        return self.new_pipeline().fit(self.training_frame(frame), target)


CLASSIFIERS = (
    Classifier(
        version=1,
        purpose="the baseline: sees 8 of the 13 columns",
        features=("age", "sex", "cp", "trestbps", "chol", "thalach", "exang", "thal"),
    ),
    Classifier(
        version=2,
        purpose="the improvement: sees all 13 columns",
        features=tuple(COLUMNS),
    ),
    Classifier(
        version=3,
        purpose="the bad release: trained on an extract whose codes run the other way, so that it misreads live data",
        features=tuple(COLUMNS),
        recoded_extract=True,
        # Classes balanced (220 healthy, 83 ill): the share of positive answers stays that of v1 and gives nothing away.
        settings={"scale_pos_weight": 2.65},
    ),
)


def read_data(path):
    """The UCI data as (features, target)."""
    types = {name: PANDAS_TYPES[kind] for name, kind in SIGNATURE.items()}
    frame = pd.read_csv(path, dtype={**types, TARGET: "int64"})
    return frame[COLUMNS], frame[TARGET]


def read_rows(path):
    """Rows without a target, typed by the signature."""
    return pd.read_csv(path, dtype={name: PANDAS_TYPES[kind] for name, kind in SIGNATURE.items()})[COLUMNS]


def _recoded(frame):
    """An extract in which cp, slope and thal are numbered from the other end."""
    result = frame.copy()
    result["cp"] = 5 - result["cp"]
    result["slope"] = 4 - result["slope"]
    result["thal"] = result["thal"].replace({"normal": "reversible", "reversible": "normal"})
    return result
