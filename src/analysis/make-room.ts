/** What becomes of phones that make room for others while a source is read: they are counted by outcome and cause. */
import { type AnalysisInput, analysePart } from './analyse.js';
import { isOfAor } from './aor-pattern.js';
import type { KeptRegistrations } from './kept-registrations.js';
import type { MakingRoom } from './source-log.js';

/** Those that `input` asks for by their address-of-record make room last. */
export function makingRoom(
	kept: KeptRegistrations,
	input: Omit<AnalysisInput, 'source'>,
): MakingRoom {
	const { aorPattern } = input;
	return {
		onFull: (source) => kept.leaveOut(analysePart({ ...input, source })),
		isAsked: (transaction) => aorPattern !== undefined && isOfAor(transaction, aorPattern),
	};
}
