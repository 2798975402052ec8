import type { IConstruct } from "constructs";
import { EXAMPLE } from "../settings/project.ts";
import type { Settings } from "../settings/schema.ts";

/** The account and region of a stack, and the parts of its names. */
export interface Environment {
  readonly account: string;
  readonly region: string;
  /** Name of the environment, such as `workshop`. */
  readonly name: string;
  /** Prefix of the names of all environments of the project, such as `mysfits`. */
  readonly project: string;
  /** `<project>-<environment>`: every name in the account begins with it. */
  readonly prefix: string;
  /**
   * First word of the environment's names in X-Ray: the prefix, but for the example only the environment. Its traces had that
   * name before the prefix was a setting.
   */
  readonly tracePrefix: string;
}

const CONTEXT_KEY = "environment";

/** Records a stack's environment for the modules inside it. Call it before adding any: constructs rejects a later change. */
export function setEnvironment(stack: IConstruct, settings: Settings): void {
  stack.node.setContext(CONTEXT_KEY, environmentIn(settings));
}

/** The environment of the stack that a construct is in. */
export function environmentOf(construct: IConstruct): Environment {
  return construct.node.getContext(CONTEXT_KEY) as Environment;
}

/** The environment of the stack that a construct is in; undefined in a stack that has none. */
export function findEnvironment(construct: IConstruct): Environment | undefined {
  return construct.node.tryGetContext(CONTEXT_KEY) as Environment | undefined;
}

function environmentIn({ account, region, environment: name, project }: Settings): Environment {
  const prefix = `${project.prefix}-${name}`;
  const tracePrefix = project.prefix === EXAMPLE.prefix ? name : prefix;
  return { account, region, name, project: project.prefix, prefix, tracePrefix };
}
