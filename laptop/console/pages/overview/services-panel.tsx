import { Health } from "../../parts/health.tsx";
import type { ServiceSummary } from "./messages.ts";

/** Task counts and last events of all services. */
export function ServicesPanel({ services }: { readonly services: readonly ServiceSummary[] }) {
  return (
    <section class="panel" aria-labelledby="services-title">
      <header>
        <h2 id="services-title">Tasks</h2>
      </header>
      <div class="services">
        {services.map((service) => (
          <Service key={service.name} service={service} />
        ))}
      </div>
    </section>
  );
}

function Service({ service: { name, desired, running, rollingOut, events } }: { readonly service: ServiceSummary }) {
  const steady = running === desired;
  return (
    <div>
      <h3>
        <Health state={running === 0 ? "failing" : steady ? "healthy" : "degraded"} /> {name}
      </h3>
      <p>
        {running} of {desired} {desired === 1 ? "task" : "tasks"} in service
        {rollingOut ? ", rollout in progress" : !steady && (running < desired ? ", scaling out" : ", scaling in")}
      </p>
      <p>
        <a href={`/logs?q=program%3D${name}`}>{name} logs</a> · <a href="/tasks">{name} tasks</a>
      </p>
      <ol>
        {events.map(({ time, message }) => (
          <li key={`${time} ${message}`}>
            <time class="muted mono">{new Date(time).toLocaleTimeString("en-GB")}</time> {message}
          </li>
        ))}
      </ol>
    </div>
  );
}
