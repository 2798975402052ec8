// Node runs the TypeScript itself; source maps stay off because the AWS provider ships inline ones that cost seconds.
export default {
  files: ["__tests__/**/*.test.ts"],
  extensions: ["ts"],
  require: ["./__tests__/no-source-maps.ts"],
  timeout: "5m",
  workerThreads: false,
};
