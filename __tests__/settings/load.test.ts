import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { loadSettings, SettingsError } from "../../settings/load.ts";

const workshop = (...overrides: string[]) => loadSettings({ environment: "workshop", overrides });

function refusal(...overrides: string[]): string[] {
  try {
    workshop(...overrides);
  } catch (error) {
    if (error instanceof SettingsError) {
      return error.message.split("\n");
    }
    throw error;
  }
  return [];
}

for (const environment of ["workshop", "production", "emulator"]) {
  test(`settings/${environment}.yaml fits the schema`, (t) => {
    t.is(loadSettings({ environment, overrides: [] }).environment, environment);
  });
}

test("the workshop is as odd as its labs need it", (t) => {
  const { like } = workshop().services;
  t.like(like, { chaosMode: "on", logLevel: "ERROR", minTasks: 2, desiredTasks: 2, maxTasks: 100 });
});

test("production has nothing odd, no single zone to lose and nothing that a wrong command deletes", (t) => {
  const production = loadSettings({ environment: "production", overrides: [] });
  t.is(production.services.like.chaosMode, "off");
  t.is(production.zones.length, 3);
  t.is(production.network.natGateways, "one-per-zone");
  t.is(production.protection, "on");
  t.true(production.logs.retentionDays > workshop().logs.retentionDays);
});

test("an override changes one value and leaves the rest", (t) => {
  const { network, ...rest } = workshop("network.natGateways=one-per-zone");
  const { network: before, ...restBefore } = workshop();
  t.deepEqual(network, { ...before, natGateways: "one-per-zone" });
  t.deepEqual(rest, restBefore);
});

test("an override takes lists, and digits where the file has a string", (t) => {
  t.deepEqual(workshop("region=eu-west-1", "zones=[eu-west-1a, eu-west-1b]").zones, ["eu-west-1a", "eu-west-1b"]);
  t.is(workshop("account=012345678901").account, "012345678901");
});

test.serial("MYSFITS_ENV and MYSFITS_SET choose for the whole process", (t) => {
  process.env.MYSFITS_ENV = "emulator";
  process.env.MYSFITS_SET = "services.like.desiredTasks=5; services.like.logLevel=DEBUG";
  try {
    const settings = loadSettings();
    t.is(settings.environment, "emulator");
    t.like(settings.services.like, { desiredTasks: 5, logLevel: "DEBUG" });
  } finally {
    delete process.env.MYSFITS_ENV;
    delete process.env.MYSFITS_SET;
  }
});

/** Each is refused in one line that names the setting, the value and what was expected. */
const REFUSED: readonly (readonly [override: string, message: string])[] = [
  ["services.like.desiredTasks=two", 'services.like.desiredTasks is "two": expected number'],
  ["services.like.chaosMode=true", 'services.like.chaosMode is true: expected one of "on"|"off"'],
  ["network.nat=one", 'network.nat is "one": no such setting, expected one of those in settings/schema.ts'],
  [
    "network.cidr=10.0.0.0/28",
    'network.cidr is "10.0.0.0/28": expected a range from /16 (the largest a VPC takes) to /22 (the smallest that leaves every subnet room for 50 tasks)',
  ],
  [
    "network.cidr=10.0.1.0/16",
    'network.cidr is "10.0.1.0/16": expected a range written with its first address, such as 10.0.0.0/16',
  ],
  ["network.cidr=10.0.0.256/16", 'network.cidr is "10.0.0.256/16": expected an IPv4 range such as 10.0.0.0/16'],
  ["network.cidr=10.0.0.0/33", 'network.cidr is "10.0.0.0/33": expected an IPv4 range such as 10.0.0.0/16'],
  [
    "labs.metadataProxyFrom=[10.0.1.0/24, 10.1.0.0/24]",
    'labs.metadataProxyFrom.1 is "10.1.0.0/24": expected a range inside the VPC\'s, which is 10.0.0.0/16',
  ],
  [
    "labs.metadataProxyFrom=[0.0.0.0/0]",
    'labs.metadataProxyFrom.0 is "0.0.0.0/0": expected a range inside the VPC\'s, which is 10.0.0.0/16',
  ],
  [
    "labs.metadataProxyFrom=[10.0.1.7/24]",
    'labs.metadataProxyFrom.0 is "10.0.1.7/24": expected a range written with its first address, such as 10.0.0.0/16',
  ],
  ["zones=[us-west-2a, eu-west-1b]", 'zones.1 is "eu-west-1b": expected a zone of us-west-2, such as us-west-2a'],
  ["zones=[us-west-2a, us-west-2a]", 'zones is ["us-west-2a","us-west-2a"]: expected every zone once'],
  ["zones=[us-west-2a]", 'zones is ["us-west-2a"]: expected two or three zones'],
  ["email=nobody", 'email is "nobody": expected an e-mail address'],
  ["services.like.minTasks=101", "services.like.minTasks is 101: expected no more than maxTasks, which is 100"],
  [
    "services.like.desiredTasks=1",
    "services.like.desiredTasks is 1: expected a count from minTasks (2) to maxTasks (100)",
  ],
  [
    "services.like.memory=768",
    "services.like.memory is 768: expected MiB that Fargate offers with 256 CPU units: 512, 1024, 2048",
  ],
  [
    "logSearch.engine=OpenSearch_3.1",
    'logSearch.engine is "OpenSearch_3.1": expected one of "Elasticsearch_7.10"|"OpenSearch_2.19"',
  ],
  ["logSearch.instances=3", "logSearch.instances is 3: expected 1, or a multiple of the 2 zones"],
  [
    "logSearch.instanceType=t3.small",
    'logSearch.instanceType is "t3.small": expected an instance type of OpenSearch Service such as t3.small.search',
  ],
  ["logSearch.volumeGib=5", "logSearch.volumeGib is 5: expected 10 GiB or more, the smallest volume of a node"],
  ["logSearch.adminEmail=ada", 'logSearch.adminEmail is "ada": expected an e-mail address'],
  ["account=42", 'account is "42": expected the 12 digits of an AWS account, in quotes'],
  ["services.like=off", 'services.like is "off": expected object'],
  ["network.cidr.length=16", 'override "network.cidr.length=16": cidr is "10.0.0.0/16" and has no settings inside'],
  ["natGateways", 'override "natGateways": expected SETTING=VALUE, such as network.natGateways=one'],
];

for (const [override, message] of REFUSED) {
  test(`${override} is refused`, (t) => {
    t.true(refusal(override).includes(message), refusal(override).join("\n"));
  });
}

test("every problem is told at once", (t) => {
  t.is(
    refusal("email=nobody", "region=mars", "colour=red").filter((line) => /^(email|region|colour) is/.test(line))
      .length,
    3,
  );
});

test("a file that is missing, is no YAML or holds no settings is refused by name", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "broken.yaml"), "zones: [a, b");
  writeFileSync(join(folder, "words.yaml"), "just words");
  const load = (environment: string) => () => loadSettings({ environment, overrides: [], folder });
  t.throws(load("absent"), {
    message: 'MYSFITS_ENV is "absent": expected one of the environments in settings/: broken, words',
  });
  t.throws(load("../workshop"), { message: /^MYSFITS_ENV is "..\/workshop"/ });
  writeFileSync(join(folder, "pre-production.yaml"), "{}");
  t.throws(load("pre-production"), { message: /^MYSFITS_ENV is "pre-production": expected a name of at most 12 / });
  t.throws(load("broken"), { message: /^settings\/broken.yaml: / });
  t.throws(load("words"), { message: 'settings/words.yaml: expected settings as "name: value" lines' });
});
