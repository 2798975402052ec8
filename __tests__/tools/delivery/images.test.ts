import { DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { motoProblem } from "../../../tools/emulator/emulator.ts";
import { testNeeding } from "../../needs.ts";
import { LIKE_PROGRAMS, PARAMETER, REGISTRY, startDeployedService } from "./deployed-service.ts";
import { fakeDocker } from "./fake-docker.ts";
import { run } from "./script.ts";

const test = testNeeding(motoProblem);

const COMMIT = "2b473002";
const ARGS = ["--parameter", PARAMETER, "--tag", COMMIT];

test("every program of a task is built and pushed once, tagged with the commit", async (t) => {
  const service = await startDeployedService();
  const docker = fakeDocker(t);
  const environment = { ...service.environment, PATH: docker.path };
  const first = await run("images.ts", ARGS, environment);
  t.is(first.code, 0, first.output);
  const [host] = REGISTRY.split("/");
  t.deepEqual(
    docker.calls(),
    LIKE_PROGRAMS.flatMap((program) => [
      `npm run image -- ${program} --tag ${REGISTRY}/${program}:${COMMIT}`,
      `docker login --username AWS --password-stdin ${host}`,
      `docker push ${REGISTRY}/${program}:${COMMIT}`,
    ]),
  );
  for (const program of LIKE_PROGRAMS) {
    const { imageDetails = [] } = await service.ecr.send(
      new DescribeImagesCommand({ repositoryName: `mysfits-emulator/${program}` }),
    );
    t.deepEqual(
      imageDetails.map(({ imageTags }) => imageTags),
      [[COMMIT]],
    );
  }

  const calls = docker.calls().length;
  const again = await run("images.ts", ARGS, environment);
  t.is(again.code, 0, again.output);
  t.is(docker.calls().length, calls);
  t.regex(again.output, /like:2b473002 exists already/);
});

test("a tag that another pipeline pushed in the meantime is used as it is", async (t) => {
  const service = await startDeployedService();
  const docker = fakeDocker(t);
  const environment = { ...service.environment, PATH: docker.path };
  const { code, output } = await run("images.ts", ARGS, { ...environment, PUSH_FAILS: "after another" });
  t.is(code, 0, output);
});

test("a failed push fails the build", async (t) => {
  const service = await startDeployedService();
  const docker = fakeDocker(t);
  const environment = { ...service.environment, PATH: docker.path };
  const { code, output } = await run("images.ts", ARGS, { ...environment, PUSH_FAILS: "always" });
  t.is(code, 1);
  t.regex(output, /docker push failed with exit code 1/);
});

test("a critical finding fails the build, and every later build of the same commit", async (t) => {
  const service = await startDeployedService();
  const findings = [
    { name: "CVE-2026-0001", severity: "CRITICAL" },
    { name: "CVE-2026-0002", severity: "HIGH" },
  ];
  const result = {
    registryId: "123456789012",
    repositoryName: "mysfits-emulator/like",
    imageId: { imageTag: COMMIT },
    imageScanStatus: { status: "COMPLETE" },
    imageScanFindings: { findings, findingSeverityCounts: { CRITICAL: 1, HIGH: 1 } },
  };
  await fetch(`${service.endpoint}/moto-api/static/ecr/scan-finding-results`, {
    method: "POST",
    body: JSON.stringify({ results: [result], region: "us-east-1" }),
  });
  const environment = { ...service.environment, PATH: fakeDocker(t).path };
  for (const build of ["first", "second"]) {
    const { code, output } = await run("images.ts", ARGS, environment);
    t.is(code, 1, build);
    t.regex(output, /like:2b473002 is not released: the scan has 1 critical findings: CVE-2026-0001/);
  }
});
