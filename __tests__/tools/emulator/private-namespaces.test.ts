import { type Emulator, motoProblem, startEmulator } from "../../../tools/emulator/emulator.ts";
import { testNeeding } from "../../needs.ts";

const test = testNeeding(motoProblem);

test("a VPC has several private namespaces with different names, as the environments of a workshop need", async (t) => {
  const emulator = await startEmulator();
  t.teardown(emulator.stop);
  t.is(await createNamespace(emulator, "one.internal", "vpc-1"), 200);
  t.is(await createNamespace(emulator, "two.internal", "vpc-1"), 200);
  t.is(await createNamespace(emulator, "one.internal", "vpc-1"), 400);
  t.is(await createNamespace(emulator, "one.internal", "vpc-2"), 200);
});

/** Returns the HTTP status. */
async function createNamespace({ endpoint }: Emulator, name: string, vpc: string): Promise<number> {
  const { status } = await fetch(endpoint, {
    method: "POST",
    headers: {
      authorization: "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/servicediscovery/aws4_request",
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "Route53AutoNaming_v20170314.CreatePrivateDnsNamespace",
    },
    body: JSON.stringify({ Name: name, Vpc: vpc, CreatorRequestId: `${name}-${vpc}` }),
  });
  return status;
}
