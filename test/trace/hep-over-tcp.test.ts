import { describe, expect, it } from 'vitest';
import { chunk, hep3, hep3Head, hep3Of } from '../support/hep-bytes.js';
import { bytesOf, PHONE, REGISTER, SERVER, TRYING } from '../support/packet-bytes.js';
import { TcpScript } from '../support/tcp-bytes.js';
import { told, tracedRecords } from '../support/traced.js';

const REPORT = hep3(REGISTER);
const ANSWER = hep3(TRYING, { source: SERVER, destination: PHONE });

/** The agent is on the side of the phone, the monitor on that of the server. */
const script = () => new TcpScript({ serverPort: 9060 });

async function toldOf({ records }: TcpScript) {
	const { messages, events, oddities } = await tracedRecords(records);
	return { told: messages.map(told), messages, events: events.map(({ kind }) => kind), oddities };
}

describe('HEP over TCP', () => {
	it('is told like HEP over UDP', async () => {
		const found = await toldOf(script().handshake().phone(REPORT).phone(ANSWER));
		expect(found).toMatchObject({ told: ['REGISTER 4', '100 5'], events: [], oddities: [] });
		expect(found.messages[0]).toMatchObject({
			src: { address: PHONE, port: 5060 },
			dst: { address: SERVER, port: 5060 },
			transport: 'udp',
			packet: { reports: { agents: [`${PHONE} 2001`], frames: 1, isAll: true } },
		});
	});

	it('may come in any pieces, and several reports in one', async () => {
		const inOne = await toldOf(script().handshake().phone(bytesOf(REPORT, ANSWER)));
		expect(inOne).toMatchObject({ told: ['REGISTER 4', '100 4'], oddities: [] });
		const pieces = script().handshake();
		pieces.phone(REPORT.subarray(0, 3)).phone(REPORT.subarray(3, 200));
		pieces.phone(bytesOf(REPORT.subarray(200), ANSWER.subarray(0, 50))).phone(ANSWER.subarray(50));
		const { told: found, oddities } = await toldOf(pieces);
		expect(found).toEqual(['REGISTER 4+5+6', '100 6+7']);
		expect(oddities).toEqual([]);
	});

	it('is read on a connection that was there before the capture', async () => {
		expect((await toldOf(script().phone(REPORT).phone(ANSWER))).told).toEqual([
			'REGISTER 1',
			'100 2',
		]);
	});

	it('goes on behind a gap where a segment begins with a report', async () => {
		const lost = script().handshake().phone(REPORT).lose('phone', 300);
		const { told: found } = await toldOf(lost.phone(TRYING).phone(ANSWER));
		expect(found).toEqual(['REGISTER 4', '100 6']);
	});

	it('says where bytes between reports are none', async () => {
		const broken = script().handshake().phone(bytesOf(REPORT, 'GET / HTTP/1.1')).phone(ANSWER);
		const { told: found, oddities } = await toldOf(broken);
		expect([found, oddities]).toEqual([['REGISTER 4', '100 5'], ['hep-stream-broken']]);
	});

	it('says which report cannot be read', async () => {
		const odd = hep3Of(hep3Head(), chunk(16, 'REGISTER'));
		const { told: found, oddities } = await toldOf(script().handshake().phone(odd).phone(ANSWER));
		expect([found, oddities]).toEqual([['100 5'], ['hep-unreadable']]);
	});
});
