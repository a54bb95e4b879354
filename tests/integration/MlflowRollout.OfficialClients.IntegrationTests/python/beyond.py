"""What goes beyond managed endpoints of MLflow models without code: environments, code, Kubernetes, tokens.

Arguments: connection file, folder of the example models, folder of definitions, file with a scoring request.
"""

import json
import os
import sys

from emulator import Emulator
from steps import Steps

emulator = Emulator(sys.argv[1])
example, definitions, request_file = sys.argv[2:5]
client = emulator.open()

from azure.ai.ml import load_online_deployment  # noqa: E402 (the environment comes first)
from azure.ai.ml.entities import (  # noqa: E402
    Environment, KubernetesOnlineDeployment, KubernetesOnlineEndpoint, ManagedOnlineDeployment, ManagedOnlineEndpoint, Model)

steps = Steps()
IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04:latest"


def shown_environment(environment):
    return {"name": environment.name, "version": environment.version, "image": environment.image, "id": environment.id,
            "conda": environment.conda_file, "tags": environment.tags}


def register_environment(tags):
    return shown_environment(client.environments.create_or_update(Environment(
        name="python-environment", image=IMAGE, conda_file=os.path.join(definitions, "conda.yml"), tags=tags)))


# Environments
steps.run("environment-create", lambda: register_environment({"made": "first"}))
steps.run("environment-again", lambda: register_environment({"made": "second"}))
steps.run("environment-get", lambda: shown_environment(client.environments.get("python-environment", "1")))
steps.run("environment-latest", lambda: shown_environment(client.environments.get("python-environment", label="latest")))
steps.run("environment-versions", lambda: [item.version for item in client.environments.list("python-environment")])
steps.run("environment-archive", lambda: client.environments.archive("python-environment", "2"))
steps.run("environment-versions-archived", lambda: [item.version for item in client.environments.list("python-environment")])
steps.run("environment-names", lambda: [item.name for item in client.environments.list()])
steps.refused("environment-missing", lambda: client.environments.get("python-environment", "99"))

# Code and environment of one's own
model = client.models.create_or_update(Model(name="python-beyond", path=os.path.join(example, "model-v1"), type="mlflow_model"))


def endpoint(kind, name, **named):
    return client.online_endpoints.begin_create_or_update(kind(name=name, **named)).result()


def send_all_to(name):
    current = client.online_endpoints.get(name)
    current.traffic = {"blue": 100}
    client.online_endpoints.begin_create_or_update(current).result()


def scripted():
    deployment = load_online_deployment(os.path.join(definitions, "scripted.yml"))
    deployment.endpoint_name = "python-scripted"
    deployment.model = model.id
    client.online_deployments.begin_create_or_update(deployment).result()


def stored():
    deployment = client.online_deployments.get("scripted", "python-scripted")
    return {"state": deployment.provisioning_state, "code": deployment.code_configuration.code,
            "script": deployment.code_configuration.scoring_script, "environment": deployment.environment}


endpoint(ManagedOnlineEndpoint, "python-scripted", auth_mode="key")
steps.refused("scripted", scripted)
steps.run("scripted-stored", stored)


# Kubernetes
def kubernetes():
    created = endpoint(KubernetesOnlineEndpoint, "python-k8s", compute="cluster", auth_mode="key")
    deployment = client.online_deployments.begin_create_or_update(KubernetesOnlineDeployment(
        name="blue", endpoint_name="python-k8s", model=model.id, instance_count=1, instance_type="defaultinstancetype")).result()
    send_all_to("python-k8s")
    return {"compute": created.compute, "state": deployment.provisioning_state, "instanceType": deployment.instance_type,
            "predictions": json.loads(client.online_endpoints.invoke("python-k8s", request_file=request_file))}


steps.run("kubernetes", kubernetes)


# A token instead of keys
def token():
    created = endpoint(ManagedOnlineEndpoint, "python-token", auth_mode="aml_token")
    client.online_deployments.begin_create_or_update(ManagedOnlineDeployment(
        name="blue", endpoint_name="python-token", model=model.id, instance_type="Standard_DS2_v2", instance_count=1)).result()
    send_all_to("python-token")
    credentials = client.online_endpoints.get_keys("python-token")
    return {"authMode": created.auth_mode, "type": type(credentials).__name__, "lasts": credentials.expiry_time_utc > credentials.refresh_after_time_utc,
            "predictions": json.loads(client.online_endpoints.invoke("python-token", request_file=request_file))}


steps.run("token", token)
for name in ("python-scripted", "python-k8s", "python-token"):
    steps.run(f"delete-{name}", lambda: client.online_endpoints.begin_delete(name).result())
