import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { loadSettings } from "../../settings/load.ts";
import { SettingsError } from "../../settings/settings-error.ts";

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

test("the workshop has the odd behavior and the log level that its labs need", (t) => {
  const { like } = workshop().services;
  t.like(like, { chaosMode: true, logLevel: "ERROR", minTasks: 2, desiredTasks: 2, maxTasks: 100 });
});

test("production has no odd behavior, tolerates the loss of a zone, and is protected from deletion", (t) => {
  const production = loadSettings({ environment: "production", overrides: [] });
  t.is(production.services.like.chaosMode, false);
  t.is(production.zones.length, 3);
  t.is(production.network.natGateways, "one-per-zone");
  t.is(production.protection, true);
  t.true(production.logs.retentionDays > workshop().logs.retentionDays);
});

test("an override changes only its value", (t) => {
  const { network, ...rest } = workshop("network.natGateways=one-per-zone");
  const { network: before, ...restBefore } = workshop();
  t.deepEqual(network, { ...before, natGateways: "one-per-zone" });
  t.deepEqual(rest, restBefore);
});

test("an override can be a list, or digits for a string", (t) => {
  t.deepEqual(workshop("region=eu-west-1", "zones=[eu-west-1a, eu-west-1b]").zones, ["eu-west-1a", "eu-west-1b"]);
  t.is(workshop("account=012345678901").account, "012345678901");
});

test("the IDs of GitHub's owner and repository are required numbers", (t) => {
  const github = (ids: string) => `github={repository: octo/mysfits, deployEnvironment: production, ${ids}}`;
  t.like(workshop(github("ownerId: 1, repositoryId: 2")).github, {
    ownerId: 1,
    repositoryId: 2,
    oidcProvider: "create",
  });
  t.deepEqual(refusal(github("ownerId: octo")), [
    'github.ownerId is "octo": expected the number that "gh api repos/OWNER/NAME --jq .owner.id" prints',
    'github.repositoryId is missing: expected the number that "gh api repos/OWNER/NAME --jq .id" prints',
  ]);
  t.deepEqual(refusal(github("ownerId: 1, repositoryId: 2, oidcProvider: 'off'")), [
    'github.oidcProvider is "off": expected create or existing',
  ]);
});

test.serial("MYSFITS_ENV and MYSFITS_SET are the defaults of the process", (t) => {
  process.env.MYSFITS_ENV = "emulator";
  process.env.MYSFITS_SET = "services.like.desiredTasks=5; services.like.logLevel=DEBUG";
  try {
    const settings = loadSettings();
    t.is(settings.environment, "emulator");
    t.like(settings.services.like, { desiredTasks: 5, logLevel: "DEBUG" });
    process.env.MYSFITS_ENV = "";
    t.throws(() => loadSettings(), { message: /^MYSFITS_ENV is "": expected one of the environments in settings\/: / });
  } finally {
    delete process.env.MYSFITS_ENV;
    delete process.env.MYSFITS_SET;
  }
});

/** An override with an existing VPC, in YAML. */
function existingVpc({ subnets = "[subnet-11111111, subnet-22222222]", nat = "[203.0.113.7]" }): string {
  return `network.existing={vpcId: vpc-0123456789abcdef0, publicSubnetIds: ${subnets}, privateSubnetIds: [subnet-33333333, subnet-44444444], natAddresses: ${nat}}`;
}

test("an existing VPC has a range with hosts", (t) => {
  t.deepEqual(refusal(existingVpc({}), "network.cidr=168.0.0.0/6"), [
    'network.cidr is "168.0.0.0/6": expected a range outside 169.254.0.0/16, which has no addresses for hosts',
  ]);
});

test("an existing VPC may have any range, and its endpoints belong to its owner", (t) => {
  const { network } = workshop(existingVpc({}), "network.cidr=192.168.4.0/24");
  t.is(network.existing?.vpcId, "vpc-0123456789abcdef0");
  t.deepEqual(refusal(existingVpc({}), "network.interfaceEndpoints=[xray]"), [
    'network.interfaceEndpoints is ["xray"]: expected an empty list with network.existing, because a VPC\'s endpoints belong to its owner',
  ]);
});

