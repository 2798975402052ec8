import type { Emulator } from "../../../tools/emulator/emulator.ts";

/** Creates a hosted zone and returns its ID, which does not begin with Z as in AWS. */
export async function createZone({ endpoint }: Emulator, name: string): Promise<string> {
  const answer = await fetch(`${endpoint}/2013-04-01/hostedzone`, {
    method: "POST",
    headers: { authorization: "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/route53/aws4_request" },
    body: `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
      <Name>${name}</Name><CallerReference>once</CallerReference>
    </CreateHostedZoneRequest>`,
  });
  return /<Id>\/hostedzone\/(.*?)<\/Id>/.exec(await answer.text())?.[1] ?? "";
}
