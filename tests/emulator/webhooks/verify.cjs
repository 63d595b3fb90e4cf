// For each line of JSON {secret, body, headers} says in a line whether the public library takes it.
"use strict";
const { Webhook } = require("standardwebhooks");

function taken({ secret, body, headers }) {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

const lines = require("fs").readFileSync(0, "utf8").trim().split("\n");
console.log(lines.map((line) => taken(JSON.parse(line))).join("\n"));
