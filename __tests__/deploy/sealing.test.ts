import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { type Key, open, seal } from "../../deploy/sealing.ts";
import { findMoto, startEmulator } from "../../emulator/emulator.ts";
import { testNeeding } from "../needs.ts";

const test = testNeeding(findMoto());

test("sealed plans show nothing, and open for their own purpose, key and content only", async (t) => {
  const emulator = await startEmulator();
  const folder = mkdtempSync(join(tmpdir(), "sealing-"));
  t.teardown(async () => {
    rmSync(folder, { recursive: true });
    await emulator.stop();
  });
  Object.assign(process.env, emulator.environment);
  const kms = new KMSClient({ region: "us-east-1" });
  for (const name of ["alias/ours", "alias/theirs"]) {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: KeyMetadata?.KeyId }));
  }
  const key: Key = { id: "alias/ours", region: "us-east-1", purpose: "run 1" };
  const [plans, file, back] = ["plans", "sealed.json", "back"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(plans);
  writeFileSync(join(plans, "network.json"), '{"password":"hunter2"}');
  writeFileSync(join(plans, "network.tfplan"), Buffer.from([80, 75, 0, 255]));

  await seal(plans, file, key);
  t.false(readFileSync(file, "utf8").includes("hunter2"));
  await open(file, back, key);
  t.deepEqual(readdirSync(back), ["network.json", "network.tfplan"]);
  t.deepEqual(readFileSync(join(back, "network.tfplan")), Buffer.from([80, 75, 0, 255]));

  await t.throwsAsync(open(file, back, { ...key, purpose: "run 2" }));
  const content = JSON.parse(readFileSync(file, "utf8")) as { plans: string };
  const bytes = Buffer.from(content.plans, "base64");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  writeFileSync(file, JSON.stringify({ ...content, plans: bytes.toString("base64") }));
  await t.throwsAsync(open(file, back, key), { message: /unable to authenticate/ });
  writeFileSync(file, JSON.stringify({ plans: "" }));
  await t.throwsAsync(open(file, back, key), { message: /expected what npm run seal wrote$/ });
});
