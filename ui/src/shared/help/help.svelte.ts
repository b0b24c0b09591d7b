/** Holds the hard word that is explained. The frame shows it, so that it is there beside every form, which stays as it is. */
import type { HardWord } from './topics';

class Help {
  word = $state.raw<HardWord | null>(null);
}

export const help = new Help();
