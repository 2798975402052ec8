import test from "ava";
import { pathOf, resources, synthesize } from "../synth.ts";

/** Source: IpRange and CreateSecurityGroup, Amazon EC2 API reference. There is no apostrophe among them. */
const ACCEPTED = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

const TYPES = ["aws_security_group", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"];

for (const environment of ["workshop", "production", "emulator"]) {
  test(`${environment}: descriptions of security groups and their rules have only characters that EC2 accepts`, (t) => {
    const everything = ["load.generator=on", "labs.metadataProxy=on", "labs.metadataProxyFrom=[10.0.1.0/24]"];
    const described = Object.values(synthesize(environment, ...everything)).flatMap((stack) =>
      TYPES.flatMap((type) => resources(stack, type)),
    );
    t.true(described.length > 15);
    t.deepEqual(
      described
        .filter(({ description }) => !ACCEPTED.test(String(description)))
        .map((resource) => [pathOf(resource), resource.description]),
      [],
    );
  });
}
