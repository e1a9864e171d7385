// Preloaded into the lab: its wall clock goes wrong by as many milliseconds as a file says, once there is one.
import { readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

const now = Date.now;
let offsetMs = 0;
Date.now = () => now() + offsetMs;
setInterval(() => {
  try {
    offsetMs = Number(readFileSync(process.env.CLOCK_OFFSET_FILE, 'utf8'));
  } catch {
    // Not yet.
  }
}, 20).unref();
