// @stoqey/ib (npm) visits the gateway, in the environment of `make third-party`; see ibapi_client.py.
"use strict";

const { IBApi, EventName } = require("@stoqey/ib");

const ACCOUNTS = ["DU111111", "DU222222", "DU333333"];
const PATIENCE_MS = 20000;
const LIVE_LAST = 4;
const SPY = { symbol: "SPY", secType: "STK", exchange: "SMART", currency: "USD" };

const ib = new IBApi({ host: "127.0.0.1", port: Number(process.argv[2]), clientId: 7 });
const heard = [];
for (const name of Object.values(EventName)) {
  ib.on(name, (...args) => heard.push([name, args]));
}
const all = (name) => heard.filter(([each]) => each === name).map(([, args]) => args);

async function wait(name, fits = () => true) {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const found = all(name).find((args) => fits(...args));
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${name} never came; heard ${JSON.stringify(heard.slice(-5))}`);
}

const order = (orderRef, terms = {}) => ({
  action: "BUY",
  totalQuantity: 1,
  orderType: "MKT",
  tif: "DAY",
  account: ACCOUNTS[0],
  orderRef,
  transmit: true,
  ...terms,
});

async function visit() {
  const [number] = await wait(EventName.nextValidId);
  ib.reqPositions();
  await wait(EventName.positionEnd);
  for (const [at, account] of ACCOUNTS.entries()) {
    ib.reqAccountUpdatesMulti(9000 + at, account, "", false);
    await wait(EventName.accountUpdateMultiEnd, (reqId) => Number(reqId) === 9000 + at);
  }
  ib.reqContractDetails(9100, SPY);
  await wait(EventName.contractDetailsEnd);
  ib.reqMktData(9200, SPY, "", true, false);
  await wait(EventName.tickSnapshotEnd);

  ib.placeOrder(number, SPY, order("preview", { whatIf: true, totalQuantity: 4 }));
  const preview = await wait(
    EventName.openOrder,
    (_id, _contract, each, state) => each.whatIf && Number(state.initMarginChange) < 1e300,
  );
  const adaptive = {
    algoStrategy: "Adaptive",
    algoParams: [{ tag: "adaptivePriority", value: "Normal" }],
  };
  const sent = [
    order("plain"),
    order("adaptive", adaptive),
    order("midprice", { orderType: "MIDPRICE" }),
    order("cancelled", { orderType: "LMT", lmtPrice: 500 }),
  ];
  const ids = sent.map((_, at) => number + 1 + at);
  sent.forEach((each, at) => ib.placeOrder(ids[at], SPY, each));
  const became = (id, status) =>
    wait(EventName.orderStatus, (each, said) => each === id && said === status);
  for (const id of ids.slice(0, 3)) await became(id, "Filled");
  await became(ids[3], "Submitted");
  ib.cancelOrder(ids[3]);
  await became(ids[3], "Cancelled");
  ib.reqAllOpenOrders();
  await wait(EventName.openOrderEnd);
  ib.reqExecutions(9300, {});
  await wait(EventName.execDetailsEnd);
  ib.reqCompletedOrders(false);
  await wait(EventName.completedOrdersEnd);

  const asked = all(EventName.execDetails).filter(([reqId]) => Number(reqId) === 9300);
  const own = all(EventName.position).filter(([account]) => account === ACCOUNTS[0]);
  const ready = all(EventName.accountUpdateMulti).filter((args) => args[3] === "AccountReady");
  return {
    server_version: ib.serverVersion,
    accounts: all(EventName.managedAccounts)[0][0],
    positions: Object.fromEntries(own.map(([, contract, held]) => [contract.symbol, held])),
    accounts_ready: ready.map((args) => args[1]).sort(),
    con_ids: all(EventName.contractDetails).map(([, details]) => details.contract.conId),
    last: all(EventName.tickPrice)
      .filter((args) => args[1] === LIVE_LAST)
      .map((args) => args[2]),
    margin: Number(preview[3].initMarginChange),
    statuses: Object.fromEntries(
      sent.map((each, at) => [
        each.orderRef,
        all(EventName.orderStatus)
          .filter(([id]) => id === ids[at])
          .at(-1)[1],
      ]),
    ),
    executed: Object.fromEntries(asked.map(([, , each]) => [each.orderRef, each.shares])),
    completed: Object.fromEntries(
      all(EventName.completedOrder).map(([, each, state]) => [each.orderRef, state.status]),
    ),
  };
}

ib.connect();
visit().then(
  (seen) => process.stdout.write(JSON.stringify(seen), () => process.exit(0)),
  (trouble) => {
    process.stderr.write(`${trouble.stack}\n`);
    process.exit(1);
  },
);
