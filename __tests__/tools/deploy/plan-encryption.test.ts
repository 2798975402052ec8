import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { decryptPlans, encryptPlans, type Key } from "../../../tools/deploy/plan-encryption.ts";
import { motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { testNeeding } from "../../needs.ts";

const test = testNeeding(motoProblem);

test("encrypted plans are unreadable, and decrypt only with their purpose and key and if unmodified", async (t) => {
  const emulator = await startEmulator();
  const folder = mkdtempSync(join(tmpdir(), "plan-encryption-"));
  t.teardown(async () => {
    rmSync(folder, { recursive: true });
    await emulator.stop();
  });
  Object.assign(process.env, emulator.environment);
  const kms = new KMSClient({ region: "us-east-1" });
  for (const name of ["alias/state", "alias/other"]) {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: KeyMetadata?.KeyId }));
  }
  const key: Key = { id: "alias/state", region: "us-east-1", purpose: "run 1" };
  const [plans, file, decrypted] = ["plans", "encrypted.json", "decrypted"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(plans);
  writeFileSync(join(plans, "network.json"), '{"password":"hunter2"}');
  writeFileSync(join(plans, "network.tfplan"), Buffer.from([80, 75, 0, 255]));

  await t.throwsAsync(encryptPlans(join(folder, "none"), file, key), {
    message: /none: expected the plans that npm run plan writes, found nothing: run npm run plan first$/,
  });
  await t.throwsAsync(encryptPlans(plans, join(folder, "none/encrypted.json"), key), {
    message: /^the file is .*: expected a file in an existing folder, and there is no .*none$/,
  });
  await t.throwsAsync(decryptPlans(join(folder, "none"), decrypted, key), {
    message: /none: expected what npm run encrypt wrote, found nothing$/,
  });
  await encryptPlans(plans, file, key);
  t.false(readFileSync(file, "utf8").includes("hunter2"));
  await decryptPlans(file, decrypted, key);
  t.deepEqual(readdirSync(decrypted), ["network.json", "network.tfplan"]);
  t.deepEqual(readFileSync(join(decrypted, "network.tfplan")), Buffer.from([80, 75, 0, 255]));

  await t.throwsAsync(decryptPlans(file, decrypted, { ...key, purpose: "run 2" }), {
    message: /encrypted\.json: the plans were encrypted for another purpose than "run 2", or with another key$/,
  });
  const content = JSON.parse(readFileSync(file, "utf8")) as { plans: string };
  const bytes = Buffer.from(content.plans, "base64");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  writeFileSync(file, JSON.stringify({ ...content, plans: bytes.toString("base64") }));
  await t.throwsAsync(decryptPlans(file, decrypted, key), { message: /unable to authenticate/ });
  writeFileSync(file, "nonsense");
  await t.throwsAsync(decryptPlans(file, decrypted, key), {
    message: /encrypted\.json: expected what npm run encrypt wrote$/,
  });
  writeFileSync(file, JSON.stringify({ plans: "" }));
  await t.throwsAsync(decryptPlans(file, decrypted, key), { message: /expected what npm run encrypt wrote$/ });
});
