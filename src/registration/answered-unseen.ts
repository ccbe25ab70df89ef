/** REGISTERs that this source shows only in part, and that were answered: the capture has the gap, not the network. */
import { firstHeader } from '../sip/header-fields.js';
import type { SipResponse } from '../sip/message.js';
import type { FragmentEvent, Observed } from '../trace/observed.js';
import { callIdIn } from './join-events.js';
import type { AttemptEvent } from './registration.js';

/** The fragment events among these to which a response was seen. `tcpdump port 5060` loses every fragment but the first. */
export function answeredUnseen(
	events: readonly AttemptEvent[],
	orphans: readonly Observed<SipResponse>[],
): ReadonlySet<AttemptEvent> {
	if (orphans.length === 0) return new Set();
	const calls = new Set(orphans.map(({ message }) => firstHeader(message, 'call-id')?.value ?? ''));
	const ways = new Set(orphans.map(({ src, dst }) => `${dst.address} ${src.address}`));
	return new Set(
		events.filter((event): event is FragmentEvent => {
			if (event.kind !== 'fragments-lost') return false;
			const callId = callIdIn(event.first?.text ?? '');
			return callId === undefined ? ways.has(`${event.src} ${event.dst}`) : calls.has(callId);
		}),
	);
}
