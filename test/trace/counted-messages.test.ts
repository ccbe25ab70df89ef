import { describe, expect, it } from 'vitest';
import { CountedMessages } from '../../src/trace/counted-messages.js';
import { hep3 } from '../support/hep-bytes.js';
import { ethernet, ipv4, REGISTER, udp } from '../support/packet-bytes.js';
import { tracedRecords } from '../support/traced.js';

const frameOf = (payload: Uint8Array | string, destinationPort = 5060) => ({
	bytes: ethernet(ipv4(udp(payload, { destinationPort }))),
});
const packet = frameOf(REGISTER);
const reportBy = (agentId: number) => frameOf(hep3(REGISTER, { agentId }), 9060);

async function countOf(records: readonly { readonly bytes: Uint8Array }[]): Promise<number> {
	const { messages } = await tracedRecords(records);
	expect(messages).toHaveLength(records.length);
	const counted = new CountedMessages();
	return messages.filter((observed) => counted.isNew(observed)).length;
}

describe('messages that are counted', () => {
	it('are each packet, as a copy that was sent later is a message of its own', async () => {
		expect(await countOf([packet, packet])).toBe(2);
	});

	it('are one where it is in the capture and agents report it, whichever comes first', async () => {
		expect(await countOf([packet, reportBy(1), reportBy(2)])).toBe(1);
		expect(await countOf([reportBy(1), packet, reportBy(2)])).toBe(1);
	});

	it('are two where one agent reports two', async () => {
		expect(await countOf([reportBy(1), reportBy(1)])).toBe(2);
	});

	it('keep sixteen agents of a message, however many say that they report it', async () => {
		const agents = Array.from({ length: 40 }, (_, index) => reportBy(index));
		expect(await countOf(agents)).toBe(3);
	});
});
