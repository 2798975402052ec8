import type { ServiceState } from "../../messages/overview.ts";
import { Health } from "../../parts/health.tsx";

/** How many tasks each service has, and what changed that last. */
export function Services({ services }: { readonly services: readonly ServiceState[] }) {
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

function Service({ service: { name, desired, running, rollingOut, events } }: { readonly service: ServiceState }) {
  const steady = running === desired;
  return (
    <div>
      <h3>
        <Health state={steady ? "well" : running === 0 ? "ill" : "warned"} /> {name}
      </h3>
      <p>
        {running} of {desired} {desired === 1 ? "task" : "tasks"} in service
        {rollingOut ? ", a roll-out is under way" : !steady && (running < desired ? ", scaling out" : ", scaling in")}
      </p>
      <p>
        <a href={`/logs?q=program%3D${name}`}>Logs of {name}</a> · <a href="/tasks">Its tasks</a>
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
