import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { MYSFITS, tableItem } from "../../model/mysfits.ts";
import { closedPort, listenWith, startLike, startMonolith, startTable, type Table } from "./start-services.ts";

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";
const UNKNOWN_ID = "2b473002-36f8-4b87-954e-9a377e0ccbed";

const post = { method: "POST" };

test("lists all twelve mysfits", async (t) => {
  const { origin } = await startMonolith(t, await startTable(t));
  const response = await fetch(`${origin}/mysfits`);
  t.is(response.status, 200);
  t.is(response.headers.get("content-type"), "application/json; charset=utf-8");
  const { mysfits } = (await response.json()) as { mysfits: { mysfitId: string }[] };
  t.deepEqual(mysfits.map(({ mysfitId }) => mysfitId).sort(), MYSFITS.map(({ id }) => id).sort());
});

test("lists the mysfits of one alignment, byte by byte", async (t) => {
  const { origin } = await startMonolith(t, await startTable(t));
  const lawful = await fetch(`${origin}/mysfits?filter=LawChaos&value=Lawful`);
  t.is(
    await lawful.text(),
    '{"mysfits":[' +
      '{"mysfitId":"2b473002-36f8-4b87-954e-9a377e0ccbec","name":"Pauly","goodevil":"Neutral","lawchaos":"Lawful","species":"Cyclops","thumbImageUri":"/images/pauly-thumb.svg"},' +
      '{"mysfitId":"4e53920c-505a-4a90-a694-b9300791f0ae","name":"Evangeline","goodevil":"Evil","lawchaos":"Lawful","species":"Chimera","thumbImageUri":"/images/evangeline-thumb.svg"},' +
      '{"mysfitId":"ac3e95f3-eb40-4e4e-a605-9fdd0224877c","name":"Twilight Glitter","goodevil":"Good","lawchaos":"Lawful","species":"Pegasus","thumbImageUri":"/images/twilight-glitter-thumb.svg"}' +
      "]}",
  );
  const evil = await fetch(`${origin}/mysfits?filter=GoodEvil&value=Evil`);
  t.is(((await evil.json()) as { mysfits: unknown[] }).mysfits.length, 4);
  const odd = await fetch(`${origin}/mysfits?filter=GoodEvil&value=Odd`);
  t.is(await odd.text(), '{"mysfits":[]}');
});

test("returns one mysfit, byte by byte", async (t) => {
  const { origin } = await startMonolith(t, await startTable(t));
  const response = await fetch(`${origin}/mysfits/${PAULY}`);
  const { description } = MYSFITS.find(({ id }) => id === PAULY) ?? t.fail();
  t.is(
    await response.text(),
    '{"mysfitId":"2b473002-36f8-4b87-954e-9a377e0ccbec","name":"Pauly","goodevil":"Neutral","lawchaos":"Lawful","species":"Cyclops","thumbImageUri":"/images/pauly-thumb.svg",' +
      `"age":2,"description":${JSON.stringify(description)},"profileImageUri":"/images/pauly.svg","likes":"0","adopted":false}`,
  );
});

test("makes the pictures' URLs absolute with the site's origin", async (t) => {
  const { origin } = await startMonolith(t, await startTable(t), { origin: "https://mysfits.example" });
  const mysfit = (await (await fetch(`${origin}/mysfits/${PAULY}`)).json()) as Record<string, unknown>;
  t.is(mysfit.thumbImageUri, "https://mysfits.example/images/pauly-thumb.svg");
  t.is(mysfit.profileImageUri, "https://mysfits.example/images/pauly.svg");
});

test("counts a like and marks an adoption", async (t) => {
  const table = await startTable(t);
  const { origin } = await startMonolith(t, table);
  const liked = await fetch(`${origin}/mysfits/${PAULY}/fulfill-like`, post);
  t.is(liked.status, 200);
  t.is(await liked.text(), '{"Update":"Success"}');
  const adopted = await fetch(`${origin}/mysfits/${PAULY}/adopt`, post);
  t.is(await adopted.text(), '{"Update":"Success"}');
  const item = await table.item(PAULY);
  t.deepEqual([item?.Likes, item?.Adopted], [{ N: "1" }, { BOOL: true }]);
});

