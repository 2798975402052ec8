import type { Rule } from "./rule.ts";
import { latestImage } from "./rules/latest-image.ts";
import { logRetention } from "./rules/log-retention.ts";
import { missingTags } from "./rules/missing-tags.ts";
import { openIngress } from "./rules/open-ingress.ts";
import { publicBucket } from "./rules/public-bucket.ts";
import { unencryptedStore } from "./rules/unencrypted-store.ts";
import { wildcardPrincipal } from "./rules/wildcard-principal.ts";

const ALL = [
  latestImage,
  logRetention,
  missingTags,
  openIngress,
  publicBucket,
  unencryptedStore,
  wildcardPrincipal,
] as const;

export type RuleName = (typeof ALL)[number]["name"];

export const RULES: readonly (Rule & { readonly name: RuleName })[] = ALL;
