// Works out the small sum of membership/proofs.py while somebody reads the page: in a thread of
// its own where the browser lets us, else in short pieces. Without scripts forms work as well.
"use strict";

const ROUNDS = Uint32Array.from(
  (function* () {
    // The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    for (let number = 2, found = 0; found < 64; number += 1) {
      let prime = true;
      for (let by = 2; by * by <= number; by += 1) if (number % by === 0) prime = false;
      if (prime) {
        found += 1;
        yield cubeRoot(BigInt(number));
      }
    }
  })(),
);
const START = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];
const words = new Uint32Array(64);

function cubeRoot(number) {
  const wanted = number << 96n;
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle * middle * middle <= wanted) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}

// SHA-256 of a text of at most 55 ASCII signs, which is one block; whether it is `wanted`.
function fits(text, wanted) {
  words.fill(0, 0, 16);
  for (let at = 0; at < text.length; at += 1) words[at >> 2] |= text.charCodeAt(at) << (24 - 8 * (at & 3));
  words[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  words[15] = text.length * 8;
  for (let at = 16; at < 64; at += 1) {
    const near = words[at - 2];
    const far = words[at - 15];
    const one = ((near >>> 17) | (near << 15)) ^ ((near >>> 19) | (near << 13)) ^ (near >>> 10);
    const two = ((far >>> 7) | (far << 25)) ^ ((far >>> 18) | (far << 14)) ^ (far >>> 3);
    words[at] = one + words[at - 7] + two + words[at - 16];
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let at = 0; at < 64; at += 1) {
    const one = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + one + ((e & f) ^ (~e & g)) + ROUNDS[at] + words[at]) | 0;
    const two = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (two + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  return (
    (a + START[0]) >>> 0 === wanted[0] && (b + START[1]) >>> 0 === wanted[1] &&
    (c + START[2]) >>> 0 === wanted[2] && (d + START[3]) >>> 0 === wanted[3]
  );
}

// Tries the numbers from `start`, below `end`: the one that fits, or -1.
function search({ salt, digest }, start, end) {
  const wanted = [0, 8, 16, 24].map((at) => parseInt(digest.slice(at, at + 8), 16));
  for (let number = start; number < end; number += 1) if (fits(`${salt}.${number}`, wanted)) return number;
  return -1;
}

function inPieces(task, done, start = 0) {
  const number = search(task, start, Math.min(start + 2000, task.most));
  if (number >= 0) done(number);
  else if (start < task.most) setTimeout(inPieces, 0, task, done, start + 2000);
}

function inThread(script, task, done) {
  const thread = new Worker(script);
  thread.onmessage = ({ data }) => {
    thread.terminate();
    done(data);
  };
  thread.onerror = () => inPieces(task, done);
  thread.postMessage(task);
}

if (typeof document === "undefined") {
  onmessage = ({ data }) => postMessage(search(data, 0, data.most));
} else {
  const script = document.currentScript.src;
  for (const field of document.querySelectorAll("input[data-challenge]")) {
    const { challenge, salt, digest, most } = field.dataset;
    const task = { salt, digest, most: Number(most) };
    const done = (number) => {
      if (number >= 0) field.value = `${challenge} ${number}`;
    };
    try {
      inThread(script, task, done);
    } catch {
      inPieces(task, done);
    }
  }
}
