// The whole walkthrough with @azure/arm-machinelearning and @azure/storage-blob.
// Arguments: connection file, folder of the example models, file with a scoring request.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { Emulator } from "./emulator.mjs";
import { refused, run } from "./steps.mjs";

const emulator = new Emulator(process.argv[2]);
const example = process.argv[3];
const request = readFileSync(process.argv[4]);
const client = emulator.open();
const scope = [emulator.resourceGroup, emulator.workspace];
const ENDPOINT = "heart-node";
const MODEL = "heart-node";

const shownModel = (model) => ({
  name: model.id.split("/").at(-3), version: model.name, type: model.properties.modelType, path: model.properties.modelUri, id: model.id,
  tags: model.properties.tags, archived: model.properties.isArchived,
});
const shownEndpoint = (endpoint) => ({
  name: endpoint.name, state: endpoint.properties.provisioningState, authMode: endpoint.properties.authMode, scoringUri: endpoint.properties.scoringUri,
  openApiUri: endpoint.properties.swaggerUri, traffic: endpoint.properties.traffic, tags: endpoint.tags, location: endpoint.location,
  description: endpoint.properties.description, identity: endpoint.identity?.type,
});
const shownDeployment = (deployment) => ({
  name: deployment.name, endpoint: deployment.id.split("/").at(-3), state: deployment.properties.provisioningState, model: deployment.properties.model,
  instanceType: deployment.properties.instanceType, instanceCount: deployment.sku.capacity,
  environmentVariables: deployment.properties.environmentVariables ?? {}, tags: deployment.tags,
  requestTimeout: deployment.properties.requestSettings.requestTimeout,
  concurrency: deployment.properties.requestSettings.maxConcurrentRequestsPerInstance,
});
const all = async (iterator, show) => {
  const items = [];
  for await (const item of iterator) items.push(show(item));
  return items;
};
const pages = async (iterator, show) => {
  const found = [];
  for await (const page of iterator.byPage()) found.push(page.map(show));
  return found;
};

let location;
await run("workspace", async () => {
  const workspace = await client.workspaces.get(...scope);
  location = workspace.location;
  return { name: workspace.name, location, id: workspace.id, state: workspace.provisioningState };
});
let container, storeName;
await run("datastore", async () => {
  const [listed] = await all(client.datastores.list(...scope, { isDefault: true }), (store) => store);
  storeName = listed.name;
  const { properties } = await client.datastores.get(...scope, storeName);
  container = emulator.openContainer(properties, await client.datastores.listSecrets(...scope, storeName));
  return { name: storeName, type: properties.datastoreType, account: properties.accountName, container: properties.containerName };
});

// Models
async function upload(folder) {
  const prefix = `LocalUpload/node/${folder}`;
  for (const file of readdirSync(path.join(example, folder))) {
    await container.getBlockBlobClient(`${prefix}/${file}`).uploadFile(path.join(example, folder, file));
  }
  return `azureml://subscriptions/${emulator.subscription}/resourcegroups/${emulator.resourceGroup}/workspaces/${emulator.workspace}/datastores/${storeName}/paths/${prefix}`;
}
async function register(folder, version) {
  const modelUri = await upload(folder);
  const properties = { modelType: "mlflow_model", modelUri, tags: { from: folder } };
  return shownModel(await client.modelVersions.createOrUpdate(...scope, MODEL, version, { properties }));
}
const versions = () => all(client.modelVersions.list(...scope, MODEL, { listViewType: "ActiveOnly" }), (model) => model.name);
async function archive(version, isArchived) {
  const model = await client.modelVersions.get(...scope, MODEL, version);
  model.properties.isArchived = isArchived;
  return shownModel(await client.modelVersions.createOrUpdate(...scope, MODEL, version, model));
}
const first = await run("register-v1", () => register("model-v1", "1"));
const next = await run("model-container", async () => {
  const { properties } = await client.modelContainers.get(...scope, MODEL);
  return { latest: properties.latestVersion, next: properties.nextVersion };
});
const second = await run("register-v2", () => register("model-v2", next.next));
await run("register-fixed-version", () => register("model-v3", "7"));
await run("model-get", async () => shownModel(await client.modelVersions.get(...scope, MODEL, "1")));
await run("model-latest", async () =>
  (await all(client.modelVersions.list(...scope, MODEL, { orderBy: "createdtime desc", top: 1 }), shownModel))[0]);
