import { createServer } from "node:http";

// Answers a like at once, so that nothing behind the like service hides its own cost.

createServer((request, response) => {
  request.resume();
  response.setHeader("Content-Type", "application/json");
  response.end('{"Update":"Success"}');
}).listen(Number(process.env.PORT), process.env.HOST);