/** Invalid overrides, with the line of the error that names the setting, its value, and what was expected. */
const REFUSED: readonly (readonly [override: string, message: string])[] = [
  [
    "project.prefix=my-pets",
    'project.prefix is "my-pets": expected a name of at most 18 lowercase letters and digits that begins with a letter: names in AWS begin with it',
  ],
  [
    "project.prefix=pawshop",
    'project.prefix is "pawshop": expected a name without aws, amazon, cognito, which Cognito reserves',
  ],
  [
    "project.prefix=ssmpets",
    'project.prefix is "ssmpets": expected a name that does not begin with ssm, which Systems Manager reserves',
  ],
  [
    "project.prefix=internal",
    'project.prefix is "internal": expected a name other than internal, which Elastic Load Balancing reserves',
  ],
  [
    "project.prefix=adoptioncentre",
    'project.prefix is "adoptioncentre": expected at most 11 characters in the environment "workshop", because the names of target groups begin with both',
  ],
  [
    "project.tag='Pets & more'",
    'project.tag is "Pets & more": expected 1 to 128 ASCII letters, digits, and spaces or . : / = + @ - _',
  ],
  [
    "project.title='<b>Pets</b>'",
    'project.title is "<b>Pets</b>": expected 1 to 40 letters, digits, and spaces or . , : ! ? \' ( ) + -, beginning with a letter or digit',
  ],
  ["services.like.desiredTasks=two", 'services.like.desiredTasks is "two": expected a whole number'],
  ["services.like.chaosmode=on", 'services.like.chaosmode is "on": expected the name chaosMode'],
  ["network.nat-gateways=one", 'network.nat-gateways is "one": expected the name natGateways'],
  ["__proto__.x=1", 'override "__proto__.x=1": expected a setting in settings/schema.ts, found __proto__'],
  ["network.__proto__=1", 'override "network.__proto__=1": expected a setting in settings/schema.ts, found __proto__'],
  ["services.like.chaosMode=true", "services.like.chaosMode is true: expected on or off"],
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
  [
    "network.cidr=127.0.0.0/16",
    'network.cidr is "127.0.0.0/16": expected a range outside 127.0.0.0/8, which has no addresses for hosts',
  ],
  ["network.cidr=10.0.0.0/33", 'network.cidr is "10.0.0.0/33": expected an IPv4 range such as 10.0.0.0/16'],
  [
    "network.existing.vpcId=my-vpc",
    'network.existing.vpcId is "my-vpc": expected the ID of an existing vpc, such as vpc-0123456789abcdef0',
  ],
  [
    existingVpc({ subnets: "[subnet-11111111]" }),
    'network.existing.publicSubnetIds is ["subnet-11111111"]: expected 2 subnets, one in each of us-west-2a, us-west-2b',
  ],
  [
    existingVpc({ subnets: "[subnet-11111111, subnet-11111111]" }),
    'network.existing.publicSubnetIds is ["subnet-11111111","subnet-11111111"]: expected every subnet once',
  ],
  [existingVpc({ nat: "[]" }), "network.existing.natAddresses is []: expected one address or more"],
  [
    existingVpc({ nat: "[nat-1]" }),
    'network.existing.natAddresses.0 is "nat-1": expected a public IPv4 address such as 203.0.113.7',
  ],
  [
    existingVpc({ nat: "[10.0.0.7]" }),
    'network.existing.natAddresses.0 is "10.0.0.7": expected a public IPv4 address such as 203.0.113.7',
  ],
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
  ["email=ada", 'email is "ada": expected an email address'],
  [
    "services.monolith.minTasks=0",
    "services.monolith.minTasks is 0: expected 1 or more, because labs.scaling never starts the first task",
  ],
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
    "logSearch.engine=OpenSearch_4.1",
    'logSearch.engine is "OpenSearch_4.1": expected Elasticsearch_7.10, OpenSearch_2.19, OpenSearch_3.1, OpenSearch_3.3, or OpenSearch_3.5',
  ],
  [
    "logSearch.keepDays=901",
    "logSearch.keepDays is 901: expected 900 days or less with 1 data node, which hold 1,000 shards each",
  ],
  [
    "site={domain: Mysfits.example.com, hostedZoneId: Z1A}",
    'site.domain is "Mysfits.example.com": expected a domain in lowercase of at most 64 characters, such as mysfits.example.com',
  ],
  [
    "site={domain: localhost, hostedZoneId: Z1A}",
    'site.domain is "localhost": expected a domain in lowercase of at most 64 characters, such as mysfits.example.com',
  ],
  [
    "site={domain: a.example.com, certificateArn: 'arn:aws:acm:us-west-2:123456789012:certificate/1'}",
    'site.certificateArn is "arn:aws:acm:us-west-2:123456789012:certificate/1": expected the ARN of an ACM certificate in us-east-1, the region that CloudFront takes certificates from',
  ],
  [
    "site={domain: a.example.com}",
    "site.certificateArn is missing: expected the ARN of a certificate, or site.hostedZoneId to create one in",
  ],
  [
    "site={domain: a.example.com, hostedZoneId: example.com}",
    'site.hostedZoneId is "example.com": expected a Route 53 hosted zone id such as Z0123456789ABC',
  ],
  [
    "site={domain: www.example.com, hostedZoneId: Z1A, redirectWww: on}",
    'site.domain is "www.example.com": expected a domain without www, which redirects to it',
  ],
  ["waf=on", 'waf is "on": expected off, count, or block'],
  ["site.zone=example.com", 'site.zone is "example.com": no such setting, expected one of those in settings/schema.ts'],
  [
    "services.like.secrets={api-token: /shop/token}",
    'services.like.secrets has the key "api-token": expected the name of a variable, such as API_TOKEN, that is not PORT or HOST and does not begin with AWS_, ECS_, or NODE_',
  ],
  [
    "services.like.secrets={AWS_REGION: /shop/token}",
    'services.like.secrets has the key "AWS_REGION": expected the name of a variable, such as API_TOKEN, that is not PORT or HOST and does not begin with AWS_, ECS_, or NODE_',
  ],
  ["services.like.secrets={API_TOKEN: 'hunter 2'}", secretRejection("hunter 2")],
  ["services.like.secrets={API_TOKEN: shop/token}", secretRejection("shop/token")],
  ["services.like.secrets={API_TOKEN: /aws/token}", secretRejection("/aws/token")],
  [
    "services.like.secrets={API_TOKEN: 'arn:aws:secretsmanager:us-west-2:123456789012:secret:shop'}",
    secretRejection("arn:aws:secretsmanager:us-west-2:123456789012:secret:shop"),
  ],
  [
    "services.like.secrets={API_TOKEN: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf'}",
    'services.like.secrets.API_TOKEN is "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf": expected an ARN in us-west-2',
  ],
  [
    "services.monolith={secrets: {TOKEN: /t}, secretKeys: ['arn:aws:kms:us-west-2:123456789012:alias/shop']}",
    'services.monolith.secretKeys.0 is "arn:aws:kms:us-west-2:123456789012:alias/shop": expected the ARN of a KMS key, not of an alias',
  ],
  [
    "services.like.secretKeys=['arn:aws:kms:us-west-2:123456789012:key/1234abcd']",
    'services.like.secretKeys is ["arn:aws:kms:us-west-2:123456789012:key/1234abcd"]: expected no keys without secrets',
  ],
  ["logSearch.instances=3", "logSearch.instances is 3: expected 1, or a multiple of the 2 zones"],
  [
    "logSearch.instanceType=t3.small",
    'logSearch.instanceType is "t3.small": expected an instance type of OpenSearch Service such as t3.small.search',
  ],
  [
    "logSearch.instanceType=t2.small.search",
    'logSearch.instanceType is "t2.small.search": expected an instance type that encrypts its data, not M3, R3, T2, or UltraWarm',
  ],
  ...["i3.large", "im4gn.large", "oi2.large", "r6gd.large", "r4.large"].map((type): [string, string] => [
    `logSearch.instanceType=${type}.search`,
    `logSearch.instanceType is "${type}.search": expected an instance type with gp3 volumes, such as r6g.large.search`,
  ]),
  [
    "logSearch.instanceType=t3.large.search",
    'logSearch.instanceType is "t3.large.search": expected another instance type, because T3 has only t3.small.search and t3.medium.search',
  ],
  [
    "logSearch={engine: Elasticsearch_7.10, instanceType: or1.large.search, instances: 2, volumeGib: 20, keepDays: 7, mfa: off}",
    'logSearch.instanceType is "or1.large.search": expected an instance type that Elasticsearch_7.10 runs on',
  ],
  ["logSearch.instances=12", "logSearch.instances is 12: expected 10 or less with t3.small.search"],
  [
    "logSearch.volumeGib=101",
    "logSearch.volumeGib is 101: expected 100 GiB or less, the largest volume of t3.small.search",
  ],
  ["logSearch.volumeGib=5", "logSearch.volumeGib is 5: expected 10 GiB or more, the smallest volume of a node"],
  ["logSearch.adminEmail=ada", 'logSearch.adminEmail is "ada": expected an email address'],
  ["account=42", 'account is "42": expected the 12 digits of an AWS account, in quotes'],
  ["services.like=off", 'services.like is "off": expected names with values'],
  ["network.cidr.length=16", 'override "network.cidr.length=16": cidr is "10.0.0.0/16" and has no settings inside'],
  ["network.natGateways=!Sub one", 'override "network.natGateways=!Sub one": Unresolved tag: !Sub at line 1, column 1'],
  ["natGateways", 'override "natGateways": expected SETTING=VALUE, such as network.natGateways=one'],
  ["region=us-west-2a", 'region is "us-west-2a": expected an AWS region such as us-west-2'],
  ...["us-gov-west-1", "cn-north-1", "eusc-de-east-1", "us-isof-south-1"].map((region): [string, string] => [
    `region=${region}`,
    `region is "${region}": expected a region of AWS's standard partition, the only one with CloudFront`,
  ]),
  [
    "tls={hostName: a.example.com, hostedZoneId: Z1A, certificateArn: 'arn:aws-us-gov:acm:us-west-2:123456789012:certificate/1'}",
    'tls.certificateArn is "arn:aws-us-gov:acm:us-west-2:123456789012:certificate/1": expected the ARN of an ACM certificate',
  ],
  [
    "tls={hostName: a.example.com, hostedZoneId: Z1A, certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1'}",
    'tls.certificateArn is "arn:aws:acm:us-east-1:123456789012:certificate/1": expected the ARN of a certificate in us-west-2, the region of the load balancer',
  ],
  [
    "tags={'R&D, team': x}",
    'tags has the key "R&D, team": expected a tag name of 1 to 128 ASCII letters, digits, and spaces or . : / = + @ - _ that does not begin with aws:',
  ],
  [
    "tags={'aws:x': x}",
    'tags has the key "aws:x": expected a tag name of 1 to 128 ASCII letters, digits, and spaces or . : / = + @ - _ that does not begin with aws:',
  ],
  [
    "tags={Team: 'R&D, team <a>'}",
    'tags.Team is "R&D, team <a>": expected a tag value of at most 256 ASCII letters, digits, and spaces or . : / = + @ - _',
  ],
  [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of Terraform
    "tags={Team: 'a ${terraform.workspace} b'}",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of Terraform
    'tags.Team is "a ${terraform.workspace} b": expected a tag value of at most 256 ASCII letters, digits, and spaces or . : / = + @ - _',
  ],
  [
    "tags={Team: '50 %{x}'}",
    'tags.Team is "50 %{x}": expected a tag value of at most 256 ASCII letters, digits, and spaces or . : / = + @ - _',
  ],
  [
    "tags={project: mine}",
    'tags has the key "project": expected a name other than Project, Environment, ManagedBy, which the project sets',
  ],
  ["cost.logGbPerMonth=.inf", "cost.logGbPerMonth is Infinity: expected a number"],
  ["tags.Team=42", 'tags.Team is 42: expected text, with quotes around digits, true, and false, such as "42"'],
  ["tags.Billed=true", 'tags.Billed is true: expected text, with quotes around digits, true, and false, such as "42"'],
  ...["a..b", "a//b", "a/.b", "a.lock", "a.lock/b", "a/", "a.", "HEAD"].map((branch): [string, string] => [
    `delivery.branch=${branch}`,
    `delivery.branch is "${branch}": expected the name of a branch`,
  ]),
  [
    "delivery.branch=refs/heads/main",
    'delivery.branch is "refs/heads/main": expected the name of a branch without refs/heads/',
  ],
  ["delivery.branch=[main]", 'delivery.branch is ["main"]: expected the name of a branch'],
  [
    "tls={hostName: api.example.com, hostedZoneId: Z1A}",
    "tls.certificateArn is missing: expected the ARN of an ACM certificate",
  ],
  [
    "delivery.githubRepository=octo/mysfits.git",
    'delivery.githubRepository is "octo/mysfits.git": expected OWNER/NAME, without .git',
  ],
  [
    "delivery.githubRepository=https://github.com/octo/mysfits",
    'delivery.githubRepository is "https://github.com/octo/mysfits": expected OWNER/NAME, without .git',
  ],
  ["tags={Team: a, team: b}", 'tags is {"Team":"a","team":"b"}: expected names that differ in more than case'],
  [
    "tags={a: '', b: '', c: '', d: '', e: '', f: '', g: '', h: ''}",
    'tags is {"a":"","b":"","c":"","d":"","e":"","f":"","g":"","h":""}: expected at most 7 tags: an S3 object takes 10, and the project sets 3',
  ],
  [
    "email=*ops",
    'override "email=*ops": Unresolved alias (the anchor must be set before the alias): ops: expected quotes around a value that begins with *, which is an alias in YAML',
  ],
];

