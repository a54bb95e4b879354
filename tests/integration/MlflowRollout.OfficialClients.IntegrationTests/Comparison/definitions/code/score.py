"""A scoring script, for definitions that name one."""

import json

from model_files import load


def init():
    global model
    model = load()


def run(body):
    return model.predict(json.loads(body)["input_data"]["data"]).tolist()
