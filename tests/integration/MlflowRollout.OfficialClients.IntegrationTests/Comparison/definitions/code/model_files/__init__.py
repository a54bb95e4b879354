import os
import pickle


def load():
    with open(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model-v1", "model.pkl"), "rb") as file:
        return pickle.load(file)