function secretRejection(value: string): string {
  return `services.like.secrets.API_TOKEN is "${value}": expected the whole ARN of a secret, with its random suffix, or the ARN or name of a parameter, such as /shop/api-token`;
}

for (const [override, message] of REFUSED) {
  test(`${override} is rejected`, (t) => {
    t.true(refusal(override).includes(message), refusal(override).join("\n"));
  });
}

test("releases cannot be rolled back on alarms without monitoring", (t) => {
  t.is(workshop("labs.monitoring=off").delivery.rollbackOnAlarms, false);
  t.deepEqual(refusal("labs.monitoring=off", "delivery.rollbackOnAlarms=on"), [
    'delivery.rollbackOnAlarms is "on": expected off, because there are no alarms with labs.monitoring off',
  ]);
});

test("a value of the wrong type is reported as one problem, and so is an invalid region", (t) => {
  t.deepEqual(refusal("zones=us-west-2a"), ['zones is "us-west-2a": expected a list']);
  t.deepEqual(refusal("region=us-west"), ['region is "us-west": expected an AWS region such as us-west-2']);
  t.deepEqual(refusal("logSearch.instances=0"), ["logSearch.instances is 0: expected 1 or more"]);
});

test("the error for an account ID without quotes says to quote it", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const yaml = readFileSync(join(import.meta.dirname, "../../settings/workshop.yaml"), "utf8");
  const write = (account: string) =>
    writeFileSync(join(folder, "mine.yaml"), yaml.replace(/^account: "0+"/m, `account: ${account}`));
  const load = () => loadSettings({ environment: "mine", overrides: [], folder });
  write("123456789012");
  t.throws(load, { message: "account is 123456789012: expected the 12 digits of an AWS account, in quotes" });
  write("012345678901");
  t.throws(load, { message: "account is 12345678901: expected the 12 digits of an AWS account, in quotes" });
  write('"123456789012"');
  t.is(load().account, "123456789012");
});

