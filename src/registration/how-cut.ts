import type { Observed } from '../trace/observed.js';

/** Why a message that is cut is not whole in its source: `the snaplen cut the REGISTER`. Without a full stop. */
export function howCut({ packet }: Pick<Observed, 'packet'>, message: string): string {
	return packet.isBeginning === true
		? `only the first fragment of ${message} was captured`
		: `the snaplen cut ${message}`;
}
