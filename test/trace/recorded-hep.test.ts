import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAccounts } from '../../src/usecase/accounts.js';
import { analyseCapture } from '../../src/usecase/analyse-capture.js';
import { inChunks } from '../support/capture-bytes.js';

const FOLDER = 'fixtures/captures/hep';

async function analysed(name: string, password = 's3cret-lab') {
	const accounts = JSON.stringify([{ username: '1001', realm: 'example.com', password }]);
	const { registrations, sources } = await analyseCapture({
		name,
		chunks: inChunks(readFileSync(`${FOLDER}/${name}`), 4096),
		accounts: parseAccounts(accounts, 'accounts'),
	});
	return { registrations, sources };
}

/** What a capture tells of the one registration in it: the outcome, the cause, and the frames of each message. */
async function told(name: string) {
	const { registrations, sources } = await analysed(name);
	const [registration] = registrations;
	return {
		all: registrations.length,
		outcome: registration?.outcome,
		cause: registration?.cause?.id,
		frames: registration?.messages.map(({ observed }) => observed.frames.join('+')),
		transport: registration?.messages[0]?.observed.transport,
		requests: sources[0]?.registerRequests,
		oddities: sources[0]?.oddities,
	};
}

const HEALTHY = {
	...{ all: 1, outcome: 'registered', cause: undefined, transport: 'udp', requests: 2 },
	oddities: [],
};
const REPORTS_ALONE = { ...HEALTHY, frames: ['1', '2', '3', '4'] };
const IN_PAIRS = { ...HEALTHY, frames: ['1+2', '3+4', '5+6', '7+8'] };

const RECORDED: Readonly<Record<string, object>> = {
	'hep1.pcap': REPORTS_ALONE,
	'hep2.pcap': REPORTS_ALONE,
	'hep3.pcap': REPORTS_ALONE,
	'wrong-password.pcap': { ...REPORTS_ALONE, outcome: 'rejected', cause: 'wrong-password' },
	'forbidden.pcap': {
		...{ ...HEALTHY, outcome: 'rejected', cause: 'forbidden-before-challenge', requests: 1 },
		frames: ['1', '2'],
	},
	'sip-over-tcp.pcap': { ...REPORTS_ALONE, transport: 'tcp' },
	'hep2-and-sip.pcap': IN_PAIRS,
	'hep3-and-sip.pcap': IN_PAIRS,
	// A third of the frames are ICMP errors.
	'monitor-down.pcap': { ...HEALTHY, frames: ['1+2', '4+5', '7+8', '10+11'] },
	'hep-over-tcp.pcap': { ...HEALTHY, frames: ['3', '5', '7', '9'] },
};

describe('a registration recorded in HEP', () => {
	it('is in every file of the folder', () => {
		const files = readdirSync(FOLDER).filter((name) => name.endsWith('.pcap'));
		expect(files.toSorted()).toEqual([...Object.keys(RECORDED), 'two-agents.pcap'].toSorted());
	});

	it.each(Object.entries(RECORDED))('is told once in %s', async (name, expected) => {
		expect(await told(name)).toEqual(expected);
	});

	it('has the leg of either agent', async () => {
		const { registrations } = await analysed('two-agents.pcap');
		expect(registrations).toMatchObject([{ outcome: 'registered', cause: undefined }]);
		expect(registrations[0]?.path.map(({ client, server }) => [client, server])).toMatchObject([
			[{ address: '192.0.2.10' }, { address: '198.51.100.7' }],
			[{ address: '198.51.100.7' }, { address: '198.51.100.5' }],
		]);
	});

	it('proves the password of the account right or wrong', async () => {
		const verdictOf = async (name: string, password: string) => {
			const { registrations } = await analysed(name, password);
			return registrations[0]?.cause?.id;
		};
		expect(await verdictOf('wrong-password.pcap', 's3cret-lab')).toBe('wrong-password');
		expect(await verdictOf('wrong-password.pcap', 'other-lab')).not.toBe('wrong-password');
	});
});