test("sharedFrom names another environment, which must exist and have the resources to share", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const yaml = readFileSync(join(import.meta.dirname, "../../settings/workshop.yaml"), "utf8");
  const write = (name: string, ...lines: string[]) =>
    writeFileSync(join(folder, `${name}.yaml`), [yaml, ...lines].join("\n"));
  write("class");
  write("p01", "sharedFrom: class");
  const load = (environment: string, ...overrides: string[]) => loadSettings({ environment, overrides, folder });
  t.is(load("p01", "account=123456789012", "emulator=http://127.0.0.1:5000").sharedFrom, "class");
  t.is(load("p01", "labs.logSearch=off").sharedFrom, "class");

  const rejects = (environment: string, ...problems: string[]) =>
    t.throws(() => load(environment), { instanceOf: SettingsError, message: problems.join("\n") });
  write("p02", "sharedFrom: classs");
  rejects("p02", `sharedFrom is "classs": expected another environment in ${folder}: class, p01`);
  write("p02", "sharedFrom: p02");
  rejects("p02", `sharedFrom is "p02": expected another environment in ${folder}: class, p01`);
  write("p02", "sharedFrom: p01");
  rejects("p02", 'sharedFrom is "p01": expected "class", because p01 uses its resources, too');
  write("class", "project: {prefix: pets}", "emulator: http://127.0.0.1:5000");
  rejects(
    "p01",
    'project.prefix is "mysfits": expected "pets", as in class, which sharedFrom names',
    'emulator is missing: expected "http://127.0.0.1:5000", as in class, which sharedFrom names',
  );
  writeFileSync(join(folder, "class.yaml"), yaml.replace('logSearch: "on"', 'logSearch: "off"'));
  rejects("p01", 'labs.logSearch is "on": expected "off", as in class, which sharedFrom names');
  write("class", "color: red");
  rejects(
    "p01",
    `sharedFrom is "class": expected valid settings in ${folder}/class.yaml, found`,
    'color is "red": no such setting, expected one of those in settings/schema.ts',
  );
});

