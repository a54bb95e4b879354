"""Reads an endpoint's metrics with azure.mgmt.monitor.

Arguments: connection file, name of an endpoint that was called.
"""

import datetime
import os
import sys

from emulator import Credential, Emulator
from steps import Steps

emulator = Emulator(sys.argv[1])
os.environ["REQUESTS_CA_BUNDLE"] = emulator.authority

from azure.mgmt.monitor import MonitorManagementClient  # noqa: E402 (the environment comes first)

client = MonitorManagementClient(Credential(emulator.token), emulator.subscription, base_url=emulator.arm_endpoint)
resource = (
    f"/subscriptions/{emulator.subscription}/resourceGroups/{emulator.resource_group}"
    f"/providers/Microsoft.MachineLearningServices/workspaces/{emulator.workspace}/onlineEndpoints/{sys.argv[2]}"
)
now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)
span = f"{(now - datetime.timedelta(minutes=20)).isoformat()}Z/{(now + datetime.timedelta(minutes=1)).isoformat()}Z"
steps = Steps()


def definitions():
    return [
        {
            "name": found.name.value,
            "unit": found.unit,
            "aggregation": found.primary_aggregation_type,
            "dimensions": [dimension.value for dimension in found.dimensions or []],
            "grain": found.metric_availabilities[0].time_grain.total_seconds(),
        }
        for found in client.metric_definitions.list(resource)
    ]


def ask(metrics, **more):
    answer = client.metrics.list(resource, timespan=span, metricnames=metrics, **more)
    return {
        "namespace": answer.namespace,
        "interval": answer.interval.total_seconds() if answer.interval else None,
        "metrics": [
            {
                "name": metric.name.value,
                "unit": metric.unit,
                "lines": [
                    {
                        "of": {value.name.value: value.value for value in line.metadatavalues or []},
                        "sum": sum(point.average for point in line.data if point.average is not None),
                        "points": len(line.data),
                    }
                    for line in metric.timeseries
                ],
            }
            for metric in answer.value
        ],
    }


steps.run("definitions", definitions)
steps.run("requests", lambda: ask("RequestsPerMinute", interval="PT1M", aggregation="Average"))
steps.run(
    "by-status",
    lambda: ask("RequestsPerMinute,RequestLatency", interval="PT5M", aggregation="Average", filter="deployment eq '*'", top=5, orderby="average desc"),
)
steps.refused("unknown-metric", lambda: ask("Requests"))
steps.refused("unknown-dimension", lambda: ask("RequestLatency", filter="region eq '*'"))
steps.refused("unknown-interval", lambda: ask("RequestLatency", interval="PT7M"))
