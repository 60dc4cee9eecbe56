// Moleculer's local call beside a plain await, in ns a call. Answers one line of JSON for each line it is sent:
// {"side": "call" | "await", "turns": n} -> ns. Needs the npm package `moleculer` in NODE_PATH.
"use strict";
const readline = require("node:readline");
const { ServiceBroker } = require("moleculer");

const PRODUCT = Object.freeze({ id: "OLJCESPC7Z", name: "Sunglasses", categories: ["accessories"] });

async function getProduct(parameters) {
  return parameters.id === PRODUCT.id ? PRODUCT : null;
}

async function main() {
  const broker = new ServiceBroker({ logger: false });
  broker.createService({
    name: "catalog",
    actions: { getProduct: { handler: (context) => getProduct(context.params) } },
  });
  await broker.start();
  const sides = {
    call: () => broker.call("catalog.getProduct", { id: "OLJCESPC7Z" }),
    await: () => getProduct({ id: "OLJCESPC7Z" }),
  };
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { side, turns } = JSON.parse(line);
    const once = sides[side];
    const began = process.hrtime.bigint();
    for (let turn = 0; turn < turns; turn++) await once();
    console.log(Number(process.hrtime.bigint() - began) / turns);
  }
  await broker.stop();
}

main();
