"""Sends the definitions of a folder with azure.ai.ml, so that its requests can be compared.

Arguments: connection file, folder of definitions, then the names of the parts to send.
"""

import os
import sys

from emulator import Emulator
from steps import Steps

client = Emulator(sys.argv[1]).open()
folder = sys.argv[2]
parts = sys.argv[3:]

from azure.ai.ml import load_model, load_online_deployment, load_online_endpoint  # noqa: E402 (the environment comes first)

steps = Steps()


def path(name):
    return os.path.join(folder, name + ".yml")


def endpoint(name):
    client.online_endpoints.begin_create_or_update(load_online_endpoint(path(name))).result()


def deployment(name):
    client.online_deployments.begin_create_or_update(load_online_deployment(path(name))).result()


def traffic(name, weights):
    current = client.online_endpoints.get(name)
    current.traffic = weights
    client.online_endpoints.begin_create_or_update(current).result()


def managed():
    endpoint("managed-endpoint")
    deployment("blue")
    traffic("compared", {"blue": 100})
    deployment("green")
    traffic("compared", {"blue": 90, "green": 10})
    traffic("compared", {"blue": 0, "green": 100})
    client.online_deployments.begin_delete("blue", "compared").result()


def refused(name):
    """Sends a deployment that the emulator stores and cannot run."""
    try:
        deployment(name)
    except Exception as error:
        return str(error)
    raise AssertionError(f"the deployment {name} did not fail")


def scripted():
    return [refused("scripted"), refused("context")]


def kubernetes():
    endpoint("kubernetes-endpoint")
    deployment("kubernetes-blue")
    traffic("compared-k8s", {"blue": 100})
    return refused("kubernetes-scripted")


def removal():
    for name in ("compared", "compared-k8s"):
        client.online_endpoints.begin_delete(name).result()


actions = {
    "model": lambda: client.models.create_or_update(load_model(path("model"))).id,
    "managed": managed,
    "scripted": scripted,
    "kubernetes": kubernetes,
    "removal": removal,
}
for part in parts:
    steps.run(part, actions[part])