test("the site and the load balancer have different names", (t) => {
  const tls = (host: string) =>
    `tls={hostName: ${host}, hostedZoneId: Z1A, certificateArn: 'arn:aws:acm:us-west-2:123456789012:certificate/1'}`;
  const site = "site={domain: example.com, hostedZoneId: Z1A, redirectWww: on}";
  for (const host of ["example.com", "www.example.com"]) {
    t.deepEqual(refusal(site, tls(host)), [
      `tls.hostName is "${host}": expected another name than the site's, such as origin.example.com`,
    ]);
  }
  t.is(workshop(site, tls("origin.example.com")).site?.redirectWww, true);
  t.is(workshop("site={domain: example.com, hostedZoneId: Z1A}").site?.redirectWww, false);
});

test("a secret is the whole ARN of a secret, with or without a JSON key, or the ARN or name of a parameter", (t) => {
  for (const from of [
    "arn:aws:secretsmanager:us-west-2:123456789012:secret:shop/token-AbCdEf",
    "arn:aws:secretsmanager:us-west-2:123456789012:secret:shop/token-AbCdEf:password::",
    "arn:aws:ssm:us-west-2:210987654321:parameter/shop/token",
    "/shop/token",
    "token",
  ]) {
    const { secrets } = workshop(`services.like.secrets={API_TOKEN: '${from}'}`).services.like;
    t.deepEqual(secrets, { API_TOKEN: from });
  }
});

