// Loaded into a waiter before it starts: hosts of Alibaba Cloud that give credentials are led to ports of this machine,
// given as ELSEWHERE=<port of TLS>,<port of http>. Whatever goes to this machine itself is left alone.
const net = require("node:net");

const [tls, http] = process.env.ELSEWHERE.split(",").map(Number);
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...given) {
  // Node hands the options over in a list of its own making, or as they are.
  const options = Array.isArray(given[0]) ? given[0][0] : given[0];
  if (options && typeof options === "object" && options.host && options.host !== "127.0.0.1") {
    Object.assign(options, { host: "127.0.0.1", port: Number(options.port) === 443 ? tls : http });
  }
  return connect.apply(this, given);
};
