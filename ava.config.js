import { availableParallelism } from "node:os";
import { recordFailures } from "./tools/tests/failures.ts";
import { filesNeedingTools } from "./tools/tests/files-needing-tools.ts";

const { QUICK_TESTS, TEST_FAILURES } = process.env;
const FILES = "__tests__/**/*.test.ts";

// Slow files, from several minutes down to 25 seconds. They start first, because the run ends only when the last of them does.
const LONGEST = [
  "deployment workshop preview existing-vpc golden image search-engine edge cdktn load-report smoke rejections emulator switched-off",
  "search-engines shared-provider planning log-delivery accessibility render vegeta attack memory tracing-daemon new site",
  "terraform-text-aws logs labs-page ecs-service overview dashboard tasks traces system main functions auto-scaler process",
].flatMap((names) => names.split(" "));

// Node runs the TypeScript itself; source maps stay off because the AWS provider ships inline ones that cost seconds.
export default {
  files: [FILES, ...(QUICK_TESTS ? filesNeedingTools(FILES).map((file) => `!${file}`) : [])],
  extensions: ["ts"],
  require: ["./__tests__/setup.ts"],
  timeout: "5m",
  workerThreads: false,
  sortTestFiles: (one, other) => rank(one) - rank(other),
  // Four more than the number of processors, because test files spend most of their time waiting: the longest for the AWS
  // provider, quick ones for timers and program startup.
  concurrency: availableParallelism() + 4,
  // For `npm test`, which prints the failures again at its end.
  ...(TEST_FAILURES && {
    nonSemVerExperiments: { observeRunsFromConfig: true },
    observeRun: ({ events }) => recordFailures(events, TEST_FAILURES),
  }),
};

function rank(file) {
  const place = LONGEST.findIndex((name) => file.endsWith(`/${name}.test.ts`));
  return place < 0 ? LONGEST.length : place;
}
