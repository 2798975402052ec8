// Base64 inside of text, as in cloud-init's `encoding: b64` and in arguments such as `user_data_base64`.

/** Shorter ones are too likely to be words. */
const MIN_LENGTH = 24;

const BASE64 = new RegExp(String.raw`(?<![\w+/=])[A-Za-z0-9+/]{${MIN_LENGTH},}={0,2}(?![\w+/=])`, "g");

/** Bytes beyond which compressed text is not read. */
const MAX_UNZIPPED = 1 << 20;

/** The text with some of what it has in Base64 replaced: where `replace` returns a string for the decoded text. */
export function replaceInBase64(text: string, replace: (decoded: string) => string | undefined): string {
  if (text.length < MIN_LENGTH) {
    return text;
  }
  return text.replace(BASE64, (encoded) => {
    const decoded = decode(encoded);
    return (decoded && replace(decoded)) ?? encoded;
  });
}

/** The text that a string consists of in Base64; undefined for other strings. */
export function textInBase64(text: string): string | undefined {
  return text.length >= MIN_LENGTH && WHOLE.test(text) ? decode(text) : undefined;
}

const WHOLE = /^[A-Za-z0-9+/]+={0,2}$/;

/** Undefined for data other than text. */
function decode(base64: string): string | undefined {
  const bytes = Buffer.from(base64, "base64");
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? unzip(bytes) : bytes)?.toString();
  return text === undefined || /(?![\t\n\r])[\p{Cc}\ufffd]/u.test(text) ? undefined : text;
}

function unzip(bytes: Buffer): Buffer | undefined {
  try {
    // Loading the module takes longer than the review of a short plan, and few plans need it.
    return process.getBuiltinModule("node:zlib").gunzipSync(bytes, { maxOutputLength: MAX_UNZIPPED });
  } catch {
    return undefined;
  }
}