test("an unknown mysfit results in a 404 and is not created", async (t) => {
  const table = await startTable(t);
  const { origin } = await startMonolith(t, table);
  for (const [path, init] of [
    [`/mysfits/${UNKNOWN_ID}`, {}],
    [`/mysfits/${UNKNOWN_ID}/fulfill-like`, post],
    [`/mysfits/${UNKNOWN_ID}/adopt`, post],
  ] as const) {
    const response = await fetch(origin + path, init);
    t.is(response.status, 404, path);
    t.is(await response.text(), `{"error":"no mysfit has the id \\"${UNKNOWN_ID}\\""}`, path);
  }
  t.is(await table.item(UNKNOWN_ID), undefined);
});

test("an invalid id results in a 404 without a request to the table", async (t) => {
  const { origin } = await startMonolith(t, {
    environment: {
      DDB_TABLE_NAME: "nowhere",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${await closedPort()}`,
    },
  });
  for (const id of ["x", `${PAULY}0`, PAULY.toUpperCase(), "a".repeat(8_000), "..%2f..%2fetc", "%00"]) {
    const response = await fetch(`${origin}/mysfits/${id}`);
    t.is(response.status, 404, id);
    const body = await response.text();
    t.regex(body, /^\{"error":"no mysfit has the id /, id);
    t.true(body.length < 100, "a long id is not returned in full");
  }
});

test("names the invalid part of a filter", async (t) => {
  const { origin } = await startMonolith(t, await startTable(t));
  const answers = {
    "filter=Species&value=Troll": 'filter is "Species": expected GoodEvil or LawChaos',
    "filter=constructor&value=x": 'filter is "constructor": expected GoodEvil or LawChaos',
    "filter=GoodEvil&filter=LawChaos&value=x": 'filter is ["GoodEvil","LawChaos"]: expected GoodEvil or LawChaos',
    "value=Good": "filter is missing: expected GoodEvil or LawChaos",
    "filter=GoodEvil": "value is missing: expected one value of GoodEvil, 1 to 64 characters",
    "filter=LawChaos&value=": 'value is "": expected one value of LawChaos, 1 to 64 characters',
  };
  for (const [query, error] of Object.entries(answers)) {
    const response = await fetch(`${origin}/mysfits?${query}`);
    t.is(response.status, 400, query);
    t.deepEqual(await response.json(), { error }, query);
  }
  const long = await fetch(`${origin}/mysfits?filter=GoodEvil&value=${"x".repeat(3_000)}`);
  t.is(long.status, 400);
  t.true((await long.text()).length < 250);
});

test("is healthy but not ready without its table", async (t) => {
  const { origin } = await startMonolith(t, await startTable(t));
  t.is(await (await fetch(`${origin}/ready`)).text(), '{"status":"ready","service":"monolith"}');

  const lost = await startMonolith(t, {
    environment: {
      DDB_TABLE_NAME: "nowhere",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${await closedPort()}`,
    },
  });
  t.is(await (await fetch(lost.origin)).text(), '{"status":"ok","service":"monolith"}');
  const ready = await fetch(`${lost.origin}/ready`);
  t.is(ready.status, 503);
  t.is(await ready.text(), '{"status":"not ready","service":"monolith","missing":["table nowhere"]}');
});

test("a malformed item results in a 500, and the log names the item and the attribute", async (t) => {
  const table = await startTable(t);
  await table.put({ MysfitId: { S: UNKNOWN_ID }, Likes: { S: "many" } });
  const { origin, lines } = await startMonolith(t, table);
  const response = await fetch(`${origin}/mysfits/${UNKNOWN_ID}`);
  t.is(response.status, 500);
  t.is(await response.text(), '{"error":"internal error"}');
  t.true(
    lines.some(
      ({ level, msg }) =>
        level === 50 &&
        /^internal error: item "2b473002-36f8-4b87-954e-9a377e0ccbed" has .*invalid attributes: .*\bLikes\b/.test(msg),
    ),
  );
});

