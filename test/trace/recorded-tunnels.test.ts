import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { TransactionTracker } from '../../src/transaction/transaction-tracker.js';
import { analyseCapture } from '../../src/usecase/analyse-capture.js';
import { inChunks } from '../support/capture-bytes.js';

const FOLDER = 'fixtures/captures/tunnels';

/** Each message of a recorded registration, once, with every frame that has it; and what was odd. */
async function recorded(name: string) {
	const tracker = new TransactionTracker();
	const places: string[] = [];
	const file = readFileSync(`${FOLDER}/${name}`);
	const facts = await traceCapture(name, inChunks(file, 4096), {
		message: (observed) => {
			tracker.message(observed);
			places.push(`${observed.src.address} ${observed.dst.address}`);
		},
		event: () => undefined,
	});
	const said = tracker.transactions().flatMap(({ sends, responses }) => [...sends, ...responses]);
	const told = said.map(({ message, frames }) => {
		const what = message.kind === 'request' ? message.method : message.statusCode;
		return `${what} ${frames.join('+')}`;
	});
	return { told, hops: new Set(places).size, first: places[0], facts };
}

/** The four messages of a registration in these frames. */
function registration(...frames: readonly string[]): readonly string[] {
	return ['REGISTER', '401', 'REGISTER', '200'].map((what, index) => `${what} ${frames[index]}`);
}

const ONE_TO_FOUR = registration('1', '2', '3', '4');
/** ARP or neighbour discovery comes first. */
const THREE_TO_SIX = registration('3', '4', '5', '6');
const IN_PAIRS = registration('1+2', '3+4', '5+6', '7+8');
/** One frame, or two, of what a device says of itself come first. */
const IN_PAIRS_FROM_2 = registration('2+3', '4+5', '6+7', '8+9');
const IN_PAIRS_FROM_3 = registration('3+4', '5+6', '7+8', '9+10');

const INSIDE = '10.0.0.1 10.0.0.2';
const INSIDE6 = 'fd00::1 fd00::2';
const OUTSIDE = '192.0.2.10 198.51.100.5';

/** File, what it shows, from whom to whom. */
const RECORDED: readonly (readonly [string, readonly string[], string])[] = [
	['vlan.pcap', ONE_TO_FOUR, INSIDE],
	['qinq.pcap', ONE_TO_FOUR, INSIDE],
	['pppoe.pcap', ONE_TO_FOUR, INSIDE],
	['gre.pcap', THREE_TO_SIX, INSIDE],
	['gre-key-checksum.pcap', ONE_TO_FOUR, INSIDE],
	['ip-in-ip.pcap', ONE_TO_FOUR, INSIDE],
	['ipv6-in-ipv4.pcap', ONE_TO_FOUR, INSIDE6],
	['ipv4-in-ipv6.pcap', THREE_TO_SIX, INSIDE],
	['vxlan.pcap', THREE_TO_SIX, INSIDE],
	['mpls.pcap', ONE_TO_FOUR, INSIDE],
	['mpls-pseudowire.pcap', ONE_TO_FOUR, INSIDE],
	['erspan-2.pcap', THREE_TO_SIX, INSIDE],
	['erspan-3.pcap', ONE_TO_FOUR, INSIDE],
	['pptp.pcap', THREE_TO_SIX, INSIDE],
	['eoip.pcap', ONE_TO_FOUR, INSIDE],
	['ether-ip.pcap', ONE_TO_FOUR, INSIDE],
	['l2tp.pcap', ONE_TO_FOUR, INSIDE],
	['geneve.pcap', ONE_TO_FOUR, INSIDE],
	['vxlan-gpe.pcap', ONE_TO_FOUR, INSIDE],
	['tzsp.pcap', ONE_TO_FOUR, INSIDE],
	['gre-in-udp.pcap', ONE_TO_FOUR, INSIDE],
	['vlan-any.pcap', IN_PAIRS_FROM_2, INSIDE],
	['qinq-any.pcap', IN_PAIRS_FROM_2, INSIDE],
	['pppoe-any.pcap', IN_PAIRS_FROM_3, INSIDE],
	['gre-any.pcap', IN_PAIRS, INSIDE],
	['gre-key-checksum-any.pcap', IN_PAIRS, INSIDE],
	['ip-in-ip-any.pcap', IN_PAIRS_FROM_3, INSIDE],
	['ipv6-in-ipv4-any.pcap', IN_PAIRS_FROM_3, INSIDE6],
	['ipv4-in-ipv6-any.pcap', IN_PAIRS, INSIDE],
	['router-any.pcap', IN_PAIRS, OUTSIDE],
	['router-any-tcp.pcap', registration('15+16', '17+18', '21+22', '23+24'), OUTSIDE],
	['two-link-types.pcapng', registration('2+6', '3+7', '4+8', '5+9'), INSIDE],
];

/** What is said has other addresses behind the NAT. */
const BOTH_SIDES = ['nat-any.pcap', 'nat-any-tcp.pcap'];

describe('a registration recorded in a tunnel', () => {
	it('is in every file of the folder', () => {
		const files = readdirSync(FOLDER).filter((name) => /\.pcap(?:ng)?$/.test(name));
		expect(files.toSorted()).toEqual([...RECORDED.map(([name]) => name), ...BOTH_SIDES].toSorted());
	});

	it.each(RECORDED)('is read once in %s, with all its frames', async (name, expected, hop) => {
		const { told, hops, first, facts } = await recorded(name);
		expect({ told, first, oddities: facts.oddities }).toEqual({
			told: expected,
			first: hop,
			oddities: [],
		});
		// There and back: what the tunnel carries is never also told of its outer addresses.
		expect(hops).toBe(2);
	});

	it.each(BOTH_SIDES)('is one with a leg on either side of the NAT in %s', async (name) => {
		const chunks = inChunks(readFileSync(`${FOLDER}/${name}`), 4096);
		const { registrations, sources } = await analyseCapture({ name, chunks, accounts: [] });
		const found = registrations.map(({ outcome, path, cause }) => ({
			outcome,
			clients: path.map(({ client }) => client.address),
			cause,
		}));
		const clients = ['192.0.2.10', '198.51.100.1'];
		expect(found).toEqual([{ outcome: 'registered', clients, cause: undefined }]);
		expect(sources[0]?.vantage).toBe('middle');
	});

	it('may have frames of two link types in one file', async () => {
		expect((await recorded('two-link-types.pcapng')).facts.linkTypes).toEqual([
			'ethernet',
			'raw-ip',
		]);
	});
});
