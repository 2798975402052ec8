import "./tasks.css";
import { topic } from "../../live.ts";
import type { Page } from "../../page.ts";
import { ServicePanel } from "./service-panel.tsx";

export const tasksPage: Page = {
  path: "/tasks",
  title: "Tasks",
  key: "k",
  icon: <path d="M2.5 3h11v4h-11zM2.5 9.5h11v4h-11zM5 5h.01M5 11.5h.01" />,
  topics: ["tasks"],
  Content: TasksPage,
};

const tasks = topic("tasks");

function TasksPage() {
  return (
    <>
      <header class="page-head">
        <h1>Tasks</h1>
        <p class="muted">Processes of this machine, kept as ECS keeps its tasks</p>
      </header>
      {tasks.value?.services.map((service) => (
        <ServicePanel key={service.name} service={service} />
      ))}
    </>
  );
}