test("a malformed item is omitted from the list, and the log names it once", async (t) => {
  const table = await startTable(t);
  await table.put({ MysfitId: { S: "draft" }, Name: { S: "half-made" } });
  const { origin, lines } = await startMonolith(t, table);
  for (let request = 0; request < 2; request += 1) {
    const response = await fetch(`${origin}/mysfits`);
    t.is(response.status, 200);
    t.is(((await response.json()) as { mysfits: unknown[] }).mysfits.length, 12);
  }
  const errors = lines.filter(({ level }) => level === 50);
  t.is(errors.length, 1);
  t.regex(
    errors[0]?.msg ?? "",
    /^left out of the list of table mysfits-of-a-test: item "draft" has .*invalid attributes: Species, .*\bLikes\b/,
  );
});

test("a number of likes beyond JavaScript's is returned digit by digit", async (t) => {
  const table = await startTable(t);
  await table.put({ ...(await table.item(PAULY)), Likes: { N: "9007199254740993" } });
  const { origin } = await startMonolith(t, table);
  t.is((await fetch(`${origin}/mysfits`)).status, 200);
  t.like(await (await fetch(`${origin}/mysfits/${PAULY}`)).json(), { likes: "9007199254740993" });
});

test("responds with 503 while DynamoDB cannot be reached, and the reason is logged", async (t) => {
  const { origin, lines } = await startMonolith(t, {
    environment: {
      DDB_TABLE_NAME: "mysfits",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${await closedPort()}`,
    },
  });
  for (const [path, init] of [
    ["/mysfits", {}],
    [`/mysfits/${PAULY}`, {}],
    [`/mysfits/${PAULY}/fulfill-like`, post],
    [`/mysfits/${PAULY}/adopt`, post],
  ] as const) {
    const response = await fetch(origin + path, init);
    t.is(response.status, 503, path);
    t.is(await response.text(), '{"error":"the table of mysfits is not available"}', path);
  }
  const errors = lines.filter(({ level }) => level === 50);
  t.is(errors.length, 4);
  for (const { msg } of errors) {
    t.regex(msg, /^the table of mysfits is not available: .*ECONNREFUSED/);
  }
});

test("a like gets a 503 when DynamoDB does not respond, and is sent only once", async (t) => {
  let connections = 0;
  const silent = createServer(() => {
    connections += 1;
  });
  const { port } = await listenWith(t, silent);
  const { origin, lines } = await startMonolith(t, {
    environment: {
      DDB_TABLE_NAME: "mysfits",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    },
  });
  const response = await fetch(`${origin}/mysfits/${PAULY}/fulfill-like`, post);
  t.is(response.status, 503);
  t.is(connections, 1);
  t.true(lines.some(({ level, msg }) => level === 50 && /not available: .*1500 ms/.test(msg)));
});

// Serial, because likes that wait too long for a busy machine are not counted.
test.serial("concurrent likes of one mysfit share writes, and each is counted once", async (t) => {
  const counts: number[] = [];
  const dynamoDb = await startFakeDynamoDb(t, ({ ExpressionAttributeValues: values }) => {
    counts.push(Number(values?.[":count"]?.N));
    return STORED;
  });
  const { origin } = await startMonolith(t, dynamoDb);
  const statuses = await Promise.all(Array.from({ length: 200 }, async () => (await like(origin)).status));
  t.deepEqual(statuses, Array(200).fill(200));
  t.is(
    counts.reduce((sum, count) => sum + count),
    200,
  );
  t.true(counts.length < 200, `${counts.length} writes`);
});

// Serial, because the like must arrive while the write is in progress.
test.serial(
  "a like whose write does not start in time gets a 503 from the monolith and is never written",
  async (t) => {
    const counts: number[] = [];
    const held = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const dynamoDb = await startFakeDynamoDb(t, async ({ ExpressionAttributeValues: values }) => {
      counts.push(Number(values?.[":count"]?.N));
      arrived.resolve();
      if (counts.length === 1) {
        await pause(1_000);
        return failure("ThrottlingException");
      }
      await held.promise;
      return STORED;
    });
    t.teardown(() => held.resolve());
    const { port, origin, lines } = await startMonolith(t, dynamoDb);
    const likeService = await startLike(t, { port });
    const writing = like(origin);
    await arrived.promise;
    t.is((await fetch(`${likeService.origin}/mysfits/${PAULY}/like`, post)).status, 503);
    t.true(likeService.lines.some(({ level, msg }) => level === 50 && msg.includes("status 503 with")));
    t.true(lines.some(({ level, msg }) => level === 50 && /not available: not started within 1400 ms/.test(msg)));
    t.is((await writing).status, 503);
    held.resolve();
    t.is((await like(origin)).status, 200);
    t.deepEqual(counts, [1, 1, 1]);
  },
);

// Serial, because the held write ends after 1.5 s.
test.serial("likes of different mysfits do not wait for each other", async (t) => {
  const held = Promise.withResolvers<void>();
  const dynamoDb = await startFakeDynamoDb(t, async ({ Key }) => {
    if (Key?.MysfitId.S === PAULY) {
      await held.promise;
    }
    return STORED;
  });
  const { origin } = await startMonolith(t, dynamoDb);
  const slow = like(origin);
  t.is((await like(origin, MYSFITS[0]?.id)).status, 200);
  held.resolve();
  t.is((await slow).status, 200);
});

test("when a shared write fails, all of its likes get a 503, and the next likes are written", async (t) => {
  let writes = 0;
  const dynamoDb = await startFakeDynamoDb(t, async () => {
    writes += 1;
    return writes === 1 ? failure("ValidationException") : STORED;
  });
  const { origin } = await startMonolith(t, dynamoDb);
  t.is((await like(origin)).status, 503);
  t.is((await like(origin)).status, 200);
});

test("concurrent lists share scans, and no list is older than its request", async (t) => {
  let version = 0;
  let scans = 0;
  const [item] = MYSFITS.map(tableItem);
  const dynamoDb = await startFakeDynamoDb(t, () => {
    scans += 1;
    return { body: { Items: [{ ...item, Name: { S: String(version) } }] } };
  });
  const { origin } = await startMonolith(t, dynamoDb);
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      for (let request = 0; request < 20; request += 1) {
        version += 1;
        const oldest = version;
        const { mysfits } = (await (await fetch(`${origin}/mysfits`)).json()) as { mysfits: [{ name: string }] };
        t.true(Number(mysfits[0].name) >= oldest);
      }
    }),
  );
  t.true(scans < 200, `${scans} scans for 200 requests`);
});

test.serial("a throttled like is retried and counted once; other failures are not retried", async (t) => {
  for (const [responses, status, attempts] of [
    [[failure("ProvisionedThroughputExceededException"), failure("ThrottlingException"), STORED], 200, 3],
    [Array(9).fill(failure("ThrottlingException")), 503, 3],
    [[{ status: 500, body: { __type: "InternalServerError" } }, STORED], 503, 1],
    [[failure("ValidationException"), STORED], 503, 1],
  ] as const) {
    let sent = 0;
    const { origin } = await startMonolith(t, await startFakeDynamoDb(t, () => responses[sent++] as Reply));
    t.is((await like(origin)).status, status);
    t.is(sent, attempts);
  }
});

test("a like gets a 503 unless the response to its write has the number of likes", async (t) => {
  const { origin } = await startMonolith(t, await startFakeDynamoDb(t, () => ({ body: {} })));
  t.is((await like(origin)).status, 503);
});

/** A fake DynamoDB with the test's responses. Resolves with the environment of the monolith. */
async function startFakeDynamoDb(
  t: ExecutionContext,
  respond: (input: Input) => Reply | Promise<Reply>,
): Promise<Pick<Table, "environment">> {
  const server = createHttpServer(async (request, response) => {
    const { status = 200, body } = await respond((await json(request)) as Input);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
  });
  const { port } = await listenWith(t, server);
  return {
    environment: {
      DDB_TABLE_NAME: "mysfits",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    },
  };
}

interface Input {
  readonly Key?: { readonly MysfitId: { readonly S: string } };
  readonly ExpressionAttributeValues?: { readonly ":count"?: { readonly N: string } };
}

interface Reply {
  readonly status?: number;
  readonly body: object;
}

const STORED: Reply = { body: { Attributes: { Likes: { N: "1" } } } };

function failure(type: string): Reply {
  return { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type } };
}

function like(origin: string, id = PAULY): Promise<Response> {
  return fetch(`${origin}/mysfits/${id}/fulfill-like`, post);
}
