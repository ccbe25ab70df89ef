import { describe, expect, it } from 'vitest';
import { REGISTER } from '../support/packet-bytes.js';
import { TcpScript } from '../support/tcp-bytes.js';
import { clientHello, handshake, record, serverHello } from '../support/tls-bytes.js';
import { tracedRecords } from '../support/traced.js';

const HELLO = record(22, handshake(1, clientHello({ serverName: 'pbx.example.com' })));
const SERVER_HELLO = record(22, handshake(2, serverHello()));
const DATA = record(23, Buffer.alloc(60));

async function encryptedOf(script: TcpScript) {
	const { facts } = await tracedRecords(script.records);
	return facts.oddities.filter(({ kind }) => kind === 'tls-encrypted');
}

describe('a connection of TLS', () => {
	const up = (serverPort: number) =>
		new TcpScript({ serverPort })
			.handshake()
			.phone(HELLO)
			.server(SERVER_HELLO)
			.phone(DATA)
			.server(DATA);

	it('to a SIP port that carries data is named, with its version and the name asked for', async () => {
		expect(await encryptedOf(up(5061))).toMatchObject([
			{
				count: 1,
				firstFrame: 4,
				text: expect.stringMatching(
					/^TLS 1\.2 for pbx\.example\.com between 192\.\S+ and 198\.\S+:5061 carries data: /,
				),
			},
		]);
	});

	it('to a port of the web is not', async () => {
		expect(await encryptedOf(up(443))).toEqual([]);
	});

	it('that carried no data is told by its failure alone', async () => {
		const script = new TcpScript({ serverPort: 5061 }).handshake().phone(HELLO);
		expect(await encryptedOf(script.server('', { flags: 'FA' }))).toEqual([]);
	});

	it('is named, too, where the capture began after its handshake', async () => {
		const script = new TcpScript({ serverPort: 5061 }).phone(DATA).server(DATA);
		expect(await encryptedOf(script)).toMatchObject([
			{ text: expect.stringMatching(/^TLS between .* carries data: /) },
		]);
	});

	it('is none where SIP can be read', async () => {
		const script = new TcpScript({ serverPort: 5061 }).phone(REGISTER);
		expect(await encryptedOf(script)).toEqual([]);
	});
});
