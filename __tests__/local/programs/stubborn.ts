// A program that does not end when it is told to.

process.on("SIGTERM", () => console.log("not now"));
setInterval(() => {}, 1000);
console.log("running");
