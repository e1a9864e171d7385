// Preloaded into the lab and its processes: SIGTERM is never sent, and everything else goes on as if it had been.
const { kill } = process;
process.kill = (pid, signal) => (signal === 'SIGTERM' ? true : kill.call(process, pid, signal));
