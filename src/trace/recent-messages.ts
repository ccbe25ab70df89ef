import { elapsedMs } from '../time/instant.js';
import type { Observed } from './observed.js';

/** Two sightings closer than this are one packet, as in the transaction tracker. */
const SAME_PACKET_MS = 60;

/** More than any link carries in that time; beyond it a copy is not told. */
const MAX_MESSAGES = 256;

/** A message of a stream, and where in the stream it ends. */
export interface RecentMessage {
	/** The direction of the connection that carried it: the same object for each. */
	readonly stream: object;
	readonly end: number;
	readonly observed: Observed;
}

/** The messages of the last moments, over all connections: what a copy of a segment may be a copy of. */
export class RecentMessages {
	#messages: RecentMessage[] = [];

	add(message: RecentMessage): void {
		this.#forget(message.observed.at);
		if (this.#messages.length >= MAX_MESSAGES) this.#messages.shift();
		this.#messages.push(message);
	}

	/** Those of one stream that were seen just before `at`. */
	of(stream: object, at: number): readonly RecentMessage[] {
		this.#forget(at);
		return this.#messages.filter((message) => message.stream === stream);
	}

	#forget(at: number): void {
		const isOld = ({ observed }: RecentMessage) =>
			Math.abs(elapsedMs(observed.at, at)) > SAME_PACKET_MS;
		const [first] = this.#messages;
		if (first !== undefined && isOld(first)) {
			this.#messages = this.#messages.filter((message) => !isOld(message));
		}
	}
}
