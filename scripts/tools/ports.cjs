// Loaded into firebase-tools before itself. Each worker of the functions emulator gets a port that is
// chosen at random and checked before the worker binds it; of many workers that start at once some get
// the same, answer each other's calls, and die. Here every worker gets a port of its own.
"use strict";
const Module = require("module");

const FIRST = 20000;
const load = Module._load;
let next = FIRST;

Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request === "portfinder" && !loaded.oneEach) {
    const find = loaded.getPortPromise;
    loaded.getPortPromise = (options) => (forWorker(options) ? find({ ...options, port: next++ }) : find(options));
    loaded.oneEach = true;
  }
  return loaded;
};

function forWorker(options) {
  return options && options.port >= 8081 && options.port <= 9081 && !options.host;
}
