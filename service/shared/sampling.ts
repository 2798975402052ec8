import { request } from "node:http";
import logger from "aws-xray-sdk-core/dist/lib/logger.js";
import sampler, { type SampleRequest } from "aws-xray-sdk-core/dist/lib/middleware/sampling/default_sampler.js";
import connector from "aws-xray-sdk-core/dist/lib/middleware/sampling/service_connector.js";
import utils from "aws-xray-sdk-core/dist/lib/utils.js";
import { SAMPLING_RULES } from "../../model/monitoring/tracing.ts";
import type { Log } from "./log.ts";

// Imports the modules of the SDK one by one. Its package root takes 10 MiB and hooks into every asynchronous call.

/** Milliseconds for a request about sampling. The SDK has no limit. */
const DAEMON_LIMIT = 2_000;

/** Milliseconds until the rules are fetched again after a failure. The SDK waits for five minutes. */
const RETRY_RULES = 10_000;

/**
 * Starts sampling by X-Ray's rules, with local rules in case the daemon provides none. Problems with the daemon are logged only at
 * DEBUG.
 */
export function prepareSampling(service: string, log: Log): void {
  const debug = log.debug.bind(log);
  logger.setLogger({ debug, info: debug, warn: debug, error: debug });
  sampler.setLocalRules(localRules(service));
  patchSampling();
}

/** @returns Name of the central rule that samples the request; true if a local rule does */
export function sample(request: SampleRequest): string | boolean {
  return sampler.shouldSample(request) ?? false;
}

/** X-Ray's rules for a single task: at most one request per second from the reservoir, since other tasks do the same. */
function localRules(name: string) {
  const rules = SAMPLING_RULES.filter(({ service }) => utils.wildcardMatch(service, name)).map(
    ({ method, path, reservoir, rate }) => ({
      host: "*",
      http_method: method,
      url_path: path,
      fixed_target: Math.min(reservoir, 1),
      rate,
    }),
  );
  return { version: 2, default: { fixed_target: 0, rate: 0 }, rules };
}

/**
 * Makes central sampling work as X-Ray documents it. X-Ray sends times as epoch seconds, which the SDK (3.12.0) reads as
 * milliseconds: every quota has expired when it arrives, so each task borrows one trace per second forever, and a changed
 * rule goes unnoticed. The SDK also ignores a quota of 0.
 */
function patchSampling(): void {
  connector.httpClient = {
    request: (options, onResponse) => request({ ...options, signal: AbortSignal.timeout(DAEMON_LIMIT) }, onResponse),
  };

  const fetchTargets = connector.fetchTargets.bind(connector);
  connector.fetchTargets = (rules, callback) =>
    fetchTargets(rules, (error, targets = {}, lastRuleModification = 0) => {
      for (const target of Object.values(targets)) {
        target.TTL *= 1_000;
      }
      for (const rule of rules) {
        if (targets[rule.getName()]?.quota === 0) {
          rule.getReservoir().quota = 0;
        }
      }
      callback(error, targets, lastRuleModification * 1_000);
    });

  const fetchSamplingRules = connector.fetchSamplingRules.bind(connector);
  connector.fetchSamplingRules = (callback) =>
    fetchSamplingRules((error, rules) => {
      callback(error, rules);
      if (error) {
        setTimeout(() => sampler.rulePoller.start(), RETRY_RULES).unref();
      }
    });
}
