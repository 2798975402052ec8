import { z } from "zod";
import { Refusal } from "../../service/shared/refusal.ts";
import { answer } from "./answer.ts";
import type { ObservedSystem, PagePart } from "./page.ts";

export function traces({ observability }: ObservedSystem): PagePart {
  const { traces } = observability;
  return {
    routes(router) {
      answer(router, "GET /api/trace", z.object({ id: z.string() }), ({ id }) => {
        const trace = traces.get(id);
        if (trace === undefined) {
          throw new Refusal(404, `trace ${id} is not here: it was not sampled, or it is gone already`);
        }
        return trace;
      });
    },
  };
}
