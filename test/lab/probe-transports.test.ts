/*
 * The way of the probe to the registrar, in the lab: every transport of a real Kamailio, NAPTR and SRV of a real name
 * server, dead targets, certificates that are wrong. What it says live, `analyze` says of its saved file.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from './command.js';
import type { DnsOptions } from './dnsmasq.js';
import type { KamailioOptions } from './kamailio-config.js';
import type { Lab, LabOptions } from './lab.js';
import { labTests } from './lab-tests.js';
import { requireLab } from './require-lab.js';
import { ADDRESSES } from './topology.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
const PASSWORD = 's3cret-lab';
const DOMAIN = 'pbx.example.com';
const PLAIN: KamailioOptions = { users: [{ username: '1001', password: PASSWORD }] };
const SECURE: KamailioOptions = { ...PLAIN, tls: { name: DOMAIN }, webSocket: true };
const OVER_TLS = ['--server', ADDRESSES.server, '--transport', 'tls'];

interface Registration {
	readonly outcome: string;
	readonly target: { readonly transport: string };
	readonly path: readonly { readonly server: string }[];
	readonly cause: { readonly id: string; readonly summary: string } | null;
	readonly findings: readonly { readonly id: string }[];
	readonly steps: readonly { readonly id: string; readonly state: string; readonly text: string }[];
}

interface Report {
	readonly registrations: readonly Registration[];
	readonly findings: readonly { readonly id: string; readonly summary: string }[];
}

interface Probed {
	readonly live: Report;
	readonly saved: Report;
	readonly code: number;
	/** Everything that was printed or written. */
	readonly output: string;
	readonly lab: Lab;
}

/** The records of the domain, and nothing else. */
function names(...records: readonly string[]): DnsOptions {
	return { records: ['local=/example.com/', ...records] };
}

const host = (name: string, address: string): string =>
	`host-record=${name}.example.com,${address}`;
const srv = (prefix: string, name: string, port: number, priority = 10): string =>
	`srv-host=${prefix}.${DOMAIN},${name}.example.com,${port},${priority}`;

/** Places of the certificate files, once the lab has made them. */
type Args = (lab: Lab) => readonly string[];

const trusted: Args = ({ certificates }) => ['--ca', certificates?.authority ?? ''];

