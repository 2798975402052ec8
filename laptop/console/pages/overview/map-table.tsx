import { shortId } from "../../../system/processes/short-id.ts";
import { reasonForNone, textsOf } from "./figure-texts.ts";
import type { ServiceMap } from "./messages.ts";

/** The service map as a table for screen readers. */
export function MapTable({ map }: { readonly map: ServiceMap }) {
  const rows = [
    ...map.edges.map(({ from, to, figures }) => ({ name: `${from} to ${to}`, figures })),
    ...map.nodes.flatMap(({ label, figures, tasks = [], others }) => [
      { name: label, figures },
      ...tasks.map((task) => ({ name: `task ${shortId(task.id)} of ${label}`, figures: task.figures })),
      ...(others ? [{ name: `other requests to ${label}`, figures: others }] : []),
    ]),
  ];
  return (
    <table class="visually-hidden">
      <caption>Requests in the past minute</caption>
      <thead>
        <tr>
          {["Part", "Rate", "Errors", "p50", "p99"].map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, figures }) => {
          const { rate, errors, p50, p99 } = textsOf(figures);
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{rate ?? reasonForNone(figures)}</td>
              <td>{errors ?? "none"}</td>
              <td>{p50 ?? "none"}</td>
              <td>{p99 ?? "none"}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
