import { DescribeAvailabilityZonesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { Settings } from "../../../settings/schema.ts";
import { formatList } from "../format-list.ts";
import type { Finding } from "./finding.ts";

/**
 * Checks that the account has the availability zones of the settings. Accounts differ: in us-west-1 and ap-northeast-1, most have
 * one zone less than the letters suggest. Source: "Regions and Zones", Amazon EC2 user guide.
 */
export async function checkZones(
  ec2: EC2Client,
  { region, zones }: Pick<Settings, "region" | "zones">,
): Promise<readonly Finding[]> {
  const check = "zones";
  const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
  const available = AvailabilityZones.filter(
    ({ State, ZoneType = "availability-zone" }) => State === "available" && ZoneType === "availability-zone",
  ).map(({ ZoneName }) => ZoneName ?? "");
  const missing = zones.filter((zone) => !available.includes(zone));
  return [
    missing.length === 0
      ? { check, status: "ok", text: zones.join(", ") }
      : {
          check,
          status: "stop",
          text: `the account does not have ${formatList(missing)}`,
          fix: `set zones to two or three of those that it has in ${region}: ${available.sort().join(", ")}`,
        },
  ];
}
