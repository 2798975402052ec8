import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { LabRecord } from "../../../../../laptop/console/pages/labs/lab-record.ts";
import { StartError } from "../../../../../laptop/system/start.ts";
import { dataFolder } from "../../../running-system.ts";

const DONE = { logs: [{ step: "Search the logs for your likes", time: 1_767_268_800_000 }] };

test("a record outlasts the runner until it is cleared", (t) => {
  const folder = dataFolder(t);
  t.deepEqual(new LabRecord(folder).load(), {});
  new LabRecord(folder).save(DONE);
  t.deepEqual(new LabRecord(folder).load(), DONE);
  new LabRecord(folder).clear();
  t.deepEqual(new LabRecord(folder).load(), {});
});

test("a record without a folder ends with the runner", (t) => {
  const record = new LabRecord();
  record.save(DONE);
  t.deepEqual(record.load(), {});
});

test("an invalid record is reported with a way out", (t) => {
  const folder = dataFolder(t);
  for (const text of ["", "[]", '{"logs":[{"step":1}]}']) {
    writeFileSync(join(folder, "labs.json"), text);
    t.throws(() => new LabRecord(folder).load(), {
      instanceOf: StartError,
      message: `${join(folder, "labs.json")} is not valid: delete it, or use npm start -- --fresh-labs`,
    });
  }
});