test("digits are a valid tag value, quoted or in an override", (t) => {
  t.is(workshop('tags.Team="42"').tags.Team, "42");
  t.is(workshop("tags.CostCenter=42").tags.CostCenter, "42");
});

test("a service without tasks is switched off, or scaled by people", (t) => {
  const none = ["minTasks", "desiredTasks", "maxTasks"].map((count) => `services.like.${count}=0`);
  t.is(workshop(...none).services.like.maxTasks, 0);
  t.is(workshop("services.like.minTasks=0", "labs.scaling=off").services.like.minTasks, 0);
});

test("a larger search domain takes larger instances", (t) => {
  const nodes = (...changes: string[]) => ["logSearch.instances=12", ...changes.map((change) => `logSearch.${change}`)];
  t.is(workshop(...nodes("instanceType=r6g.large.search", "volumeGib=2048")).logSearch.instances, 12);
  t.deepEqual(refusal(...nodes("instanceType=r6g.large.search", "masterType=t3.medium.search", "volumeGib=2049")), [
    "logSearch.volumeGib is 2049: expected 2048 GiB or less, the largest volume of r6g.large.search",
    "logSearch.instances is 12: expected 10 or less with t3.medium.search",
  ]);
  t.deepEqual(refusal(...nodes("instanceType=c6g.12xlarge.search", "volumeGib=4609")), [
    "logSearch.volumeGib is 4609: expected 4608 GiB or less, the largest volume of c6g.12xlarge.search",
  ]);
  t.is(workshop(...nodes("instanceType=or1.large.search", "volumeGib=24576")).logSearch.volumeGib, 24576);
  t.deepEqual(refusal(...nodes("instanceType=or1.large.search", "volumeGib=24577")), [
    "logSearch.volumeGib is 24577: expected 24576 GiB or less, the largest volume of a node",
  ]);
});

