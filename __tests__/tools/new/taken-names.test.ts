import test from "ava";
import type { App } from "#cdktf";
import { loadSettings } from "../../../settings/load.ts";
import { addStacks } from "../../../stacks/add-stacks.ts";
import { takenBecause } from "../../../tools/new/taken-names.ts";
import { type Arguments, type SynthesizedStack, synthesizeOnly } from "../../synth.ts";

/** An existing service with only those resources that every service has. */
const SERVICE = "monolith";

/** A name that `npm run new service` accepts. */
const NAME = "([a-z][a-z0-9]*(?:-[a-z0-9]+)*)";
const MAX_NAME = 11;

const ENVIRONMENTS = ["workshop", "production", "emulator"];

const GITHUB = "github={repository: octo/mysfits, ownerId: 1, repositoryId: 2, deployEnvironment: production}";

test("a service cannot have a name with which it would have the ID or the name of another construct", (t) => {
  for (const environment of ENVIRONMENTS) {
    const values = valuesByPlace(environment);
    const names = [...values.values()].flatMap((ofPlace) => colliding(ofPlace));
    t.true(names.includes("aws"), environment);
    for (const name of names.filter(({ length }) => length <= MAX_NAME)) {
      t.truthy(takenBecause(name), name);
    }
  }
});

test("a service cannot have the name of a property that every object has", (t) => {
  for (const name of Object.getOwnPropertyNames(Object.prototype).filter((one) => new RegExp(`^${NAME}$`).test(one))) {
    t.truthy(takenBecause(name), name);
  }
});

test("other names are free", (t) => {
  t.is(takenBecause("badge"), undefined);
});

/** IDs by the construct around them, and the text arguments of resources by type and argument. */
function valuesByPlace(environment: string): ReadonlyMap<string, readonly string[]> {
  let constructs: readonly (readonly [string, string])[] = [];
  const add = (app: App) => {
    addStacks(app, loadSettings({ environment, overrides: ["load.generator=on", GITHUB] }));
    constructs = app.node.findAll().map(({ node }) => [`in ${node.scope?.node.path}`, node.id]);
  };
  const stacks = synthesizeOnly(add, environment);
  return grouped([...constructs, ...Object.values(stacks).flatMap(argumentsOf)]);
}

function argumentsOf({ resource }: SynthesizedStack): readonly (readonly [string, string])[] {
  return Object.entries(resource).flatMap(([type, ofType]) =>
    Object.values(ofType).flatMap((one: Arguments) =>
      Object.entries(one).flatMap(([argument, value]) =>
        typeof value === "string" ? [[`${type}.${argument}`, value] as const] : [],
      ),
    ),
  );
}

function grouped(entries: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(Object.groupBy(entries, ([place]) => place)).map(([place, ofPlace = []]) => [
      place,
      ofPlace.map(([, value]) => value),
    ]),
  );
}

/** Names with which one of a service's values would be the same as a value that is not of a service. */
function colliding(values: readonly string[]): readonly string[] {
  return values
    .filter((value) => value.includes(SERVICE))
    .map((value) => new RegExp(`^${value.split(SERVICE).map(RegExp.escape).join(NAME)}$`))
    .flatMap((pattern) => values.flatMap((value) => pattern.exec(value)?.[1] ?? []))
    .filter((name) => name !== SERVICE && name !== "like");
}