await run("model-versions", versions);
await run("model-names", () => all(client.modelContainers.list(...scope), (model) => model.name));
await run("model-archive", () => archive("7", true));
await run("model-versions-archived", versions);
await run("model-restore", () => archive("7", false));
await run("model-versions-restored", versions);
await run("model-delete", () => client.modelVersions.delete(...scope, MODEL, "7"));
await refused("model-get-deleted", () => client.modelVersions.get(...scope, MODEL, "7"));
await run("model-download", async () => {
  const prefix = first.path.split("/paths/")[1];
  const found = [], different = [];
  for await (const blob of container.listBlobsFlat({ prefix: `${prefix}/` })) {
    const name = blob.name.slice(prefix.length + 1);
    found.push(name);
    const content = await container.getBlockBlobClient(blob.name).downloadToBuffer();
    if (!content.equals(readFileSync(path.join(example, "model-v1", name)))) different.push(name);
  }
  return { found, different, expected: readdirSync(path.join(example, "model-v1")).sort() };
});
await run("paging", () => pages(client.modelVersions.list(...scope, MODEL, { top: 1 }), (model) => model.name));

// Endpoint
const createEndpoint = (name, more) => client.onlineEndpoints.beginCreateOrUpdateAndWait(...scope, name, {
  location, identity: { type: "SystemAssigned" }, ...more, properties: { authMode: "Key", ...more?.properties },
});
await run("endpoint-create", async () =>
  shownEndpoint(await createEndpoint(ENDPOINT, { tags: { team: "cardio" }, properties: { description: "heart disease" } })));
await createEndpoint(`${ENDPOINT}-2`);
const getEndpoint = () => client.onlineEndpoints.get(...scope, ENDPOINT);
const { scoringUri } = await run("endpoint-get", async () => shownEndpoint(await getEndpoint()));
await run("endpoint-list", () => pages(client.onlineEndpoints.list(...scope, { count: 1 }), (endpoint) => endpoint.name));
const keys = await client.onlineEndpoints.listKeys(...scope, ENDPOINT);
await run("keys", () => ({ primary: keys.primaryKey.length, secondary: keys.secondaryKey.length, differ: keys.primaryKey !== keys.secondaryKey }));

const deploy = async (name, model, more) => shownDeployment(await client.onlineDeployments.beginCreateOrUpdateAndWait(...scope, ENDPOINT, name, {
  location, tags: more?.tags, sku: { name: "Default", capacity: more?.capacity ?? 1 },
  properties: { endpointComputeType: "Managed", model, instanceType: "Standard_DS2_v2", ...more?.properties },
}));
async function setTraffic(traffic) {
  const endpoint = await getEndpoint();
  endpoint.properties.traffic = traffic;
  return shownEndpoint(await client.onlineEndpoints.beginCreateOrUpdateAndWait(...scope, ENDPOINT, endpoint));
}
async function score(key, pinned) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json", ...(pinned && { "azureml-model-deployment": pinned }) };
  const answer = await emulator.post(scoringUri, headers, request);
  return { status: answer.status, deployment: answer.headers["azureml-model-deployment"] ?? null, body: answer.text };
}
async function tally(count) {
  const counts = {};
  for (let i = 0; i < count; i++) {
    const { deployment } = await score(keys.primaryKey);
    counts[deployment] = (counts[deployment] ?? 0) + 1;
  }
  return counts;
}
const listDeployments = () => all(client.onlineDeployments.list(...scope, ENDPOINT), (deployment) => deployment.name);

// Blue
await run("blue-create", () => deploy("blue", first.id));
await run("invoke-without-traffic", () => score(keys.primaryKey));
await run("traffic-blue", () => setTraffic({ blue: 100 }));
await run("invoke", () => score(keys.primaryKey));
await run("invoke-wrong-key", () => score("wrong"));

