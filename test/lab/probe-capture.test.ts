/*
 * For each fault the probe names the cause that `analyze` names for a capture at the phone while it ran; where a socket
 * cannot see it, a weaker one, and says what would decide.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { FAULTS } from '../../src/reflector/faults/catalogue.js';
import { runCommand } from './command.js';
import type { Lab, LabOptions } from './lab.js';
import { labTests } from './lab-tests.js';
import { deadRuleset, type IcmpRefusal, type RouterOptions } from './packet-filter.js';
import { requireLab } from './require-lab.js';
import { ADDRESSES } from './topology.js';

const availability = await requireLab();
const reason = availability.available ? '' : ` (skipped: ${availability.reason})`;

const EXECUTABLE = join(import.meta.dirname, '../../bin/run.js');
const PASSWORD = 's3cret-lab';
const REGISTRAR = { users: [{ username: '1001', password: PASSWORD }] };
/** Far longer than the 7.5 s of five sends, which late timers draw out: less is no silence in a capture. */
const PATIENCE = ['--timeout', '12'];

interface Registration {
	readonly outcome: string;
	readonly cause: { readonly id: string } | null;
	readonly cannotTell: readonly { readonly id: string; readonly decidedBy: string }[];
}

interface Told {
	readonly probe: Registration;
	readonly capture: Registration;
}

/** A network, and the cause that both name. */
interface Case {
	readonly title: string;
	readonly options: LabOptions;
	readonly flags?: readonly string[];
	/** `none`: it registers. */
	readonly cause: string;
	/** Where the probe names a weaker one. */
	readonly probeCause?: string;
}

/** Longer than a phone thinks about a challenge: then the capture shows that nothing followed. */
const AFTERWARDS_MS = 4_500;

/** To the discard port (RFC 863). */
const ONE_PACKET = `
const socket = require('node:dgram').createSocket('udp4');
socket.send('.', 9, process.argv[1], () => socket.close());
`;

const over = (transport: string): readonly string[] => ['--transport', transport];
const behind = (router: Partial<RouterOptions>): LabOptions => ({ server: REGISTRAR, router });
const refused = (reject: IcmpRefusal): LabOptions => behind({ towardsServer: { reject } });

const NETWORKS: readonly Case[] = [
	{
		title: 'that drops what goes out',
		options: behind({ towardsServer: 'drop' }),
		cause: 'no-response',
	},
	{
		title: 'that drops what comes back',
		options: behind({ fromServer: 'drop' }),
		cause: 'no-response',
	},
	{
		title: 'whose server swallows everything',
		options: { server: 'silent' },
		cause: 'no-response',
	},
	{ title: 'where nothing listens', options: { server: 'nothing' }, cause: 'port-unreachable' },
	{ title: 'with the kernel’s ALG', options: behind({ alg: true }), cause: 'none' },
	{ title: 'with a symmetric NAT', options: behind({ nat: 'symmetric' }), cause: 'none' },
	{ title: 'without a NAT', options: behind({ nat: 'none' }), cause: 'none' },
	{
		title: 'that loses the first REGISTER',
		options: behind({ towardsServer: 'drop-first-register' }),
		cause: 'none',
	},
	{ title: 'that forbids it', options: refused('admin-prohibited'), cause: 'admin-prohibited' },
	{
		title: 'that forbids the host',
		options: refused('host-prohibited'),
		cause: 'admin-prohibited',
	},
	{
		title: 'that names the port unreachable',
		options: refused('port-unreachable'),
		cause: 'port-unreachable',
	},
	{
		title: 'without a route',
		options: refused('net-unreachable'),
		cause: 'host-unreachable',
		probeCause: 'no-response',
	},
	{
		title: 'without the host',
		options: refused('host-unreachable'),
		cause: 'host-unreachable',
		probeCause: 'no-response',
	},
	{
		title: 'where TCP is refused',
		options: { server: 'nothing' },
		flags: over('tcp'),
		cause: 'tcp-refused',
	},
	{
		title: 'that forbids TCP',
		options: refused('admin-prohibited'),
		flags: over('tcp'),
		cause: 'admin-prohibited',
		probeCause: 'host-unreachable',
	},
	{
		title: 'without the host for TCP',
		options: refused('host-unreachable'),
		flags: over('tcp'),
		cause: 'host-unreachable',
	},
	{
		title: 'that drops TCP',
		options: behind({ towardsServer: 'drop' }),
		flags: over('tcp'),
		cause: 'tcp-connect-timeout',
	},
	{
		title: 'that drops TLS',
		options: behind({ towardsServer: 'drop' }),
		flags: over('tls'),
		cause: 'tcp-connect-timeout',
	},
];