describe.skipIf(!availability.available)(`the way of a probe in the lab${reason}`, () => {
	const { newLab, newFolder } = labTests();

	async function probed(options: LabOptions, args: Args, password = PASSWORD): Promise<Probed> {
		const lab = await newLab(options);
		const folder = await newFolder();
		const file = join(folder, 'probe.pcapng');
		const command = [EXECUTABLE, 'probe', `1001@${DOMAIN}`, '--json', '--save', file];
		const dns = options.names === undefined ? [] : ['--dns', ADDRESSES.internetWan];
		const live = await lab.run('phone', process.execPath, [...command, ...dns, ...args(lab)], {
			env: { ...process.env, SIPDOCTOR_PASSWORD: password },
		});
		const again = await runCommand(process.execPath, [EXECUTABLE, 'analyze', file, '--json']);
		const bytes = (await readFile(file)).toString('latin1');
		return {
			lab,
			code: live.code ?? -1,
			output: live.stdout + live.stderr + again.stdout + bytes,
			live: JSON.parse(live.stdout) as Report,
			saved: JSON.parse(again.stdout) as Report,
		};
	}

	/** Outcome and cause of each registration, and the findings of the whole. */
	function essence({ registrations, findings }: Report) {
		return {
			registrations: registrations.map(({ outcome, cause, target }) => [
				target.transport,
				outcome,
				cause?.id ?? null,
			]),
			findings: findings.map(({ id }) => id),
		};
	}

	function step({ live }: Probed, id: string, index = 0) {
		return live.registrations[index]?.steps.find((one) => one.id === id);
	}

	it.concurrent('registers over all five transports', async () => {
		const result = await probed(
			{
				server: SECURE,
				names: names(
					host('sip', ADDRESSES.server),
					srv('_sip._udp', 'sip', 5060),
					srv('_sip._tcp', 'sip', 5060),
					srv('_sips._tcp', 'sip', 5061),
					srv('_sip._ws', 'sip', 8080),
					srv('_sips._ws', 'sip', 5061),
				),
			},
			(lab) => ['--transport', 'udp,tcp,tls,ws,wss', '--ws-path', '/ws', ...trusted(lab)],
		);
		const registered = ['udp', 'tcp', 'tls', 'ws', 'wss'].map((one) => [one, 'registered', null]);
		expect(essence(result.live)).toEqual({ registrations: registered, findings: [] });
		expect(essence(result.saved)).toEqual(essence(result.live));
		expect(result.code).toBe(0);
		expect(step(result, 'tls', 2)?.text).toMatch(/^verified for pbx\.example\.com; TLS 1\.3/);
		for (const index of [0, 1, 2, 3, 4]) {
			expect(step(result, 'unregistered', index)?.state).toBe('ok');
		}
		expect(result.output).not.toContain(PASSWORD);
	});

	it.concurrent('follows NAPTR to SRV to the address', async () => {
		const result = await probed(
			{
				server: PLAIN,
				names: names(
					host('sip', ADDRESSES.server),
					srv('_sip._tcp', 'sip', 5060),
					srv('_sip._udp', 'sip', 5999),
					`naptr-record=${DOMAIN},20,10,s,SIP+D2U,,_sip._udp.${DOMAIN}`,
					`naptr-record=${DOMAIN},10,10,s,SIP+D2T,,_sip._tcp.${DOMAIN}`,
				),
			},
			() => [],
		);
		expect(essence(result.live).registrations).toEqual([['tcp', 'registered', null]]);
		expect(essence(result.saved)).toEqual(essence(result.live));
		expect(step(result, 'path')?.text).toMatch(
			/^NAPTR SIP\+D2T → SRV _sip\._tcp\.pbx\.example\.com \(priority 10, weight 0\) → sip\.example\.com → 203\.0\.113\.10:5060 over TCP, from 192\.168\.31\.30 \(eth0\)$/,
		);
		expect(step(result, 'name')?.text).toContain('NAPTR pbx.example.com: ');
	});

	it.concurrent('fails over from a dead target to the next', async () => {
		const result = await probed(
			{
				server: PLAIN,
				upstream: 'silent',
				names: names(
					host('old', ADDRESSES.upstream),
					host('sip', ADDRESSES.server),
					srv('_sip._udp', 'old', 5060, 10),
					srv('_sip._udp', 'sip', 5060, 20),
				),
			},
			() => ['--timeout', '4'],
		);
		expect(result.live.registrations[0]?.outcome).toBe('registered');
		expect(essence(result.saved)).toEqual(essence(result.live));
		expect(step(result, 'address')).toMatchObject({ state: 'warning' });
		expect(step(result, 'address')?.text).toContain(
			'before that 203.0.113.140:5060: no answer to the REGISTER',
		);
		for (const { registrations } of [result.live, result.saved]) {
			expect(registrations[0]).toMatchObject({
				target: { host: DOMAIN, port: 5060, transport: 'udp' },
				failover: {
					from: { server: `${ADDRESSES.upstream}:5060`, transport: 'udp' },
					to: { server: `${ADDRESSES.server}:5060`, transport: 'udp' },
				},
			});
			const servers = registrations[0]?.path.map((leg) => leg.server);
			expect(servers).toEqual([`${ADDRESSES.server}:5060`]);
		}
	});

	it.concurrent('names the target that refused the connection before the one that registers', async () => {
		const result = await probed(
			{
				server: PLAIN,
				names: names(
					host('old', ADDRESSES.upstream),
					host('sip', ADDRESSES.server),
					srv('_sip._tcp', 'old', 5070, 10),
					srv('_sip._tcp', 'sip', 5060, 20),
				),
			},
			() => ['--transport', 'tcp'],
		);
		for (const { registrations } of [result.live, result.saved]) {
			expect(registrations[0]).toMatchObject({
				outcome: 'registered',
				target: { port: 5070, transport: 'tcp' },
				failover: {
					from: { server: `${ADDRESSES.upstream}:5070` },
					to: { server: `${ADDRESSES.server}:5060` },
				},
			});
		}
	});

	it.concurrent('says that a target answers 503, and goes to the next', async () => {
		const result = await probed(
			{
				server: PLAIN,
				upstream: { answer: { code: 503, reason: 'Service Unavailable' } },
				names: names(
					host('old', ADDRESSES.upstream),
					host('sip', ADDRESSES.server),
					srv('_sip._udp', 'old', 5060, 10),
					srv('_sip._udp', 'sip', 5060, 20),
				),
			},
			() => [],
		);
		expect(result.live.registrations[0]?.outcome).toBe('registered');
		expect(essence(result.saved)).toEqual(essence(result.live));
		expect(step(result, 'address')?.text).toContain('503 to the REGISTER');
	});

	const TWO = names(
		host('a', ADDRESSES.server),
		host('b', ADDRESSES.upstream),
		srv('_sip._udp', 'a', 5060, 10),
		srv('_sip._udp', 'b', 5060, 20),
	);

	it.concurrent('says that two registrars do not share nonces', async () => {
		const result = await probed({ server: PLAIN, upstream: PLAIN, names: TWO }, () => [
			'--all-targets',
		]);
		expect(essence(result.live).registrations).toEqual([
			['udp', 'registered', null],
			['udp', 'registered', null],
		]);
		expect(essence(result.saved)).toEqual(essence(result.live));
		expect(result.live.registrations.map(({ path }) => path[0]?.server)).toEqual([
			`${ADDRESSES.server}:5060`,
			`${ADDRESSES.upstream}:5060`,
		]);
		expect(step(result, 'address', 1)?.text).toContain('they do not share nonces');
		expect(step(result, 'unregistered', 1)?.state).toBe('ok');
	});

	it.concurrent('says that two registrars share nonces', async () => {
		const shared = { ...PLAIN, secret: 'one-for-both' };
		const result = await probed({ server: shared, upstream: shared, names: TWO }, () => [
			'--all-targets',
		]);
		expect(result.live.registrations.map(({ outcome }) => outcome)).toEqual([
			'registered',
			'registered',
		]);
		expect(step(result, 'address', 1)?.text).toContain('they share nonces');
	});

	it.concurrent('never sends a third wrong password, over however many transports', async () => {
		const result = await probed(
			{ server: SECURE },
			(lab) => ['--server', ADDRESSES.server, '--transport', 'udp,tcp,tls', ...trusted(lab)],
			'not-the-password',
		);
		expect(result.live.registrations[0]?.cause?.id).toBe('wrong-password');
		expect(essence(result.saved)).toEqual(essence(result.live));
		// What a busy server is sent again is the same.
		const sent = new Set(result.output.match(/Authorization: Digest[^\r\n]*response="[^\r\n]*/g));
		expect([1, 2]).toContain(sent.size);
	});

	it.concurrent.each([
		['an expired certificate', { name: DOMAIN, expired: true }, trusted, 'tls-expired-certificate'],
		['a certificate for another name', { name: 'sip.example.net' }, trusted, 'tls-name-mismatch'],
		['an unknown authority', { name: DOMAIN }, () => [], 'tls-untrusted-certificate'],
		[
			'a server that wants a certificate of the client',
			{ name: DOMAIN, clientCertificate: true },
			trusted,
			'tls-client-certificate-required',
		],
	] as const)('names %s', async (_name, tls, args, cause) => {
		const result = await probed({ server: { ...PLAIN, tls } }, (lab) => [
			...OVER_TLS,
			...args(lab),
		]);
		expect(essence(result.live).registrations).toEqual([['tls', 'unreachable', cause]]);
		expect(essence(result.saved)).toEqual(essence(result.live));
		expect(result.code).toBe(1);
	});

	it.concurrent('shows a certificate of its own where it is told to', async () => {
		const tls = { name: DOMAIN, clientCertificate: true };
		const result = await probed({ server: { ...PLAIN, tls } }, (lab) => [
			...[...OVER_TLS, ...trusted(lab)],
			...['--cert', lab.certificates?.client ?? '', '--key', lab.certificates?.clientKey ?? ''],
		]);
		expect(essence(result.live).registrations).toEqual([['tls', 'registered', null]]);
	});

	it.concurrent('names TLS that is refused at the port', async () => {
		const result = await probed({ server: PLAIN }, () => OVER_TLS);
		expect(essence(result.live).registrations).toEqual([['tls', 'unreachable', 'tcp-refused']]);
		expect(essence(result.saved)).toEqual(essence(result.live));
	});

	it.concurrent('names TLS to a port that speaks plain SIP', async () => {
		const result = await probed({ server: PLAIN }, () => [
			...['--server', `${ADDRESSES.server}:5060`, '--transport', 'tls', '--timeout', '5'],
		]);
		expect(essence(result.live).registrations).toEqual([
			['tls', 'unreachable', 'tls-on-plain-port'],
		]);
		expect(essence(result.saved)).toEqual(essence(result.live));
	});

	it.concurrent('names a WebSocket that the server does not open', async () => {
		const result = await probed({ server: SECURE }, () => [
			...['--server', `${ADDRESSES.server}:8080`, '--transport', 'ws'],
		]);
		expect(essence(result.live).registrations).toEqual([
			['ws', 'unreachable', 'ws-handshake-refused'],
		]);
		expect(essence(result.saved)).toEqual(essence(result.live));
	});

	it.concurrent('says that it registers over TLS and not over UDP', async () => {
		const result = await probed(
			{ server: SECURE, router: { rules: ['udp dport 5060 drop'] } },
			(lab) => [
				...['--server', ADDRESSES.server, '--transport', 'udp,tls', '--timeout', '8'],
				...trusted(lab),
			],
		);
		expect(essence(result.live)).toEqual({
			registrations: [
				['udp', 'unanswered', 'no-response'],
				['tls', 'registered', null],
			],
			findings: ['transports-differ'],
		});
		expect(essence(result.saved)).toEqual(essence(result.live));
		expect(result.live.findings[0]?.summary).toBe(
			'It registers over TLS, not over UDP (no-response): a filter or a SIP ALG on UDP 5060, or a server that takes no UDP.',
		);
	});

	it.concurrent('names a domain that does not exist', async () => {
		const result = await probed({ names: names() }, () => []);
		expect(essence(result.live).registrations).toEqual([['udp', 'unreachable', 'dns-nxdomain']]);
		expect(essence(result.saved)).toEqual(essence(result.live));
	});
});
