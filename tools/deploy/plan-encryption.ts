import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { closeSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { DecryptCommand, GenerateDataKeyCommand, InvalidCiphertextException, KMSClient } from "@aws-sdk/client-kms";
import { unzipSync, zipSync } from "fflate";
import { z } from "zod";
import { describeFileError } from "../../command-line/file-error.ts";
import { openOutput } from "../../command-line/output-file.ts";
import { explainErrors } from "../aws/explain-errors.ts";
import type { Stack } from "./synth.ts";

// Plans contain the secrets of the state, and workflow artifacts are readable by everyone with access to the repository. On
// the way from the job that plans to the job that applies, plans are therefore encrypted with the key of the state bucket.

const CIPHER = "aes-256-gcm";

const encryptedPlans = z.strictObject({
  format: z.literal(1),
  /** Data key of this file, encrypted by KMS. */
  key: z.base64(),
  iv: z.base64(),
  tag: z.base64(),
  /** Encrypted ZIP archive of the folder. */
  plans: z.base64(),
});

export interface Key {
  /** ID, ARN or alias of a KMS key. */
  readonly id: string;
  readonly region: string;
  /**
   * Encryption context: KMS decrypts the data key only for the same purpose, so another run cannot decrypt these plans.
   */
  readonly purpose: string;
}

/** The key of the state bucket. */
export function stateKey(stacks: readonly Stack[]): Omit<Key, "purpose"> {
  const state = stacks.map(({ state }) => state).find((state) => state.kind === "bucket");
  if (state === undefined) {
    throw new Error("no stack has its state in a bucket, so there is no key to encrypt plans with");
  }
  return { id: `alias/${state.bucket}`, region: state.region };
}

/** Encrypts the files of a folder into one file. */
export async function encryptPlans(folder: string, file: string, { id, region, purpose }: Key): Promise<void> {
  const zip = zipSync(await contentOf(folder));
  closeSync(openOutput("the file", file)); // before the request
  const kms = explainErrors(new KMSClient({ region }));
  const { Plaintext: key, CiphertextBlob: encryptedKey } = await kms.send(
    new GenerateDataKeyCommand({ KeyId: id, KeySpec: "AES_256", EncryptionContext: { purpose } }),
  );
  if (key === undefined || encryptedKey === undefined) {
    throw new Error(`KMS returned no data key for ${id}`);
  }
  const iv = randomBytes(12);
  const cipher = createCipheriv(CIPHER, key, iv);
  const plans = Buffer.concat([cipher.update(zip), cipher.final()]);
  const content: z.infer<typeof encryptedPlans> = {
    format: 1,
    key: Buffer.from(encryptedKey).toString("base64"),
    iv: iv.toString("base64"),
    tag: cipher.getAuthTag().toString("base64"),
    plans: plans.toString("base64"),
  };
  await writeFile(file, JSON.stringify(content));
}

/** Restores the folder from an encrypted file. Throws if the purpose or the key differs, or if the file was modified. */
export async function decryptPlans(file: string, folder: string, { id, region, purpose }: Key): Promise<void> {
  const text = await readFile(file, "utf8").catch((error) => {
    throw new Error(`${file}: expected what npm run encrypt wrote, ${describeFileError(error, "read")}`, {
      cause: error,
    });
  });
  const content = encryptedPlans.safeParse(parse(text));
  if (!content.success) {
    throw new Error(`${file}: expected what npm run encrypt wrote`);
  }
  const { key, iv, tag, plans } = content.data;
  const kms = explainErrors(new KMSClient({ region }));
  const { Plaintext: plainKey } = await kms
    .send(
      new DecryptCommand({
        KeyId: id,
        CiphertextBlob: Buffer.from(key, "base64"),
        EncryptionContext: { purpose },
      }),
    )
    .catch((error) => {
      // KMS sends no message with this error.
      throw error instanceof InvalidCiphertextException
        ? new Error(`${file}: the plans were encrypted for another purpose than "${purpose}", or with another key`)
        : error;
    });
  if (plainKey === undefined) {
    throw new Error(`KMS returned no data key for ${id}`);
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

/** Returns undefined for text that is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function contentOf(folder: string): Promise<Record<string, Uint8Array>> {
  const names = await readdir(folder).catch((error) => {
    throw new Error(
      `${folder}: expected the plans that npm run plan writes, ${describeFileError(error, "read")}: run npm run plan first`,
      { cause: error },
    );
  });
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}
