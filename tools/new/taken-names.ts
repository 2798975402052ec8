/** Names already taken in a place where a service's name also goes, each with the reason. */
const TAKEN: ReadonlyMap<string, string> = new Map([
  ["aws", "the services stack has a provider"],
  ["backend", "the services stack has a backend"],
  ["browser", "the console's map has a node"],
  ["constructor", "every JavaScript object has a property"],
  ["endpoints", "the VPC endpoints have a security group"],
  ["flow-logs", "the VPC has a log group"],
  ["github", "GitHub's workflows have roles"],
  ["public", "the platform stack has images"],
  ["router", "the console's map has a node"],
  ["search", "the log search has alarms"],
  ["smoke-test", "the smoke test has a security group"],
  ["table", "the console's map has a node"],
]);

/** The reason why a service cannot have a name; undefined if it can. */
export function takenBecause(name: string): string | undefined {
  const owner = /-(blue|green)$/.test(name) ? "a blue/green service may have a target group" : TAKEN.get(name);
  return owner && `${owner} with this name`;
}
