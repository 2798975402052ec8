import { SQSClient } from "@aws-sdk/client-sqs";
import { Command, InvalidArgumentError } from "commander";
import { prepareForNpm } from "../../command-line/npm.ts";
import { Domain } from "../../lambda/log-shipper/domain.ts";
import { type ReplayResult, replay } from "../../lambda/log-shipper/replay.ts";
import { isDomainUrl } from "../../lambda/log-shipper/settings.ts";

const command = new Command("npm run logs:replay --")
  .description(
    "Writes the log shipper's dead-letter messages to the search domain again, for example after a mapping was fixed.",
  )
  .requiredOption("--queue <url>", "dead-letter queue", url)
  .requiredOption("--endpoint <url>", "search domain", domainUrl)
  .option("--region <name>", "AWS region of the queue and the domain", process.env.AWS_REGION)
  .option("--dry-run", "only count the messages", false);
prepareForNpm(command).parse();
const { queue, endpoint, region, dryRun } = command.opts();
if (!region) {
  command.error("error: no region: use --region or set AWS_REGION");
}
const sqs = new SQSClient({ region, endpoint: new URL(queue).origin });
const domain = new Domain({ endpoint, region, credentials: () => sqs.config.credentials() });
try {
  const result = await replay({ queueUrl: queue, sqs, domain, dryRun, progress: report });
  report(result);
  console.log(
    `${dryRun ? "could be replayed" : "accepted and deleted"}: ${result.accepted} of ${result.read} dead letters`,
  );
  for (const [reason, count] of result.remaining) {
    console.log(`left in the queue: ${count} x ${reason}`);
  }
  process.exitCode = result.remaining.size > 0 ? 1 : 0;
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 2;
} finally {
  domain.close();
  sqs.destroy();
}

function report({ read, accepted }: ReplayResult): void {
  process.stderr.write(`${read} dead letters read, ${accepted} done\n`);
}

function url(text: string): string {
  if (!URL.canParse(text)) {
    throw new InvalidArgumentError("expected the URL of an SQS queue.");
  }
  return text;
}

function domainUrl(text: string): URL {
  if (!isDomainUrl(text)) {
    throw new InvalidArgumentError("expected a URL such as https://search-mysfits-abc.us-west-2.es.amazonaws.com.");
  }
  return new URL(text);
}
