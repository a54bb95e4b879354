"""The whole walkthrough with azure.ai.ml.

Arguments: connection file, folder of the example models, file with a scoring request, folder for downloads.
"""

import filecmp
import json
import os
import sys

from emulator import Emulator
from steps import Steps

emulator = Emulator(sys.argv[1])
example = sys.argv[2]
request_file = sys.argv[3]
downloads = sys.argv[4]
client = emulator.open()

import requests  # noqa: E402 (azure.ai.ml must see the environment first)
from azure.ai.ml.entities import ManagedOnlineDeployment, ManagedOnlineEndpoint, Model  # noqa: E402

ENDPOINT = "heart-python"
MODEL = "heart-python"
steps = Steps()
session = requests.Session()


def shown_model(model):
    return {"name": model.name, "version": model.version, "type": model.type, "path": model.path, "id": model.id,
            "tags": model.tags, "flavors": sorted(model.flavors or {})}


def shown_endpoint(endpoint):
    return {"name": endpoint.name, "state": endpoint.provisioning_state, "authMode": endpoint.auth_mode,
            "scoringUri": endpoint.scoring_uri, "openApiUri": endpoint.openapi_uri, "traffic": endpoint.traffic,
            "mirrorTraffic": endpoint.mirror_traffic, "tags": endpoint.tags, "location": endpoint.location,
            "description": endpoint.description}


def shown_deployment(deployment):
    return {"name": deployment.name, "endpoint": deployment.endpoint_name, "state": deployment.provisioning_state,
            "model": deployment.model, "instanceType": deployment.instance_type, "instanceCount": deployment.instance_count,
            "environmentVariables": deployment.environment_variables, "tags": deployment.tags,
            "requestTimeoutMs": deployment.request_settings.request_timeout_ms,
            "concurrency": deployment.request_settings.max_concurrent_requests_per_instance}


def register(folder, version=None):
    return shown_model(client.models.create_or_update(
        Model(name=MODEL, version=version, path=os.path.join(example, folder), type="mlflow_model", tags={"from": folder})))


def deployment(name, model, count=1, **named):
    return ManagedOnlineDeployment(
        name=name, endpoint_name=ENDPOINT, model=model, instance_type="Standard_DS2_v2", instance_count=count, **named)


def deploy(name, model, **named):
    return shown_deployment(client.online_deployments.begin_create_or_update(deployment(name, model, **named)).result())


def set_traffic(traffic, mirror=None):
    endpoint = client.online_endpoints.get(ENDPOINT)
    endpoint.traffic = traffic
    if mirror is not None:
        endpoint.mirror_traffic = mirror
    client.online_endpoints.begin_create_or_update(endpoint).result()
    return shown_endpoint(client.online_endpoints.get(ENDPOINT))


def score(key, pinned=None):
    # Raw requests: the client's own invoke keeps sending the name of a deployment once it was given one.
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    if pinned:
        headers["azureml-model-deployment"] = pinned
    with open(request_file, "rb") as body:
        answer = session.post(uri, data=body.read(), headers=headers)
    return {"status": answer.status_code, "deployment": answer.headers.get("azureml-model-deployment"), "body": answer.text}


def tally(count):
    named = [score(keys.primary_key)["deployment"] for _ in range(count)]
    return {name: named.count(name) for name in sorted(set(named))}


def show_workspace():
    workspace = client.workspaces.get(emulator.workspace)
    return {"name": workspace.name, "location": workspace.location, "id": workspace.id}


def show_datastore():
    store = client.datastores.get_default()
    return {"name": store.name, "type": store.type, "account": store.account_name, "container": store.container_name}


steps.run("workspace", show_workspace)
steps.run("datastore", show_datastore)

# Models
first = steps.run("register-v1", lambda: register("model-v1"))
second = steps.run("register-v2", lambda: register("model-v2"))
steps.run("register-same-content", lambda: register("model-v2"))
steps.run("register-fixed-version", lambda: register("model-v3", "7"))
steps.run("model-get", lambda: shown_model(client.models.get(MODEL, "1")))
steps.run("model-latest", lambda: shown_model(client.models.get(MODEL, label="latest")))
steps.run("model-versions", lambda: [model.version for model in client.models.list(MODEL)])
steps.run("model-names", lambda: [model.name for model in client.models.list()])
steps.run("model-archive", lambda: client.models.archive(MODEL, "7"))
steps.run("model-versions-archived", lambda: [model.version for model in client.models.list(MODEL)])
steps.run("model-restore", lambda: client.models.restore(MODEL, "7"))
steps.run("model-versions-restored", lambda: [model.version for model in client.models.list(MODEL)])


def download():
    client.models.download(MODEL, "1", downloads)
    found = os.path.join(downloads, MODEL, "model-v1")
    names = sorted(os.listdir(os.path.join(example, "model-v1")))
    same, different, missing = filecmp.cmpfiles(os.path.join(example, "model-v1"), found, names, shallow=False)
    return {"same": same, "different": different + missing, "expected": names, "found": sorted(os.listdir(found))}


steps.run("model-download", download)


def page_through():
    for version in range(1, 104):
        client.models.create_or_update(Model(name="paged", version=str(version), path=first["path"], type="mlflow_model"))
    return [model.version for model in client.models.list("paged")]


steps.run("paging", page_through)

