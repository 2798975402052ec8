// Imported before the SDK, which looks at this once: without it, the SDK would hook into every asynchronous call there is.
process.env.AWS_XRAY_MANUAL_MODE = "1";
