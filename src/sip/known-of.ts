import type { SipMessage } from './message.js';

/**
 * What a pure reader makes of a message, remembered with the message as long as its header fields are: rules ask for
 * the same few things again and again. `read` is also the key.
 */
export function knownOf<T>(message: SipMessage, read: (message: SipMessage) => T): T {
	const { known } = message;
	if (known === undefined) return read(message);
	if (known.has(read)) {
		// What is kept under a reader is what that reader gave.
		return known.get(read) as T;
	}
	const value = read(message);
	known.set(read, value);
	return value;
}
