/** Parent folder in the generated imports, so that the architecture test does not take them for imports of this file. */
const UP = "..";

/** The program of a new service and its test, by file. */
export function programFiles(name: string, path: string): readonly (readonly [file: string, text: string])[] {
  const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const route = path.replace("*", ":id");
  return [
    [
      `service/${name}/main.ts`,
      `import { serviceEnvironment } from "${UP}/shared/environment.ts";
import { start } from "${UP}/shared/start.ts";
import { ${camel}Service } from "./app.ts";

await start("${name}", serviceEnvironment, ${camel}Service);
`,
    ],
    [
      `service/${name}/app.ts`,
      `import { segmentName } from "${UP}/../model/monitoring/tracing.ts";
import type { ServiceEnvironment } from "${UP}/shared/environment.ts";
import type { Log } from "${UP}/shared/log.ts";
import type { Service } from "${UP}/shared/start.ts";
import { webApp } from "${UP}/shared/web-app.ts";

/** The ${name} service. */
export async function ${camel}Service({ TRACING }: Pick<ServiceEnvironment, "TRACING">, log: Log): Promise<Service> {
  const app = await webApp({
    name: "${name}",
    log,
    ...(TRACING === "on" && { segment: segmentName("${name}") }),
    routes(router) {
      router.get("${route}", (ctx) => {
        ctx.body = { service: "${name}", id: ctx.params.id };
      });
    },
    // Names of dependencies that do not respond; readiness reports them.
    missing: async () => [],
  });
  return { app, close: async () => {} };
}
`,
    ],
    [
      `__tests__/service/${name}.test.ts`,
      `import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test, { type ExecutionContext } from "ava";
import { ${camel}Service } from "${UP}/../service/${name}/app.ts";
import { createLog } from "${UP}/../service/shared/log.ts";

test("answers on its path, and reports its health", async (t) => {
  const origin = await start(t);
  const response = await fetch(\`\${origin}${path.replace("*", "7")}\`);
  t.is(response.status, 200);
  t.deepEqual(await response.json(), { service: "${name}", id: "7" });
  t.deepEqual(await (await fetch(origin)).json(), { status: "ok", service: "${name}" });
});

async function start(t: ExecutionContext): Promise<string> {
  const { app } = await ${camel}Service({ TRACING: "off" }, createLog("${name}", "ERROR"));
  const server = createServer(app.callback()).listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  return \`http://127.0.0.1:\${(server.address() as AddressInfo).port}\`;
}
`,
    ],
  ];
}
