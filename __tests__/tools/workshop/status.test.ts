import { join } from "node:path";
import test from "ava";
import { loadSettings } from "../../../settings/load.ts";
import type { LabEvidence } from "../../../tools/workshop/lab-evidence.ts";
import { lastLabStep } from "../../../tools/workshop/lab-steps.ts";
import { statusPage } from "../../../tools/workshop/status-page.ts";
import { terraformErrors } from "../../../tools/workshop/terraform-errors.ts";

const BASE = loadSettings({ environment: "workshop", overrides: [] });

const RELEASED: LabEvidence = {
  released: true,
  likes: 0,
  likeTasks: 2,
  logLevel: "ERROR",
  chaosMode: "on",
  logsLikes: false,
  loadGenerator: "never",
};

const LIKED: LabEvidence = { ...RELEASED, likes: 7 };

for (const [what, evidence, step] of [
  ["the bootstrap image", { ...RELEASED, released: false }, undefined],
  ["the bootstrap image in more tasks", { ...RELEASED, released: false, likeTasks: 4 }, undefined],
  ["a release", RELEASED, "first release"],
  ["likes", LIKED, "lab 1, step 1: likes mysfits"],
  ["a third task", { ...LIKED, likeTasks: 3 }, "lab 1, step 4: runs one more like task"],
  ["the level DEBUG", { ...LIKED, logLevel: "DEBUG" }, "lab 2, step 2: logs more"],
  ["logged likes", { ...LIKED, logLevel: "DEBUG", logsLikes: true }, "lab 2, step 3: sends likes to the new tasks"],
  ["chaos off and the level ERROR again", { ...LIKED, chaosMode: "off" }, "lab 3, step 5: chaos is off"],
  ["a load generator", { ...LIKED, loadGenerator: "deployed", likeTasks: 22 }, "lab 4, step 2: sends load"],
  ["a destroyed load generator", { ...LIKED, loadGenerator: "destroyed" }, "lab 4, step 4: the load has ended"],
] as const) {
  test(`${what} show the lab step: ${step ?? "none"}`, (t) => {
    t.is(lastLabStep(evidence, BASE), step);
  });
}

test("chaos that was off from the beginning does not count as a step", (t) => {
  const calm = loadSettings({ environment: "workshop", overrides: ["services.like.chaosMode=off"] });
  t.is(lastLabStep({ ...LIKED, chaosMode: "off" }, calm), "lab 1, step 1: likes mysfits");
});

test("the page has a row per environment, and then each incomplete stack with its errors", (t) => {
  const page = statusPage([
    { name: "workshop", stacks: 6, deployed: 6, incomplete: {}, lab: "first release", log: "workshop.log" },
    {
      name: "p01",
      stacks: 6,
      deployed: 2,
      incomplete: {
        services: { outcome: "failed", at: "2026-11-29T09:14:03.000Z", error: "Error: one\nError: two" },
        network: { outcome: "started", at: "2026-11-29T09:15:03.000Z" },
      },
      lab: undefined,
      log: join(process.cwd(), "cdktf.out/workshop/p01.log"),
    },
  ]);
  t.deepEqual(page.split("\n"), [
    "  environment  stacks  last lab step seen",
    "  workshop     6 of 6  first release",
    "  p01          2 of 6",
    "",
    "p01/services: failed at 2026-11-29 09:14 UTC",
    "  Error: one",
    "  Error: two",
    "p01/network: started at 2026-11-29 09:15 UTC and not ended, unless its command was killed",
    "  log: cdktf.out/workshop/p01.log",
  ]);
});

test("Terraform's errors are found in its output, each with its resource", (t) => {
  const output = `aws_lb.lb: Creating...
╷
│ Error: creating ELBv2 application Load Balancer (mysfits-p01): TooManyLoadBalancers
│ 
│   with aws_lb.load-balancer_1F,
│   on cdk.tf.json line 12, in resource.aws_lb:
│   12:       }
│ 
╵
╷
│ Error: Error acquiring the state lock
│ 
│ Lock Info:
│   ID:        6cf1
╵
`;
  t.deepEqual(terraformErrors(output).split("\n"), [
    "Error: creating ELBv2 application Load Balancer (mysfits-p01): TooManyLoadBalancers (aws_lb.load-balancer_1F)",
    "Error: Error acquiring the state lock 6cf1",
  ]);
  t.is(terraformErrors("Apply complete!"), "");
});
