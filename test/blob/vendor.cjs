// The vendor's client, as a second opinion: node vendor.cjs write|read NAME SIZE SHA256, with ENDPOINT, KEY, MODULES.
// "read" fails unless the blob is what the arguments say, alone and in a list; "write" uploads SIZE bytes in blocks.
"use strict";
const crypto = require("node:crypto");
const { BlobServiceClient, StorageSharedKeyCredential } = require(process.env.MODULES + "/@azure/storage-blob");

const [action, name, size, sha256] = process.argv.slice(2);
const slash = name.indexOf("/");
const credential = new StorageSharedKeyCredential("devstoreaccount1", process.env.KEY);
const service = new BlobServiceClient(process.env.ENDPOINT, credential);
const container = service.getContainerClient(name.slice(0, slash));
const blob = container.getBlockBlobClient(name.slice(slash + 1));

function expect(got, wanted) {
  if (String(got) !== String(wanted)) throw new Error(`${got} is not ${wanted}`);
}

async function read() {
  const bytes = await blob.downloadToBuffer();
  expect(bytes.length, size);
  expect(crypto.createHash("sha256").update(bytes).digest("hex"), sha256);
  const about = await blob.getProperties();
  expect(about.metadata.sha256, sha256);
  expect(about.contentType, "application/gzip");
  const names = [];
  for await (const b of container.listBlobsFlat({ prefix: name.slice(slash + 1) })) names.push(b.name);
  expect(names.join(), name.slice(slash + 1));
}

async function write() {
  const bytes = Buffer.alloc(Number(size), "vendor ");
  await container.createIfNotExists();
  await blob.uploadData(bytes, {
    blockSize: 1 << 20,
    maxSingleShotSize: 1 << 20,
    concurrency: 4,
    blobHTTPHeaders: { blobContentType: "text/plain" },
  });
}

(action === "read" ? read() : write()).catch((e) => {
  console.error(String(e.message));
  process.exitCode = 1;
});
