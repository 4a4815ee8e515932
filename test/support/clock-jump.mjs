// Imported before a process of ours (`node --import`): its clock jumps to the next offset of CLOCK_JUMPS_MS at SIGUSR2.
const jumps = (process.env.CLOCK_JUMPS_MS ?? '').split(',').map(Number);
const realNow = Date.now.bind(Date);
let offsetMs = 0;
Date.now = () => realNow() + offsetMs;
process.on('SIGUSR2', () => {
  offsetMs = jumps.shift() ?? 0;
});
