import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { unzipSync, zipSync } from "fflate";
import { z } from "zod";
import type { Stack } from "./synth.ts";

// Plans hold what the state holds, secrets too, and go from the job that made them to the one that applies them through a place
// that everybody with access to the repository can read. On the way they are encrypted as the state is: under its key.

const CIPHER = "aes-256-gcm";

const sealed = z.strictObject({
  format: z.literal(1),
  /** The key of this one file, encrypted by KMS. */
  key: z.base64(),
  iv: z.base64(),
  tag: z.base64(),
  /** A zip of the folder. */
  plans: z.base64(),
});

export interface Key {
  /** ID, ARN or alias of a KMS key. */
  readonly id: string;
  readonly region: string;
  /** KMS gives the key out for nothing else, so plans of one run pass for no other's. */
  readonly purpose: string;
}

/** The key of the bucket that holds the stacks' state. */
export function stateKey(stacks: readonly Stack[]): Omit<Key, "purpose"> {
  const state = stacks.map(({ state }) => state).find((state) => state.kind === "bucket");
  if (state === undefined) {
    throw new Error("no stack keeps its state in a bucket, so there is no key to seal with");
  }
  return { id: `alias/${state.bucket}`, region: state.region };
}

/** Writes the files of a folder into one that only holders of the key can read. */
export async function seal(folder: string, file: string, { id, region, purpose }: Key): Promise<void> {
  const kms = new KMSClient({ region });
  const { Plaintext: key, CiphertextBlob: encryptedKey } = await kms.send(
    new GenerateDataKeyCommand({ KeyId: id, KeySpec: "AES_256", EncryptionContext: { purpose } }),
  );
  if (key === undefined || encryptedKey === undefined) {
    throw new Error(`KMS gave no key for ${id}`);
  }
  const iv = randomBytes(12);
  const cipher = createCipheriv(CIPHER, key, iv);
  const plans = Buffer.concat([cipher.update(zipSync(await contentOf(folder))), cipher.final()]);
  const content: z.infer<typeof sealed> = {
    format: 1,
    key: Buffer.from(encryptedKey).toString("base64"),
    iv: iv.toString("base64"),
    tag: cipher.getAuthTag().toString("base64"),
    plans: plans.toString("base64"),
  };
  await writeFile(file, JSON.stringify(content));
}

/** Brings a folder back as it was sealed. Throws for another purpose, another key, and a file that somebody changed. */
export async function open(file: string, folder: string, { id, region, purpose }: Key): Promise<void> {
  const content = sealed.safeParse(JSON.parse(await readFile(file, "utf8")));
  if (!content.success) {
    throw new Error(`${file}: expected what npm run seal wrote`);
  }
  const { key, iv, tag, plans } = content.data;
  const kms = new KMSClient({ region });
  const { Plaintext: plainKey } = await kms.send(
    new DecryptCommand({
      KeyId: id,
      CiphertextBlob: Buffer.from(key, "base64"),
      EncryptionContext: { purpose },
    }),
  );
  if (plainKey === undefined) {
    throw new Error(`KMS gave no key for ${id}`);
  }
  const decipher = createDecipheriv(CIPHER, plainKey, Buffer.from(iv, "base64"));
  decipher.setAuthTag(Buffer.from(tag, "base64"));
  const zip = Buffer.concat([decipher.update(Buffer.from(plans, "base64")), decipher.final()]);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    await writeFile(join(folder, basename(name)), bytes);
  }
}

async function contentOf(folder: string): Promise<Record<string, Uint8Array>> {
  const names = await readdir(folder);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}
