// Imported before the SDK, which reads this once. Without it, the SDK hooks into every asynchronous call.
process.env.AWS_XRAY_MANUAL_MODE = "1";