test("a certificate is in the environment's account, once it is known", (t) => {
  const arn = "arn:aws:acm:us-west-2:210987654321:certificate/1";
  const tls = `tls={hostName: origin.example.com, hostedZoneId: Z1A, certificateArn: '${arn}'}`;
  const site = `site={domain: a.example.com, certificateArn: '${arn.replace("us-west-2", "us-east-1")}'}`;
  t.deepEqual(refusal("account=123456789012", tls, site), [
    `site.certificateArn is "${arn.replace("us-west-2", "us-east-1")}": expected the ARN of a certificate in 123456789012, the environment's account`,
    `tls.certificateArn is "${arn}": expected the ARN of a certificate in 123456789012, the environment's account`,
  ]);
  t.is(workshop("account=210987654321", tls, site).tls?.certificateArn, arn);
  t.is(workshop(tls).tls?.certificateArn, arn);
  t.is(workshop("account=123456789012", "emulator=http://127.0.0.1:5000", tls).tls?.certificateArn, arn);
});

test("the load balancer's name is a domain in lowercase, not an address", (t) => {
  for (const host of ["localhost", "10.0.0.1", "API.example.com", "api.example.com.", "*.example.com"]) {
    t.deepEqual(
      refusal(
        `tls={hostName: '${host}', hostedZoneId: Z1A, certificateArn: 'arn:aws:acm:us-west-2:123456789012:certificate/1'}`,
      ),
      [`tls.hostName is "${host}": expected a host name in lowercase such as api.example.com`],
    );
  }
});

test("the error lists all problems", (t) => {
  t.is(
    refusal("email=ada", "region=mars", "colour=red").filter((line) => /^(email|region|colour) is/.test(line)).length,
    3,
  );
});

test("a folder without settings is rejected by name", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const expected = "expected a folder with one YAML file per environment";
  const load = (name: string) => () => loadSettings({ environment: "mine", overrides: [], folder: join(folder, name) });
  t.throws(load("absent"), {
    instanceOf: SettingsError,
    message: new RegExp(`^MYSFITS_SETTINGS is ".*absent": ${expected}: ENOENT`),
  });
  mkdirSync(join(folder, "mine.yaml"));
  t.throws(load(""), {
    instanceOf: SettingsError,
    message: `MYSFITS_SETTINGS is "${folder}": ${expected}, found no YAML file`,
  });
});

test("a file that is missing, not valid YAML, or without settings is rejected by name", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "broken.yaml"), "zones: [a, b");
  writeFileSync(join(folder, "words.yaml"), "just words");
  symlinkSync(join(folder, "nowhere"), join(folder, "link.yaml"));
  writeFileSync(join(folder, "two.yaml"), "a: 1\n---\nb: 2");
  writeFileSync(join(folder, "loop.yaml"), "tags: &all\n  all: *all");
  const load = (environment: string) => () => loadSettings({ environment, overrides: [], folder });
  t.throws(load("absent"), {
    message: `MYSFITS_ENV is "absent": expected one of the environments in ${folder}: broken, link, loop, two, words`,
  });
  t.throws(load("../workshop"), { message: /^MYSFITS_ENV is "..\/workshop"/ });
  writeFileSync(join(folder, "pre-production.yaml"), "{}");
  t.throws(load("pre-production"), { message: /^MYSFITS_ENV is "pre-production": expected a name of at most 12 / });
  for (const name of ["paws", "myamazon", "cognito1"]) {
    writeFileSync(join(folder, `${name}.yaml`), "{}");
    t.throws(load(name), {
      message: new RegExp(`^MYSFITS_ENV is "${name}": expected a name without .* Cognito reserves$`),
    });
  }
  writeFileSync(join(folder, "team-2.yaml"), "{}");
  t.throws(load("team-2"), { message: /^MYSFITS_ENV is "team-2": .* letters and digits/ }, "roles of team match it");
  t.throws(load("broken"), {
    message: new RegExp(`^${RegExp.escape(folder)}/broken.yaml: [^\\n]+ at line 1, column \\d+$`),
  });
  t.throws(load("link"), { message: new RegExp(`^${folder}/link.yaml: expected a file that can be read: ENOENT`) });
  t.throws(load("two"), { message: `${folder}/two.yaml: expected one YAML document, found a second one after ---` });
  t.throws(load("loop"), { message: /^tags.all is \[object Object\]: expected text/m });
  t.throws(load("words"), { message: `${folder}/words.yaml: expected settings as "name: value" lines` });
});