# Endpoint
steps.run("endpoint-create", lambda: shown_endpoint(client.online_endpoints.begin_create_or_update(
    ManagedOnlineEndpoint(name=ENDPOINT, auth_mode="key", description="heart disease", tags={"team": "cardio"})).result()))
uri = steps.run("endpoint-get", lambda: shown_endpoint(client.online_endpoints.get(ENDPOINT)))["scoringUri"]
steps.run("endpoint-list", lambda: [endpoint.name for endpoint in client.online_endpoints.list()])
keys = client.online_endpoints.get_keys(ENDPOINT)
steps.run("keys", lambda: {"primary": len(keys.primary_key), "secondary": len(keys.secondary_key),
                           "differ": keys.primary_key != keys.secondary_key})

# Blue
steps.run("blue-create", lambda: deploy("blue", first["id"]))
steps.run("invoke-without-traffic", lambda: score(keys.primary_key))
steps.run("traffic-blue", lambda: set_traffic({"blue": 100}))
steps.run("invoke", lambda: json.loads(client.online_endpoints.invoke(ENDPOINT, request_file=request_file)))
steps.run("invoke-wrong-key", lambda: score("wrong"))

# Green
steps.run("green-create", lambda: deploy(
    "green", f"azureml:{MODEL}:2", tags={"candidate": "yes"}, environment_variables={"SETTING": "on"}))
steps.run("deployment-get", lambda: shown_deployment(client.online_deployments.get("green", ENDPOINT)))
steps.run("deployment-list", lambda: sorted(item.name for item in client.online_deployments.list(ENDPOINT)))
steps.run("invoke-pinned", lambda: json.loads(
    client.online_endpoints.invoke(ENDPOINT, request_file=request_file, deployment_name="green")))
steps.run("score-pinned", lambda: score(keys.primary_key, "green"))
steps.run("score-unpinned", lambda: score(keys.primary_key))
steps.run("traffic-mirror", lambda: set_traffic({"blue": 100}, {"green": 20}))
steps.run("traffic-90-10", lambda: set_traffic({"blue": 90, "green": 10}, {}))
steps.run("tally-90-10", lambda: tally(400))
steps.refused("delete-with-traffic", lambda: client.online_deployments.begin_delete("blue", ENDPOINT).result())
steps.run("traffic-0-100", lambda: set_traffic({"blue": 0, "green": 100}))
steps.run("tally-0-100", lambda: tally(40))
steps.run("green-scale", lambda: deploy("green", second["id"], count=2) | {
    "listed": sorted(item.name for item in client.online_deployments.list(ENDPOINT))})
steps.run("blue-delete", lambda: client.online_deployments.begin_delete("blue", ENDPOINT).result())
steps.refused("blue-get", lambda: client.online_deployments.get("blue", ENDPOINT))

# Logs
steps.run("logs-server", lambda: client.online_deployments.get_logs("green", ENDPOINT, 50))
steps.run("logs-storage", lambda: client.online_deployments.get_logs("green", ENDPOINT, 50, container_type="storage-initializer"))

# Errors
steps.refused("missing-endpoint", lambda: client.online_endpoints.get("no-such-endpoint"))
steps.refused("missing-deployment", lambda: client.online_deployments.get("no-such-deployment", ENDPOINT))
steps.refused("missing-model", lambda: client.models.get("no-such-model", "1"))
steps.refused("missing-version", lambda: client.models.get(MODEL, "99"))
steps.refused("bad-weights", lambda: set_traffic({"green": 50}))
steps.refused("unknown-weight", lambda: set_traffic({"purple": 100}))
steps.refused("bad-name", lambda: client.online_endpoints.begin_create_or_update(
    ManagedOnlineEndpoint(name="-bad", auth_mode="key")).result())
steps.refused("model-not-registered", lambda: deploy("red", first["id"].replace("/versions/1", "/versions/99")))
steps.refused("failed-deployment", lambda: deploy(
    "red", first["id"], environment_variables={"EMULATOR_START_FAILURE": "ResourceNotReady"}))
steps.run("failed-deployment-get", lambda: shown_deployment(client.online_deployments.get("red", ENDPOINT)))
steps.run("failed-deployment-logs", lambda: client.online_deployments.get_logs("red", ENDPOINT, 50))
steps.run("failed-deployment-delete", lambda: client.online_deployments.begin_delete("red", ENDPOINT).result())


# Keys
def rotate():
    client.online_endpoints.begin_regenerate_keys(ENDPOINT, key_type="secondary").result()
    fresh = client.online_endpoints.get_keys(ENDPOINT)
    return {"primaryKept": fresh.primary_key == keys.primary_key, "secondaryChanged": fresh.secondary_key != keys.secondary_key,
            "oldStatus": score(keys.secondary_key)["status"], "newStatus": score(fresh.secondary_key)["status"]}


steps.run("rotate", rotate)


# Tags
def retag():
    endpoint = client.online_endpoints.get(ENDPOINT)
    endpoint.tags["stage"] = "live"
    client.online_endpoints.begin_create_or_update(endpoint).result()
    return shown_endpoint(client.online_endpoints.get(ENDPOINT))


steps.run("tags", retag)

# The end
steps.run("endpoint-delete", lambda: client.online_endpoints.begin_delete(ENDPOINT).result())
steps.refused("endpoint-get-deleted", lambda: client.online_endpoints.get(ENDPOINT))
steps.run("endpoint-list-deleted", lambda: [endpoint.name for endpoint in client.online_endpoints.list()])
