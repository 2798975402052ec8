import test from "ava";
import { defineServices } from "../../model/services.ts";
import { loadSettings } from "../../settings/load.ts";
import { SettingsError } from "../../settings/settings-error.ts";

const CONTEXT = { region: "us-west-2", tableName: "mysfits", hostOf: () => "monolith", siteOrigin: "" };

function services(...overrides: string[]) {
  return defineServices(loadSettings({ environment: "workshop", overrides }), CONTEXT);
}

test("a service has the secrets of its settings, and the others have none", (t) => {
  const { like, monolith } = services("services.like.secrets={API_TOKEN: /shop/token}");
  t.deepEqual(like.container.secrets, { API_TOKEN: "/shop/token" });
  t.false("secrets" in monolith.container);
});

test("a secret with the name of a service's own variable is rejected, and each service has its own variables", (t) => {
  t.throws(() => services("services.like.secrets={MONOLITH_URL: /a, TOKEN: /b, CHAOSMODE: /c}"), {
    instanceOf: SettingsError,
    message: [
      'services.like.secrets.MONOLITH_URL is "/a": expected another name, because the like service has a variable MONOLITH_URL',
      'services.like.secrets.CHAOSMODE is "/c": expected another name, because the like service has a variable CHAOSMODE',
    ].join("\n"),
  });
  t.notThrows(() => services("services.monolith.secrets={MONOLITH_URL: /a}"));
});
