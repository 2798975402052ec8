import test from "ava";
import fc from "fast-check";
import type { LogEvent } from "../../lambda/log-shipper/payload.ts";
import { replay } from "../../lambda/log-shipper/replay.ts";
import { anyCharacter } from "../any-character.ts";
import { deliveryOf, lineOf } from "./cloudwatch-logs.ts";
import type { QueueFault } from "./queue.ts";
import type { Fault } from "./search-domain.ts";
import { AMPLE_TIME, MINIMAL_TIME, startShipper } from "./start-shipper.ts";

/** Number of attempts that Lambda makes for an asynchronous invocation. */
const TRIES = 3;

const DAY = 86_400_000;
const FIRST_DAY = Date.parse("2026-02-27T00:00:00.000Z");

const word = fc.string({ unit: anyCharacter, maxLength: 20 });
const anyField = fc.jsonValue({ maxDepth: 3 });

/** Lines of the services, lines with fields of varying types, and lines of other programs. */
const harmless = fc.oneof(
  fc
    .record({
      name: word,
      level: fc.nat(60),
      msg: word,
      time: fc.constant("2026-02-27T10:00:00.000Z"),
      v: fc.constant(0),
    })
    .map((line) => JSON.stringify(line)),
  fc
    .record(
      { msg: anyField, level: anyField, time: anyField, err: anyField, status: anyField, user: anyField },
      { requiredKeys: [] },
    )
    .map((line) => JSON.stringify(line)),
  fc.json(),
  word,
  fc.nat(3).map((kilobytes) => "long ".repeat(kilobytes * 10_000)),
);

/** A line that the domain rejects, because the test maps `requestId` to a number. */
const rejected = word.map((msg) => JSON.stringify({ msg, requestId: "CoCo" }));

interface Line {
  readonly event: LogEvent;
  readonly isRejected: boolean;
}

const lines: fc.Arbitrary<Line[]> = fc
  .array(
    fc.record({
      message: fc.oneof(
        { weight: 6, arbitrary: harmless.map((text) => ({ text, isRejected: false })) },
        { weight: 1, arbitrary: rejected.map((text) => ({ text, isRejected: true })) },
      ),
      timestamp: fc.integer({ min: FIRST_DAY, max: FIRST_DAY + 3 * DAY }),
    }),
    { maxLength: 60 },
  )
  .map((batch) =>
    batch.map(({ message, timestamp }, number) => ({
      event: lineOf(number, message.text, timestamp),
      isRejected: message.isRejected,
    })),
  );

const fault = fc.constantFrom<Fault>(
  "refuse",
  "cut the response",
  "429",
  "503",
  "garbage",
  "red",
  "blocked",
  "half busy",
);

/** Faults during an invocation: temporary ones, or an outage that lasts longer than the invocation. */
const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.array(fault, { maxLength: 6 }).map((faults) => ({ faults, outage: undefined })) },
  { weight: 1, arbitrary: fault.map((outage) => ({ faults: [], outage })) },
);

const queueFaults = fc.array(fc.constantFrom<QueueFault>("500", "drop", "one fails"), { maxLength: 2 });

test("property: after any failures, every line is in the domain once or in the dead-letter queue with a reason", async (t) => {
  const { searchDomain, queue, sqs, domain, queueUrl, newShipper } = await startShipper(t);
  searchDomain.manualMappings = { requestId: { type: "long" } };
  let givenUp = 0;
  let redelivered = 0;

  await fc.assert(
    fc.asyncProperty(
      lines,
      fc.array(conditions, { minLength: TRIES, maxLength: TRIES }),
      queueFaults,
      fc.boolean(),
      async (batch, conditionsOfTries, faultsOfQueue, isDeliveredTwice) => {
        searchDomain.empty();
        queue.empty();
        queue.faults = [...faultsOfQueue];
        const delivery = deliveryOf(batch.map(({ event }) => event));

        const tries = await untilSettled(delivery, conditionsOfTries);
        redelivered += tries - 1;
        searchDomain.outage = undefined;
        searchDomain.faults = [];
        queue.faults = [];
        if (isDeliveredTwice) {
          await newShipper().ship(delivery, AMPLE_TIME);
        }

        const isGivenUp = queue.contents.some((content) => "awslogs" in content);
        if (isGivenUp) {
          givenUp += 1;
          await replay({ sqs, queueUrl, domain, dryRun: false });
        }
        for (const { event, isRejected } of batch) {
          const indices = searchDomain.indicesOf(event.id);
          const reasons = queue.contents.filter(({ id }) => id === event.id).map(({ reason }) => reason);
          const day = new Date(event.timestamp).toISOString().slice(0, 10).replaceAll("-", ".");
          if (isRejected) {
            t.deepEqual(indices, []);
            const isInRemainingDelivery = queue.contents.some((content) => "awslogs" in content);
            t.true(reasons.length > 0 || isInRemainingDelivery, `${event.message} is nowhere`);
            t.true(reasons.every((reason) => /^400 mapper_parsing_exception: .*requestId/.test(String(reason))));
          } else {
            t.deepEqual(reasons, []);
            t.deepEqual(indices, [`cwl-${day}`]);
          }
        }
      },
    ),
    { numRuns: 150 },
  );

  t.deepEqual(searchDomain.wrongSignatures, []);
  t.deepEqual(queue.wrongSignatures, []);
  t.deepEqual(searchDomain.guessedIndices, []);
  t.log(`${redelivered} redeliveries, ${givenUp} deliveries given up by Lambda`);

  /** Invokes as Lambda does: retries after a failure, and puts the event into the dead-letter queue after the last one. */
  async function untilSettled(
    delivery: object,
    conditionsOfTries: readonly { faults: readonly Fault[]; outage: Fault | undefined }[],
  ): Promise<number> {
    for (const [number, { faults, outage }] of conditionsOfTries.entries()) {
      searchDomain.faults = [...faults];
      searchDomain.outage = outage;
      try {
        // Each attempt gets a new shipper, so that the faults also affect the requests for template and policy.
        await newShipper().ship(delivery, outage ? MINIMAL_TIME : AMPLE_TIME);
        return number + 1;
      } catch {
        // Lambda tries again.
      }
    }
    queue.put(JSON.stringify(delivery));
    return TRIES;
  }
});
