/** A simulator in a process of its own, so that it takes no time from what is measured: forked by `download.ts`. */
import { startSimulator, type SimulatorScript } from '../simulator/index.ts';

/** From the simulator to its parent. */
export interface SimulatorReady {
  apiUrl: string;
  accountSid: string;
  authToken: string;
}

const simulator = await startSimulator({ script: JSON.parse(process.argv[2] ?? '{}') as SimulatorScript });
const { apiUrl, accountSid, authToken } = simulator;
const ready: SimulatorReady = { apiUrl, accountSid, authToken };
process.send?.(ready);
process.once('disconnect', () => void simulator.stop());
