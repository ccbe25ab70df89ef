import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { runCommand } from './command.js';
import type { KamailioOptions } from './kamailio-config.js';
import { type Lab, type LabOptions, startLab } from './lab.js';
import type { PhoneOptions } from './phone-options.js';
import { requireLab } from './require-lab.js';

const availability = await requireLab();
const REGISTRAR: KamailioOptions = { users: [{ username: '1001', password: 's3cret-lab' }] };
const PHONE: PhoneOptions = { user: '1001', password: 's3cret-lab', domain: 'pbx.example.com' };
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

describe.skipIf(!availability.available)(`the lab${reason}`, () => {
	let lab: Lab | undefined;
	const start = async (options: LabOptions): Promise<Lab> => {
		lab = await startLab(options);
		return lab;
	};
	afterEach(async () => {
		await lab?.stop();
		lab = undefined;
	});

	/** What a capture holds of SIP, as text: enough to look for a line. */
	const captured = async (lab: Lab, host: 'phone' | 'server', phone: PhoneOptions) => {
		const capture = await lab.capture(host);
		const result = await lab.phone(phone);
		await capture.stop();
		return { result, text: (await readFile(capture.file)).toString('latin1') };
	};

	it('registers a phone through NAT', async () => {
		const lab = await start({ server: REGISTRAR });
		expect(await lab.phone(PHONE)).toMatchObject({ registered: true, statuses: [401, 200] });
	});

	it('registers a phone over TCP', async () => {
		const lab = await start({ server: REGISTRAR });
		const result = await lab.phone({ ...PHONE, transport: 'tcp' });
		expect(result).toMatchObject({ registered: true, statuses: [401, 200], sends: 2 });
	});

	it.each(['1.2', '1.3'] as const)('registers a phone over TLS %s', async (version) => {
		const lab = await start({ server: { ...REGISTRAR, tls: { name: 'pbx.example.com' } } });
		const phone = { ...PHONE, transport: 'tls', serverPort: 5061, tls: { version } } as const;
		expect(await lab.phone(phone)).toMatchObject({ registered: true, statuses: [401, 200] });
	});

	it('registers a phone over WebSocket', async () => {
		const lab = await start({ server: { ...REGISTRAR, webSocket: true } });
		const result = await lab.phone({ ...PHONE, transport: 'ws', serverPort: 8080 });
		expect(result).toMatchObject({ registered: true, statuses: [401, 200] });
	});

	it('registers with SHA-256 and qop', async () => {
		const lab = await start({ server: { ...REGISTRAR, algorithm: 'SHA-256', qop: true } });
		expect(await lab.phone(PHONE)).toMatchObject({ registered: true, statuses: [401, 200] });
	});

	it('knows users by HA1 as well', async () => {
		const ha1 = createHash('md5').update('1001:pbx.example.com:s3cret-lab').digest('hex');
		const lab = await start({ server: { users: [{ username: '1001', ha1 }] } });
		expect(await lab.phone(PHONE)).toMatchObject({ registered: true });
	});

	it('refuses a wrong password', async () => {
		const lab = await start({ server: REGISTRAR });
		const result = await lab.phone({ ...PHONE, password: 's3cret-old' });
		expect(result).toMatchObject({ registered: false, statuses: [401, 401] });
	});

	it('shows the server the private Contact where no ALG is on', async () => {
		const lab = await start({ server: REGISTRAR });
		const { text } = await captured(lab, 'server', PHONE);
		expect(text).toContain('Contact: <sip:1001@192.168.31.30:5060>');
	});

	it('rewrites the Contact on the wire where the ALG is on', async () => {
		const lab = await start({ router: { alg: true }, server: REGISTRAR });
		const { text } = await captured(lab, 'server', PHONE);
		expect(text).toContain('Contact: <sip:1001@198.51.100.32:5060>');
	});

	it('rewrites the Contact over TCP as well', async () => {
		const lab = await start({ router: { alg: true }, server: REGISTRAR });
		const { text } = await captured(lab, 'server', { ...PHONE, transport: 'tcp' });
		expect(text).toContain('Contact: <sip:1001@198.51.100.32:');
	});

	it('keeps the answers from the phone where the way back is blocked', async () => {
		const lab = await start({ router: { fromServer: 'drop' }, server: REGISTRAR });
		const capture = await lab.capture('server');
		const ping = await lab.run('phone', 'node', ['-e', SEND_OPTIONS]);
		await capture.shows(/SIP\/2\.0 200 OK/);
		await capture.stop();
		const text = (await readFile(capture.file)).toString('latin1');
		expect({ phone: ping.stdout, answered: text.includes('SIP/2.0 200 OK') }).toEqual({
			phone: 'silence',
			answered: true,
		});
	});

	it('keeps the requests from the server where the way there is blocked', async () => {
		const lab = await start({ router: { towardsServer: 'drop' }, server: REGISTRAR });
		const capture = await lab.capture('server');
		const ping = await lab.run('phone', 'node', ['-e', SEND_OPTIONS]);
		await capture.stop();
		const text = (await readFile(capture.file)).toString('latin1');
		expect({ phone: ping.stdout, asked: text.includes('OPTIONS') }).toEqual({
			phone: 'silence',
			asked: false,
		});
	});

	it('lets a phone that heeds ICMP know that nothing listens', async () => {
		const lab = await start({});
		const result = await lab.phone({ ...PHONE, connected: true });
		expect(result).toMatchObject({ statuses: ['error'], error: 'ECONNREFUSED' });
	});

	it('gives a command its environment, its stdin and a time limit', async () => {
		const lab = await start({});
		const said = await lab.run('phone', 'sh', ['-c', 'cat; echo "$LAB"; sleep 280'], {
			env: { LAB: 'here' },
			stdin: 'asked ',
			timeoutMs: 5000,
		});
		expect(said).toMatchObject({ stdout: 'asked here\n', timedOut: true });
	});

	it('leaves no namespace behind', async () => {
		const before = await namespacesOfThisProcess();
		const lab = await startLab({ server: REGISTRAR });
		const during = await namespacesOfThisProcess();
		await lab.stop();
		expect([before, during, await namespacesOfThisProcess()]).toEqual([0, 5, 0]);
	});

	it('leaves no namespace behind where a registrar does not start', async () => {
		const broken = startLab({ server: { realm: 'not "fit"' } });
		await expect(broken).rejects.toThrow('not fit for kamailio.cfg');
		expect(await namespacesOfThisProcess()).toBe(0);
	});
});

/** One OPTIONS, and a second to be answered: shorter than Timer F of a REGISTER. */
const SEND_OPTIONS = `
const socket = require('node:dgram').createSocket('udp4');
socket.on('message', () => { process.stdout.write('answer'); socket.close(); process.exit(); });
socket.bind(5060, () => socket.send([
	'OPTIONS sip:pbx.example.com SIP/2.0',
	'Via: SIP/2.0/UDP 192.168.31.30:5060;branch=z9hG4bK1;rport',
	'From: <sip:1001@pbx.example.com>;tag=1', 'To: <sip:pbx.example.com>',
	'Call-ID: 1', 'CSeq: 1 OPTIONS', 'Max-Forwards: 70', 'Content-Length: 0', '', '',
].join('\\r\\n'), 5060, '203.0.113.10'));
setTimeout(() => { process.stdout.write('silence'); process.exit(); }, 1000);
`;

async function namespacesOfThisProcess(): Promise<number> {
	const { stdout } = await runCommand('ip', ['netns', 'list']);
	return stdout.split('\n').filter((line) => line.startsWith(`sipdoctor-${process.pid}-`)).length;
}
