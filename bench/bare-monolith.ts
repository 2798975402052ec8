import { createServer } from "node:http";

// What answers a like at once: nothing behind the like service then hides what the like service itself costs.

createServer((request, response) => {
  request.resume();
  response.setHeader("Content-Type", "application/json");
  response.end('{"Update":"Success"}');
}).listen(Number(process.env.PORT), process.env.HOST);
