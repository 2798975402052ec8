import "./tasks.css";
import { channel } from "../../browser/events.ts";
import type { Page } from "../../browser/page.ts";
import { route } from "../../browser/router.ts";
import { ServicePanel } from "./service-panel.tsx";

export const tasksPage: Page = {
  path: "/tasks",
  title: "Tasks",
  key: "k",
  icon: <path d="M2.5 3h11v4h-11zM2.5 9.5h11v4h-11zM5 5h.01M5 11.5h.01" />,
  channels: ["tasks"],
  Content: TasksPage,
};

const tasks = channel("tasks");

function TasksPage() {
  const services = tasks.value?.services;
  const requested = route.value.query.get("task");
  const unknown =
    services && requested && !services.some((service) => service.tasks.some(({ id }) => id === requested));
  return (
    <>
      <header class="page-head">
        <h1>Tasks</h1>
        <p class="muted">Processes on this machine, managed the way ECS manages tasks</p>
      </header>
      {unknown && (
        <p class="problem" role="status">
          No task has the ID {requested}: it has stopped, or never existed.
        </p>
      )}
      {services?.map((service) => (
        <ServicePanel key={service.name} service={service} />
      ))}
    </>
  );
}
