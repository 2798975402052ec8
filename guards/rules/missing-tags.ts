import { type Arguments, blocks } from "../resource.ts";
import type { Rule } from "../rule.ts";

/** What bills and people find things by. */
const REQUIRED = ["Project", "Environment", "ManagedBy"] as const;

/** What AWS makes of a launch template on its own, where the provider's default tags do not reach. */
const LAUNCHED = ["instance", "volume"];

/** Every resource carries the project's tags: through its provider's default tags, which no resource can take off again. */
export const missingTags = {
  name: "missing-tags",
  types: ["provider.aws", "aws_launch_template"],
  check({ type, arguments: found }) {
    if (type === "aws_launch_template") {
      const tagged = blocks(found.tag_specifications).map(({ resource_type }) => resource_type);
      return LAUNCHED.filter((kind) => !tagged.includes(kind)).map(
        (kind) => `tag_specifications for "${kind}" is missing: default tags do not reach what a template launches`,
      );
    }
    const tags = Object.assign({}, ...blocks(found.default_tags).map((block) => block.tags)) as Arguments;
    return REQUIRED.filter((name) => !tags[name]).map(
      (name) => `default_tags has no ${name}: make the provider with awsProvider, which sets it`,
    );
  },
} as const satisfies Rule;
