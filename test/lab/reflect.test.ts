/* The reflector as its user runs it, on the public side of the lab's NAT. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { CommandResult, Running } from './command.js';
import type { Lab, LabOptions } from './lab.js';
import { labTests } from './lab-tests.js';
import { requireLab } from './require-lab.js';
import { ADDRESSES } from './topology.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const ROOT = join(import.meta.dirname, '../..');
const EXECUTABLE = join(ROOT, 'bin/run.js');
const PASSWORD = 's3cret-lab';
const AOR = '1001@pbx.example.com';

interface Line {
	readonly event: string;
	readonly source?: string;
	readonly status?: number | null;
	readonly method?: string;
}

/** Asks from UDP port 5060 for an echo, without a port in Via and Contact, and prints which fields changed. */
const ASK = `
import { createSocket } from 'node:dgram';
const { withEcho, readEcho, changedInRequest, changedInAnswer } = await import(process.argv[1] + 'sip/reflector-echo.js');
const { serializeRequest } = await import(process.argv[1] + 'sip/serialize-message.js');
const { parseDatagram } = await import(process.argv[1] + 'sip/parse-message.js');
const local = process.argv[2];
const sent = serializeRequest(withEcho({
	method: 'OPTIONS', requestUri: 'sip:${ADDRESSES.server}', body: new Uint8Array(),
	headers: [
		['Via', 'SIP/2.0/UDP ' + local + ';branch=z9hG4bKask;rport'], ['Max-Forwards', '70'],
		['From', '<sip:probe@' + local + '>;tag=1'], ['To', '<sip:probe@' + local + '>'],
		['Call-ID', 'ask@' + local], ['CSeq', '1 OPTIONS'], ['Contact', '<sip:probe@' + local + '>'],
	],
}));
const socket = createSocket('udp4');
const limit = setTimeout(() => { console.log('[]'); process.exit(1); }, 60_000);
socket.on('message', (bytes) => {
	clearTimeout(limit);
	const echo = readEcho(parseDatagram(bytes).value);
	const changed = changedInRequest(sent, echo).map(({ field }) => field);
	const onTheWayBack = changedInAnswer(bytes, echo).map(({ field }) => field);
	console.log(JSON.stringify({ changed, onTheWayBack, source: echo.source.address, isLarger: bytes.length > sent.length }));
	socket.close();
});
socket.bind(5060, () => socket.send(sent, 5060, '${ADDRESSES.server}'));
`;

describe.skipIf(!availability.available)(`reflect in the lab${reason}`, () => {
	const { atEnd, newLab, newFolder } = labTests();

	async function reflecting(
		args: readonly string[] = [],
		options: LabOptions = {},
	): Promise<{ lab: Lab; reflector: Running }> {
		const lab = await newLab(options);
		const folder = await newFolder();
		const accounts = join(folder, 'accounts.csv');
		await writeFile(accounts, `username,password\n1001,${PASSWORD}\n`);
		const command = [EXECUTABLE, 'reflect', '--json', '--accounts', accounts, ...args];
		const reflector = lab.begin('server', process.execPath, command);
		atEnd(() => reflector.interrupt());
		await reflector.printed(/"event":"listening"/);
		return { lab, reflector };
	}

	function linesOf({ stdout }: CommandResult): readonly Line[] {
		return stdout
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as Line);
	}

	async function probed(lab: Lab) {
		const { stdout } = await lab.run(
			'phone',
			process.execPath,
			[EXECUTABLE, 'probe', AOR, '--server', ADDRESSES.server, '--timeout', '4', '--json'],
			{ env: { SIPDOCTOR_PASSWORD: PASSWORD } },
		);
		const report = JSON.parse(stdout) as {
			registrations: { outcome: string; cause: { id: string } | null }[];
		};
		return report.registrations[0];
	}

	it.concurrent('registers a phone through a NAT, and shows where it came from', async () => {
		const { lab, reflector } = await reflecting();
		const phone = await lab.phone({
			...{ user: '1001', password: PASSWORD, domain: 'pbx.example.com' },
			// As long as that of any real phone: the challenge is not to be larger.
			paddingBytes: 150,
		});
		expect(phone.registered).toBe(true);
		const result = await reflector.interrupt();
		const told = linesOf(result).filter(({ event }) => event === 'request');
		// A busy reflector may be asked again.
		expect([...new Set(told.map(({ status }) => status))]).toEqual([401, 200]);
		expect(told[0]?.source).toMatch(ADDRESSES.routerWan);
		expect(result.code).toBe(0);
		expect(result.stdout + result.stderr).not.toContain(PASSWORD);
	});

	it.concurrent('registers a probe through a NAT', async () => {
		const { lab } = await reflecting();
		expect(await probed(lab)).toMatchObject({ outcome: 'registered', cause: null });
	});

	it.concurrent('makes a NAT drop its answers by sending them to the port in Via', async () => {
		const { lab } = await reflecting(['--fault', 'via-port'], {
			// One that keeps the port lets them in.
			router: { nat: 'symmetric' },
		});
		expect((await probed(lab))?.cause?.id).toBe('no-response');
	});

	it.concurrent.each([
		['shows each field that an ALG changed', true, ['via', 'from', 'to', 'call-id', 'contact']],
		['shows that without an ALG nothing was changed', false, []],
	] as const)('%s', async (_title, alg, fields) => {
		const { lab } = await reflecting([], { router: { alg } });
		const modules = pathToFileURL(join(ROOT, 'build/')).href;
		const { stdout, stderr } = await lab.run('phone', process.execPath, [
			...['--input-type=module', '--eval', ASK, '--', modules, lab.lan.phone],
		]);
		expect(stderr).toBe('');
		const told = JSON.parse(stdout) as {
			changed: string[];
			onTheWayBack: string[];
			source: string;
			isLarger: boolean;
		};
		expect(told.source).toBe(ADDRESSES.routerWan);
		expect(told.isLarger).toBe(false);
		expect(new Set(told.changed).size).toBe(told.changed.length);
		for (const field of told.changed) expect(fields).toContain(field);
		expect(told.changed.includes('contact')).toBe(alg);
		// It puts the private address back, so that nothing is seen without the echo.
		expect(told.onTheWayBack.includes('via')).toBe(alg);
	});
});
