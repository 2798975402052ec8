import { compute } from "./families/compute.ts";
import { containers } from "./families/containers.ts";
import { delivery } from "./families/delivery.ts";
import { edge } from "./families/edge.ts";
import { functions } from "./families/functions.ts";
import { identity } from "./families/identity.ts";
import { loadBalancing } from "./families/load-balancing.ts";
import { network } from "./families/network.ts";
import { observability } from "./families/observability.ts";
import { search } from "./families/search.ts";
import { storage } from "./families/storage.ts";
import { table } from "./families/table.ts";
import type { Family } from "./family.ts";

/** In the order of the cost table. */
export const FAMILIES: readonly Family[] = [
  containers,
  compute,
  loadBalancing,
  network,
  edge,
  table,
  storage,
  search,
  observability,
  functions,
  delivery,
  identity,
];
