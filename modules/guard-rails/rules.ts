import type { Rule } from "./rule.ts";
import { latestImage } from "./rules/latest-image.ts";
import { logRetention } from "./rules/log-retention.ts";
import { missingTags } from "./rules/missing-tags.ts";
import { oldTls } from "./rules/old-tls.ts";
import { openIngress } from "./rules/open-ingress.ts";
import { ownNames } from "./rules/own-names.ts";
import { publicBucket } from "./rules/public-bucket.ts";
import { secretValue } from "./rules/secret-value.ts";
import { unencryptedStore } from "./rules/unencrypted-store.ts";
import { wildcardPrincipal } from "./rules/wildcard-principal.ts";

export const RULES: readonly Rule[] = [
  latestImage,
  logRetention,
  missingTags,
  oldTls,
  openIngress,
  ownNames,
  publicBucket,
  secretValue,
  unencryptedStore,
  wildcardPrincipal,
];
