// CloudFront function for viewer requests, in the runtime cloudfront-js-2.0: redirects www.<domain> to the domain. Requests have
// one of the distribution's names as their host. 308 keeps the method and the body of a request. No template literals, which
// Terraform would take for its own.

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  const { request } = event;
  const host = request.headers.host.value;
  if (!host.startsWith("www.")) {
    return request;
  }
  // Undefined without a question mark. Source: "General helper methods", Amazon CloudFront developer guide.
  const query = request.rawQueryString();
  const address = ["https://", host.slice("www.".length), request.uri, query ? "?" : "", query || ""].join("");
  return {
    statusCode: 308,
    statusDescription: "Permanent Redirect",
    headers: {
      location: { value: address },
      "strict-transport-security": { value: "max-age=31536000" },
    },
  };
}
