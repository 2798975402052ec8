import { type Arguments, blocks } from "../resource.ts";
import type { Rule } from "../rule.ts";

/** Tags for cost reports and for finding resources. */
const REQUIRED = ["Project", "Environment", "ManagedBy"] as const;

/** Resources that AWS launches from a template. The provider's default tags do not apply to them. */
const LAUNCHED = ["instance", "volume"];

/** Every resource has the project's tags, through its provider's default tags, which a resource cannot remove. */
export const missingTags: Rule = {
  name: "missing-tags",
  types: ["provider.aws", "aws_launch_template"],
  check({ type, arguments: found }) {
    if (type === "aws_launch_template") {
      const tagged = blocks(found.tag_specifications).map(({ resource_type }) => resource_type);
      return LAUNCHED.filter((kind) => !tagged.includes(kind)).map(
        (kind) => `tag_specifications for "${kind}" is missing: default tags do not apply to what a template launches`,
      );
    }
    const tags = Object.assign({}, ...blocks(found.default_tags).map((block) => block.tags)) as Arguments;
    return REQUIRED.filter((name) => !tags[name]).map(
      (name) => `default_tags has no ${name}: create the provider with awsProvider, which sets it`,
    );
  },
};
