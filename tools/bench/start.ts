// Measures the startup of `npm start`, without npm: seconds from the start of the process to its first responses, with an empty
// data folder each time.
import { benchmark, median } from "./benchmark.ts";
import { startRunner } from "./runner.ts";

const { smoke, report } = benchmark("bench:start", "Measures the seconds from npm start to its first responses.");
const rounds = smoke ? 1 : 7;

const seconds = { mysfits: [] as number[], console: [] as number[] };
for (let round = 0; round < rounds; round += 1) {
  const started = performance.now();
  const runner = await startRunner({ CONSOLE_PORT: "0" });
  const responds = async (url: string) => {
    const response = await fetch(url);
    if (!response.ok) {
      throw new Error(`${url} responded with ${response.status}`);
    }
    await response.text();
    return (performance.now() - started) / 1000;
  };
  try {
    seconds.mysfits.push(await responds(new URL("/mysfits", runner.likeUrl).href));
    seconds.console.push(await responds(String(runner.consoleUrl)));
  } finally {
    await runner.stop();
  }
}
report({
  "mysfits.seconds": median(seconds.mysfits),
  "console.seconds": median(seconds.console),
  "slowest.seconds": Math.max(...seconds.mysfits),
});
