/** Asks once which program this is, for the report of a problem. */
import { ipc, type About } from '$ipc';

class Program {
  about = $state.raw<About | null>(null);

  async ask(): Promise<void> {
    this.about = await ipc.about().catch(() => null);
  }
}

export const program = new Program();
