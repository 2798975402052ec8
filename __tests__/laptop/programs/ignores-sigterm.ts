// A program that ignores SIGTERM.

process.on("SIGTERM", () => console.log("not now"));
setInterval(() => {}, 1000);
console.log("running");
