// Moleculer's TCP transporter: `serve PORT` answers catalog.echo; `call PORT PEER` answers one line of JSON for each line
// it is sent: {"callers": n, "seconds": s} -> calls a second. Needs the npm package `moleculer` in NODE_PATH.
"use strict";
const readline = require("node:readline");
const { ServiceBroker } = require("moleculer");

async function started(nodeID, port, urls) {
  const options = { udpDiscovery: false, port: Number(port), urls };
  const broker = new ServiceBroker({ nodeID, logger: false, transporter: { type: "TCP", options } });
  if (nodeID === "answerer") {
    broker.createService({ name: "catalog", actions: { echo: { handler: (context) => context.params } } });
  }
  await broker.start();
  return broker;
}

async function rate(broker, callers, seconds) {
  const parcel = { id: "1234567890", text: "x".repeat(50), number: 12345 };
  const began = process.hrtime.bigint();
  const until = began + BigInt(Math.round(seconds * 1e9));
  let calls = 0;
  async function caller() {
    while (process.hrtime.bigint() < until) {
      await broker.call("catalog.echo", parcel, { timeout: 10000 });
      calls++;
    }
  }
  await Promise.all(Array.from({ length: callers }, caller));
  return (calls / Number(process.hrtime.bigint() - began)) * 1e9;
}

async function main() {
  const [role, port, peer] = process.argv.slice(2);
  const urls = [`127.0.0.1:${role === "serve" ? peer : port}/caller`, `127.0.0.1:${role === "serve" ? port : peer}/answerer`];
  const broker = await started(role === "serve" ? "answerer" : "caller", port, urls);
  if (role === "call") await broker.waitForServices("catalog", 20000);
  console.log("0");
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { callers, seconds } = JSON.parse(line);
    console.log(await rate(broker, callers, seconds));
  }
  await broker.stop();
}

main();
