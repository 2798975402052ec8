import Koa from "koa";
import { Pool } from "undici";

// The minimum that a Koa service can do on the way to the monolith: the baseline for the like service.

const monolith = new Pool(`http://${process.env.MONOLITH_URL}`, { connections: 128 });

new Koa()
  .use(async (ctx) => {
    if (ctx.path === "/") {
      ctx.body = "ok";
      return;
    }
    const path = ctx.path.replace(/like$/, "fulfill-like");
    const { statusCode, body } = await monolith.request({ method: "POST", path });
    ctx.status = statusCode;
    ctx.type = "application/json";
    ctx.body = await body.text();
  })
  .listen(Number(process.env.PORT), process.env.HOST);
