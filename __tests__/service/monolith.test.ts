import { createServer } from "node:net";
import test from "ava";
import { MYSFITS } from "../../specs/mysfits.ts";
import { deadPort, standIn, startMonolith, startTable } from "./surroundings.ts";

const PAULY = "2b473002-36f8-4b87-954e-9a377e0ccbec";
const NOBODY = "2b473002-36f8-4b87-954e-9a377e0ccbed";

const post = { method: "POST" };

test("lists all twelve mysfits", async (t) => {
  const { origin } = await startMonolith(t, await startTable(t));
  const response = await fetch(`${origin}/mysfits`);
  t.is(response.status, 200);
  t.is(response.headers.get("content-type"), "application/json; charset=utf-8");
  const { mysfits } = (await response.json()) as { mysfits: { mysfitId: string }[] };
  t.deepEqual(mysfits.map(({ mysfitId }) => mysfitId).sort(), MYSFITS.map(({ id }) => id).sort());
});

test("lists those of one alignment, byte by byte", async (t) => {
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

test("shows one mysfit, byte by byte", async (t) => {
  const { origin } = await startMonolith(t, await startTable(t));
  const response = await fetch(`${origin}/mysfits/${PAULY}`);
  const { description } = MYSFITS.find(({ id }) => id === PAULY) ?? t.fail();
  t.is(
    await response.text(),
    '{"mysfitId":"2b473002-36f8-4b87-954e-9a377e0ccbec","name":"Pauly","goodevil":"Neutral","lawchaos":"Lawful","species":"Cyclops","thumbImageUri":"/images/pauly-thumb.svg",' +
      `"age":2,"description":${JSON.stringify(description)},"profileImageUri":"/images/pauly.svg","likes":"0","adopted":false}`,
  );
});

test("puts the site's origin before the pictures' addresses", async (t) => {
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

test("answers 404 for an unknown mysfit, and creates none", async (t) => {
  const table = await startTable(t);
  const { origin } = await startMonolith(t, table);
  for (const [path, init] of [
    [`/mysfits/${NOBODY}`, {}],
    [`/mysfits/${NOBODY}/fulfill-like`, post],
    [`/mysfits/${NOBODY}/adopt`, post],
  ] as const) {
    const response = await fetch(origin + path, init);
    t.is(response.status, 404, path);
    t.is(await response.text(), `{"error":"no mysfit has the id \\"${NOBODY}\\""}`, path);
  }
  t.is(await table.item(NOBODY), undefined);
});

test("answers 404 for an id that is none, without asking the table", async (t) => {
  const { origin } = await startMonolith(t, {
    environment: {
      DDB_TABLE_NAME: "nowhere",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${await deadPort()}`,
    },
  });
  for (const id of ["x", `${PAULY}0`, PAULY.toUpperCase(), "a".repeat(8_000), "..%2f..%2fetc", "%00"]) {
    const response = await fetch(`${origin}/mysfits/${id}`);
    t.is(response.status, 404, id);
    const body = await response.text();
    t.regex(body, /^\{"error":"no mysfit has the id /, id);
    t.true(body.length < 100, "an over-long id is not sent back in full");
  }
});

test("says which part of a filter is wrong", async (t) => {
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

test("is healthy and not ready without its table", async (t) => {
  const { origin } = await startMonolith(t, await startTable(t));
  t.is(await (await fetch(`${origin}/ready`)).text(), '{"status":"ready","service":"monolith"}');

  const lost = await startMonolith(t, {
    environment: {
      DDB_TABLE_NAME: "nowhere",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${await deadPort()}`,
    },
  });
  t.is(await (await fetch(lost.origin)).text(), '{"status":"ok","service":"monolith"}');
  const ready = await fetch(`${lost.origin}/ready`);
  t.is(ready.status, 503);
  t.is(await ready.text(), '{"status":"not ready","service":"monolith","missing":["table nowhere"]}');
});

test("an item that is no mysfit is 500, and only the log says what is wrong with it", async (t) => {
  const table = await startTable(t);
  await table.put({ MysfitId: { S: NOBODY }, Likes: { S: "many" } });
  const { origin, lines } = await startMonolith(t, table);
  const response = await fetch(`${origin}/mysfits/${NOBODY}`);
  t.is(response.status, 500);
  t.is(await response.text(), '{"error":"internal error"}');
  t.true(lines.some(({ level, msg }) => level === 50 && /^internal error: .*"Likes"/s.test(msg)));
});

test("answers 503 while DynamoDB cannot be reached, and logs why", async (t) => {
  const { origin, lines } = await startMonolith(t, {
    environment: {
      DDB_TABLE_NAME: "mysfits",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${await deadPort()}`,
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

test("gives up on a DynamoDB that hangs, and asks it to count a like only once", async (t) => {
  let connections = 0;
  const silent = createServer(() => {
    connections += 1;
  });
  const { port } = await standIn(t, silent);
  const { origin, lines } = await startMonolith(t, {
    environment: {
      DDB_TABLE_NAME: "mysfits",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    },
  });
  const start = performance.now();
  const response = await fetch(`${origin}/mysfits/${PAULY}/fulfill-like`, post);
  t.is(response.status, 503);
  t.true(performance.now() - start < 3_000);
  t.is(connections, 1);
  t.true(lines.some(({ level, msg }) => level === 50 && /not available: .*1500 ms/.test(msg)));
});
