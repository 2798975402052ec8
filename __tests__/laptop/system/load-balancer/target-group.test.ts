import test from "ava";
import { TargetGroup } from "../../../../laptop/system/load-balancer/target-group.ts";
import { freePort } from "../../../../laptop/system/processes/free-port.ts";
import { until } from "../../../until.ts";

const HEALTH = { path: "/", timeout: 1, healthyAfter: 1, unhealthyAfter: 2 };

test("a new target does not count as unhealthy before it has had time to start", async (t) => {
  const origin = `http://127.0.0.1:${await freePort()}`;
  const patient = new TargetGroup({ ...HEALTH, interval: 600 });
  const strict = new TargetGroup({ ...HEALTH, interval: 0.01 });
  t.teardown(() => Promise.all([patient, strict].map((group) => group.deregister(origin))));
  patient.register(origin);
  strict.register(origin);
  await until(() => strict.hosts.unhealthy === 1);
  t.deepEqual(patient.hosts, { healthy: 0, unhealthy: 0 });
  t.deepEqual(strict.hosts, { healthy: 0, unhealthy: 1 });
});
