"""Aims azure.ai.ml at an emulator. The connection file is all that is known about it."""

import json
import os
import socket
import sys
import time

BLOB_SUFFIX = ".blob.core.windows.net"


class Emulator:
    """What the connection file says."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
        self.arm_endpoint = values["armEndpoint"]
        self.token = values["token"]
        self.authority = values["caCertificate"]
        self.subscription = values["subscriptionId"]
        self.resource_group = values["resourceGroup"]
        self.workspace = values["workspace"]
        self.location = values["location"]

    def open(self):
        """A client of its workspace. Nothing of azure.ai.ml may have been imported before."""
        sys.path.insert(0, os.path.join(os.path.dirname(__file__), "standin"))
        os.environ["AZUREML_DEV_URL_MFE"] = self.arm_endpoint
        os.environ["REQUESTS_CA_BUNDLE"] = self.authority
        self._resolve_blob_hosts()
        from azure.ai.ml import MLClient

        return MLClient(Credential(self.token), self.subscription, self.resource_group, self.workspace)

    def _resolve_blob_hosts(self):
        # The client goes to https://{account}.blob.core.windows.net whatever the datastore says. In this process that
        # name, like a line of a hosts file, leads to the emulator; the Host header and the name in the certificate stay.
        host, port = self.arm_endpoint.split("://")[1].rstrip("/").rsplit(":", 1)
        system = socket.getaddrinfo

        def resolve(name, service, *arguments, **named):
            if isinstance(name, str) and name.endswith(BLOB_SUFFIX):
                return system(host, int(port), *arguments, **named)
            return system(name, service, *arguments, **named)

        socket.getaddrinfo = resolve


class Credential:
    """The emulator's token, whatever the scope."""

    def __init__(self, token):
        self._token = token

    def get_token(self, *scopes, **named):
        from azure.core.credentials import AccessToken

        return AccessToken(self._token, int(time.time()) + 3600)
