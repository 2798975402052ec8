// A program that cannot start.

console.error("MEANING is missing: expected 42");
process.exitCode = 3;