/** The cause of the capture where the probe knows more: its own password. */
const CAPTURE_KNOWS_LESS: Readonly<Record<string, string>> = {
	'forbidden-account': 'undetermined',
};

async function probed(lab: Lab, flags: readonly string[]): Promise<Registration> {
	const command = [EXECUTABLE, 'probe', '1001@pbx.example.com', '--json', ...PATIENCE, ...flags];
	const { stdout } = await lab.run('phone', process.execPath, command, {
		env: { SIPDOCTOR_PASSWORD: PASSWORD },
	});
	return onlyOne(stdout);
}

/** A probe and, at the same time, tcpdump beside it; what is said of each. */
async function toldTwice(lab: Lab, flags: readonly string[]): Promise<Told> {
	const capture = await lab.capture('phone');
	const probe = await probed(lab, flags);
	if (
		probe.outcome === 'challenged' ||
		probe.outcome === 'rejected' ||
		probe.outcome === 'redirected'
	) {
		await delay(AFTERWARDS_MS);
		// A capture lasts until its last packet.
		await lab.run('phone', process.execPath, ['--eval', ONE_PACKET, lab.lan.router]);
	}
	await capture.stop();
	const again = await runCommand(process.execPath, [EXECUTABLE, 'analyze', capture.file, '--json']);
	return { probe, capture: onlyOne(again.stdout) };
}

function onlyOne(stdout: string): Registration {
	const { registrations } = JSON.parse(stdout) as { registrations: Registration[] };
	const [registration] = registrations;
	if (registration === undefined || registrations.length > 1) {
		throw new Error(`${registrations.length} registrations`);
	}
	return registration;
}

function idOf({ cause }: Registration): string {
	return cause?.id ?? 'none';
}

/** The probe says so itself, or which capture would. */
function expectNamed({ probe, capture }: Told): void {
	const inDoubt = probe.cannotTell.map(({ id }) => id);
	expect([idOf(probe), ...inDoubt]).toContain(idOf(capture));
}

describe.skipIf(!availability.available)(`a probe and a capture beside it agree${reason}`, () => {
	const { newLab, newFolder } = labTests();

	describe.concurrent('on a network', () => {
		it.each(NETWORKS)('$title', async ({ options, flags = [], cause, probeCause = cause }) => {
			const lab = await newLab(options);
			const told = await toldTwice(lab, ['--server', ADDRESSES.server, ...flags]);
			expect(idOf(told.capture)).toBe(cause);
			expect(idOf(told.probe)).toBe(probeCause);
			expectNamed(told);
		});

		it('whose gateway is dead, where no REGISTER leaves and nothing can be captured', async () => {
			const lab = await newLab({});
			await lab.filter('router', deadRuleset('lan'));
			const live = await probed(lab, ['--server', ADDRESSES.server]);
			expect(idOf(live)).toBe('no-response');
			expect(live.cannotTell.map(({ id }) => id)).toContain('gateway-unreachable');
		});

		it('where nobody has the server’s address', async () => {
			const told = await toldTwice(await newLab({}), ['--server', ADDRESSES.nobody]);
			expect(idOf(told.capture)).toBe('host-unreachable');
			expectNamed(told);
		});
	});

	describe('on a server that plays', () => {
		let lab: Lab | undefined;
		let accounts = '';
		let port = 5070;

		beforeAll(async () => {
			const folder = await newFolder();
			accounts = join(folder, 'accounts.csv');
			await writeFile(accounts, `username,password\n1001,${PASSWORD}\n`);
			// A NAT that gives another port, so that answers to the port in Via are lost.
			lab = await newLab({ router: { nat: 'symmetric' } });
		});

		it.each(FAULTS.map(({ name }) => name))('%s', async (name) => {
			if (lab === undefined) throw new Error('no lab');
			port += 1;
			const reflect = [EXECUTABLE, 'reflect', '--json', '--any-size', '--duration', '280'];
			const flags = ['--port', String(port), '--accounts', accounts, '--fault', name];
			const command = [...reflect, ...flags];
			const server = await lab.start('server', process.execPath, command, 'listening');
			const told = await toldTwice(lab, ['--server', `${ADDRESSES.server}:${port}`]);
			await server.stop();
			expect(told.probe.outcome).toBe(told.capture.outcome);
			const otherwise = CAPTURE_KNOWS_LESS[name];
			if (otherwise === undefined) expectNamed(told);
			else expect(idOf(told.capture)).toBe(otherwise);
		});
	});
});
