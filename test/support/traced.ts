/** What a capture built by a test gives. */
import type { NetworkEvent, Observed } from '../../src/trace/observed.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { inChunks, pcapFile, type RecordFields } from './capture-bytes.js';

export async function tracedRecords(records: readonly RecordFields[], linkType = 1) {
	const messages: Observed[] = [];
	const events: NetworkEvent[] = [];
	const file = pcapFile({ records, linkType });
	const facts = await traceCapture('a.pcap', inChunks(file, 65_536), {
		message: (observed) => messages.push(observed),
		event: (event) => events.push(event),
	});
	return { messages, events, facts, oddities: facts.oddities.map(({ kind }) => kind) };
}

/** `REGISTER 1/3`: the method or status code, and the frames that carried it. */
export function told({ message, frames, cut }: Observed): string {
	const what = message.kind === 'request' ? message.method : String(message.statusCode);
	return `${what} ${frames.join('+')}${cut ? ' cut' : ''}`;
}
