import "./x-ray-manual-mode.ts";
import { request } from "node:http";
import sampler from "aws-xray-sdk-core/dist/lib/middleware/sampling/default_sampler.js";
import connector from "aws-xray-sdk-core/dist/lib/middleware/sampling/service_connector.js";

/** Milliseconds for a request about sampling. The SDK has no limit. */
const DAEMON_LIMIT = 2_000;

/** Milliseconds until the rules are fetched again after a failure. The SDK waits for five minutes. */
const RETRY_RULES = 10_000;

/**
 * Makes central sampling work as X-Ray documents it. X-Ray sends times as epoch seconds, which the SDK (3.12.0) reads as
 * milliseconds: every quota has expired when it arrives, so each task borrows one trace per second forever, and a changed
 * rule goes unnoticed. The SDK also ignores a quota of 0.
 */
export function patchSampling(): void {
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
