// Aims the Node clients at an emulator. The connection file is all that is known about it.
import { readFileSync } from "node:fs";
import https from "node:https";
import { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";

const BLOB_SUFFIX = ".blob.core.windows.net";

export class Emulator {
  constructor(path) {
    const values = JSON.parse(readFileSync(path, "utf8"));
    this.armEndpoint = values.armEndpoint;
    this.token = values.token;
    this.subscription = values.subscriptionId;
    this.resourceGroup = values.resourceGroup;
    this.workspace = values.workspace;
    this.agent = new https.Agent({ keepAlive: true });
    this.#trust(readFileSync(values.caCertificate));
  }

  /** The control plane's client. */
  open() {
    const credential = { getToken: async () => ({ token: this.token, expiresOnTimestamp: Date.now() + 3600_000 }) };
    return new AzureMachineLearningWorkspaces(credential, this.subscription, { endpoint: this.armEndpoint });
  }

  /** A container of the storage account, as a datastore names it. */
  openContainer(datastore, secrets) {
    const account = datastore.accountName;
    const credential = new StorageSharedKeyCredential(account, secrets.key);
    return new BlobServiceClient(`https://${account}${BLOB_SUFFIX}`, credential).getContainerClient(datastore.containerName);
  }

  /** A raw POST, for scoring. */
  post(address, headers, body) {
    return new Promise((resolve, reject) => {
      const request = https.request(address, { method: "POST", agent: this.agent, headers }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString("utf8") }));
        answer.on("error", reject);
      });
      request.on("error", reject);
      request.end(body);
    });
  }

  // In this process the emulator's authority is trusted, and the name of a storage account leads, as by a line of a hosts file, to the
  // emulator; the Host header and the name in the certificate stay.
  #trust(ca) {
    const { hostname, port } = new URL(this.armEndpoint);
    const connect = https.Agent.prototype.createConnection;
    https.Agent.prototype.createConnection = function (options, connected) {
      const place = options.host?.endsWith(BLOB_SUFFIX) ? { servername: options.host, host: hostname, port: Number(port) } : {};
      return connect.call(this, { ...options, ca, ...place }, connected);
    };
  }
}
