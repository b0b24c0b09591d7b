// The functions that a proxy script may call, as browsers have offered them since Netscape's of 1996. `dnsResolve` and
// `myIpAddress` come from the program.
"use strict";
function isPlainHostName(host) { return !host.includes("."); }
function dnsDomainIs(host, domain) { return host.toLowerCase().endsWith(domain.toLowerCase()); }
function localHostOrDomainIs(host, full) {
  return host === full || (isPlainHostName(host) && full.startsWith(host + "."));
}
function isResolvable(host) { return dnsResolve(host) != null; }
function dnsDomainLevels(host) { return host.split(".").length - 1; }
function shExpMatch(text, pattern) {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".");
  return new RegExp("^" + escaped + "$").test(text);
}
function convert_addr(address) {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  return parts === null ? null : parts.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0) >>> 0;
}
function isInNet(host, net, mask) {
  const address = convert_addr(convert_addr(host) === null ? dnsResolve(host) || "" : host);
  if (address === null) return false;
  return (address & convert_addr(mask)) === (convert_addr(net) & convert_addr(mask));
}
function alert() {}
(function (scope) {
  const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
  const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
  function parts(given) {
    const list = Array.from(given);
    const utc = list[list.length - 1] === "GMT";
    if (utc) list.pop();
    const now = new Date();
    const get = (name) => (utc ? now["getUTC" + name]() : now["get" + name]());
    return { list, get };
  }
  const within = (from, value, to) => (from <= to ? from <= value && value <= to : value >= from || value <= to);
  scope.weekdayRange = function () {
    const { list, get } = parts(arguments);
    const from = DAYS.indexOf(list[0]);
    const to = list.length > 1 ? DAYS.indexOf(list[1]) : from;
    return from >= 0 && to >= 0 && within(from, get("Day"), to);
  };
  scope.timeRange = function () {
    const { list, get } = parts(arguments);
    const now = get("Hours") * 3600 + get("Minutes") * 60 + get("Seconds");
    const second = (part) => (part[0] || 0) * 3600 + (part[1] || 0) * 60 + (part[2] || 0);
    if (list.length === 1) return get("Hours") === list[0];
    const half = list.length / 2;
    // An hour, or a minute, that ends a range belongs to it whole.
    const whole = { 1: 3599, 2: 59 }[half] || 0;
    return within(second(list.slice(0, half)), now, second(list.slice(half)) + whole);
  };
  scope.dateRange = function () {
    const { list, get } = parts(arguments);
    const read = (given) => {
      const found = {};
      for (const part of given) {
        if (MONTHS.includes(part)) found.Month = MONTHS.indexOf(part);
        else if (part > 31) found.FullYear = part;
        else found.Date = part;
      }
      return found;
    };
    const half = list.length > 1 && list.length % 2 === 0 && Object.keys(read(list)).length <= list.length / 2;
    const from = read(half ? list.slice(0, list.length / 2) : list);
    const to = half ? read(list.slice(list.length / 2)) : from;
    const names = ["FullYear", "Month", "Date"].filter((name) => name in from);
    const number = (value) => names.reduce((sum, name) => sum * 100 + value(name), 0);
    return within(number((name) => from[name]), number(get), number((name) => to[name]));
  };
})(globalThis);