// Green
await run("green-create", () =>
  deploy("green", second.id, { tags: { candidate: "yes" }, properties: { environmentVariables: { SETTING: "on" } } }));
await run("deployment-get", async () => shownDeployment(await client.onlineDeployments.get(...scope, ENDPOINT, "green")));
await run("deployment-list", listDeployments);
await run("score-pinned", () => score(keys.primaryKey, "green"));
await run("score-unpinned", () => score(keys.primaryKey));
await run("traffic-90-10", () => setTraffic({ blue: 90, green: 10 }));
await run("tally-90-10", () => tally(400));
await refused("delete-with-traffic", () => client.onlineDeployments.beginDeleteAndWait(...scope, ENDPOINT, "blue"));
await run("traffic-0-100", () => setTraffic({ blue: 0, green: 100 }));
await run("tally-0-100", () => tally(40));
await run("green-scale", async () => {
  const scaled = await client.onlineDeployments.beginUpdateAndWait(...scope, ENDPOINT, "green", { sku: { name: "Default", capacity: 2 } });
  return { answer: scaled?.sku?.capacity ?? null, ...shownDeployment(await client.onlineDeployments.get(...scope, ENDPOINT, "green")) };
});
await run("skus", () => all(client.onlineDeployments.listSkus(...scope, ENDPOINT, "green"), (sku) => sku.sku?.name));
await run("blue-delete", () => client.onlineDeployments.beginDeleteAndWait(...scope, ENDPOINT, "blue"));
await refused("blue-get", () => client.onlineDeployments.get(...scope, ENDPOINT, "blue"));

// Logs
const logs = async (name, body) => (await client.onlineDeployments.getLogs(...scope, ENDPOINT, name, body)).content;
await run("logs-server", () => logs("green", { tail: 50 }));
await run("logs-storage", () => logs("green", { containerType: "StorageInitializer", tail: 50 }));

// Errors
await refused("missing-endpoint", () => client.onlineEndpoints.get(...scope, "no-such-endpoint"));
await refused("missing-deployment", () => client.onlineDeployments.get(...scope, ENDPOINT, "no-such-deployment"));
await refused("missing-model", () => client.modelVersions.get(...scope, "no-such-model", "1"));
await refused("missing-version", () => client.modelVersions.get(...scope, MODEL, "99"));
await refused("bad-weights", () => setTraffic({ green: 50 }));
await refused("unknown-weight", () => setTraffic({ purple: 100 }));
await refused("bad-name", () => createEndpoint("-bad"));
await refused("model-not-registered", () => deploy("red", first.id.replace("/versions/1", "/versions/99")));
await refused("failed-deployment", () => deploy("red", first.id, { properties: { environmentVariables: { EMULATOR_START_FAILURE: "ResourceNotReady" } } }));
await run("failed-deployment-get", async () => shownDeployment(await client.onlineDeployments.get(...scope, ENDPOINT, "red")));
await run("failed-deployment-logs", () => logs("red", { tail: 50 }));
await run("failed-deployment-delete", () => client.onlineDeployments.beginDeleteAndWait(...scope, ENDPOINT, "red"));

// Keys
await run("rotate", async () => {
  await client.onlineEndpoints.beginRegenerateKeysAndWait(...scope, ENDPOINT, { keyType: "Secondary" });
  const fresh = await client.onlineEndpoints.listKeys(...scope, ENDPOINT);
  return {
    primaryKept: fresh.primaryKey === keys.primaryKey, secondaryChanged: fresh.secondaryKey !== keys.secondaryKey,
    oldStatus: (await score(keys.secondaryKey)).status, newStatus: (await score(fresh.secondaryKey)).status,
  };
});

// Tags
await run("tags", async () => {
  await client.onlineEndpoints.beginUpdateAndWait(...scope, ENDPOINT, { tags: { team: "cardio", stage: "live" } });
  return shownEndpoint(await getEndpoint());
});

// The end
await run("endpoint-delete", () => client.onlineEndpoints.beginDeleteAndWait(...scope, ENDPOINT));
await refused("endpoint-get-deleted", getEndpoint);
await run("endpoint-list-deleted", () => all(client.onlineEndpoints.list(...scope), (endpoint) => endpoint.name));
