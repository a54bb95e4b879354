// What goes beyond managed endpoints of MLflow models without code: environments, code, Kubernetes, tokens.
// Arguments: connection file, folder of the example models, folder of definitions, file with a scoring request.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { Emulator } from "./emulator.mjs";
import { refused, run } from "./steps.mjs";

const emulator = new Emulator(process.argv[2]);
const [example, definitions, requestFile] = process.argv.slice(3);
const client = emulator.open();
const scope = [emulator.resourceGroup, emulator.workspace];
const IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04:latest";
const condaFile = readFileSync(path.join(definitions, "conda.yml"), "utf8");
const all = async (iterator, show) => {
  const items = [];
  for await (const item of iterator) items.push(show(item));
  return items;
};

// Environments
const shownEnvironment = (environment) => ({
  name: environment.id.split("/").at(-3), version: environment.name, image: environment.properties.image, id: environment.id,
  conda: environment.properties.condaFile, tags: environment.properties.tags, type: environment.properties.environmentType,
});
const environment = (version, tags) => client.environmentVersions.createOrUpdate(...scope, "node-environment", version, {
  properties: { image: IMAGE, condaFile, tags, osType: "Linux" },
});
const versions = () => all(client.environmentVersions.list(...scope, "node-environment", { listViewType: "ActiveOnly" }), (item) => item.name);
const firstEnvironment = await run("environment-create", async () => shownEnvironment(await environment("1", { made: "first" })));
const next = await run("environment-container", async () => {
  const { properties } = await client.environmentContainers.get(...scope, "node-environment");
  return { latest: properties.latestVersion, next: properties.nextVersion };
});
await run("environment-again", async () => shownEnvironment(await environment(next.next, { made: "second" })));
await run("environment-get", async () => shownEnvironment(await client.environmentVersions.get(...scope, "node-environment", "1")));
await run("environment-versions", versions);
await run("environment-archive", async () => {
  const second = await client.environmentVersions.get(...scope, "node-environment", "2");
  second.properties.isArchived = true;
  await client.environmentVersions.createOrUpdate(...scope, "node-environment", "2", second);
});
await run("environment-versions-archived", versions);
await run("environment-names", () => all(client.environmentContainers.list(...scope), (item) => item.name));
await refused("environment-missing", () => client.environmentVersions.get(...scope, "node-environment", "99"));

// Uploads
const { location } = await client.workspaces.get(...scope);
const { properties: store } = await client.datastores.get(...scope, "workspaceblobstore");
const container = emulator.openContainer(store, await client.datastores.listSecrets(...scope, "workspaceblobstore"));
async function upload(folder, prefix) {
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
    const full = path.join(file.parentPath ?? file.path, file.name);
    await container.getBlockBlobClient(`${prefix}/${path.relative(folder, full)}`).uploadFile(full);
  }
  return prefix;
}
await upload(path.join(example, "model-v1"), "LocalUpload/node-beyond/model-v1");
const model = await client.modelVersions.createOrUpdate(...scope, "node-beyond", "1", {
  properties: {
    modelType: "mlflow_model",
    modelUri: `azureml://subscriptions/${emulator.subscription}/resourcegroups/${emulator.resourceGroup}/workspaces/${emulator.workspace}/datastores/workspaceblobstore/paths/LocalUpload/node-beyond/model-v1`,
  },
});

// Code
await upload(path.join(definitions, "code"), "LocalUpload/node-beyond/code");
const codeUri = `https://${store.accountName}.blob.core.windows.net/${store.containerName}/LocalUpload/node-beyond/code`;
const code = await run("code-create", async () => {
  const created = await client.codeVersions.createOrUpdate(...scope, "node-code", "1", { properties: { codeUri } });
  return { id: created.id, uri: created.properties.codeUri };
});
await run("code-get", async () => {
  const read = await client.codeVersions.get(...scope, "node-code", "1");
  return { id: read.id, uri: read.properties.codeUri };
});

// Endpoints
const createEndpoint = (name, properties) => client.onlineEndpoints.beginCreateOrUpdateAndWait(...scope, name, {
  location, identity: { type: "SystemAssigned" }, properties,
});
const deploy = (endpoint, name, properties, sku) => client.onlineDeployments.beginCreateOrUpdateAndWait(...scope, endpoint, name, {
  location, sku: sku ?? { name: "Default", capacity: 1 }, properties: { model: model.id, ...properties },
});
async function sendAllTo(name) {
  const endpoint = await client.onlineEndpoints.get(...scope, name);
  endpoint.properties.traffic = { blue: 100 };
  return client.onlineEndpoints.beginCreateOrUpdateAndWait(...scope, name, endpoint);
}
async function score(address, key) {
  const answer = await emulator.post(address, { authorization: `Bearer ${key}`, "content-type": "application/json" }, readFileSync(requestFile));
  return JSON.parse(answer.text);
}

await createEndpoint("node-scripted", { authMode: "Key" });
await refused("scripted", () => deploy("node-scripted", "scripted", {
  endpointComputeType: "Managed", instanceType: "Standard_DS2_v2", environmentId: firstEnvironment.id,
  codeConfiguration: { codeId: code.id, scoringScript: "score.py" },
}));
await run("scripted-stored", async () => {
  const { properties } = await client.onlineDeployments.get(...scope, "node-scripted", "scripted");
  return {
    state: properties.provisioningState, code: properties.codeConfiguration.codeId, script: properties.codeConfiguration.scoringScript,
    environment: properties.environmentId,
  };
});

const { id: computeId } = await run("compute", async () => {
  const compute = await client.computeOperations.get(...scope, "cluster");
  return { name: compute.name, id: compute.id, type: compute.properties.computeType };
});
await run("kubernetes", async () => {
  const created = await createEndpoint("node-k8s", { authMode: "Key", compute: computeId });
  const deployment = await deploy("node-k8s", "blue", {
    endpointComputeType: "Kubernetes", instanceType: "defaultinstancetype",
    containerResourceRequirements: {
      containerResourceRequests: { cpu: "0.1", memory: "0.5Gi" }, containerResourceLimits: { cpu: "0.2", memory: "1Gi" },
    },
  });
  const { properties } = await sendAllTo("node-k8s");
  const { primaryKey } = await client.onlineEndpoints.listKeys(...scope, "node-k8s");
  return {
    compute: created.properties.compute, state: deployment.properties.provisioningState, instanceType: deployment.properties.instanceType,
    limits: deployment.properties.containerResourceRequirements.containerResourceLimits, predictions: await score(properties.scoringUri, primaryKey),
  };
});

// A token instead of keys
await run("token", async () => {
  const created = await createEndpoint("node-token", { authMode: "AMLToken" });
  await deploy("node-token", "blue", { endpointComputeType: "Managed", instanceType: "Standard_DS2_v2" });
  const { properties } = await sendAllTo("node-token");
  const token = await client.onlineEndpoints.getToken(...scope, "node-token");
  return {
    authMode: created.properties.authMode, lasts: token.expiryTimeUtc > token.refreshAfterTimeUtc,
    predictions: await score(properties.scoringUri, token.accessToken),
  };
});
for (const name of ["node-scripted", "node-k8s", "node-token"]) {
  await run(`delete-${name}`, () => client.onlineEndpoints.beginDeleteAndWait(...scope, name));
}
